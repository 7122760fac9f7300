"""A customer says whether a reason was clear to them; the last word counts."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.errors import BadInput
from appeals.models import ClarityAnswer, LineDecision
from appeals.models.clarity import LONGEST_WORDS
from portal.models import Customer


@transaction.atomic
def say_whether_clear(
    *, decision: LineDecision, rank: int, by: Customer, is_clear: bool, words: str
) -> ClarityAnswer:
    """Keep or change the answer about the reason of this rank, as read in the current language."""
    row = decision.reasons.filter(rank=rank).first()
    if row is None or row.reason.is_restricted:
        raise BadInput(_("We could not find this reason."))
    told = words.strip()
    if len(told) > LONGEST_WORDS:
        raise BadInput(_("Keep it to 500 characters."), field="words")
    answer, _is_new = ClarityAnswer.objects.update_or_create(
        customer=by,
        notice=decision.notice,
        code=row.code,
        defaults={
            "is_clear": is_clear,
            "language": get_language() or "en",
            "words": told,
            "answered_at": timezone.now(),
        },
    )
    return answer
