"""Check a code that somebody typed: five tries, in time, once."""

from django.db.models import F, Q
from django.utils import timezone

from portal.models import Customer, SignInCode
from portal.sign_in.codes import LONGEST_WAIT, MOST_TRIES, is_right


class CodeIsOver(Exception):
    """The code has run out of time or tries, or has been used."""


class WrongCode(Exception):
    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


def owner_of(code_id: int) -> int | None:
    """Return who asked for a code, as far as a worker has found out."""
    return SignInCode.objects.filter(pk=code_id).values_list("person_id", flat=True).first()


def was_used(code_id: int) -> bool:
    return SignInCode.objects.filter(pk=code_id, used_at__isnull=False).exists()


def use_code(code_id: int, typed: str, *, is_blocked: bool = False) -> Customer:
    """Return whom the code lets in; of parallel requests with the right code one wins.

    Blocked, any code is wrong: to say more would say that the address is somebody's.
    """
    now = timezone.now()
    # Counted before it is compared, in one statement: parallel guesses share the five tries.
    living = SignInCode.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        pk=code_id,
        used_at=None,
        tries__lt=MOST_TRIES,
        asked_at__gt=now - LONGEST_WAIT,
    )
    if not living.update(tries=F("tries") + 1):
        raise CodeIsOver
    asked = SignInCode.objects.select_related("person").get(pk=code_id)
    person = asked.person
    is_code = is_right(asked.pk, typed, asked.code_hash) and not is_blocked
    if not is_code or person is None or not person.is_active or person.is_staff:
        raise WrongCode(tries_left=max(0, MOST_TRIES - asked.tries))
    if not SignInCode.objects.filter(pk=code_id, used_at=None).update(used_at=now):
        raise CodeIsOver
    return person
