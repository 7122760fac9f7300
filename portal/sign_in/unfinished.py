"""A form that was sent after its session had ended: kept until the same person is back.

It lies in the new, anonymous session, which only this browser has, and for a short while.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

KEY = "unfinished_form"
KEPT_SECONDS = 30 * 60
MOST_BYTES = 64 * 1024
# Where customers write; never where codes and passwords are typed.
WRITING = ("/appeals/", "/decisions/", "/requests/")
FORM = "application/x-www-form-urlencoded"
NOT_THEIRS = {"csrfmiddlewaretoken"}


@dataclass(frozen=True)
class Unfinished:
    """Where the form goes, and what was typed in it, in its order."""

    path: str
    fields: list[tuple[str, str]]


def read(request: HttpRequest) -> Unfinished | None:
    """The form of this request, if it is one that a customer would have to write again."""
    is_form = request.content_type == FORM and request.path.startswith(WRITING)
    if not is_form or int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in NOT_THEIRS
        for value in values
    ]
    return Unfinished(request.get_full_path(), [(name, str(value)) for name, value in fields])


def keep(request: HttpRequest, form: Unfinished, person_id: int) -> None:
    """Put it into the session that began when the person's own had ended."""
    request.session[KEY] = {
        "person": person_id,
        "path": form.path,
        "fields": form.fields,
        "until": int(timezone.now().timestamp()) + KEPT_SECONDS,
    }


def find(request: HttpRequest) -> Unfinished | None:
    """What this person had left; of somebody else or of long ago it is thrown away."""
    kept = request.session.get(KEY)
    if kept is None:
        return None
    if kept["person"] != request.user.pk or kept["until"] < timezone.now().timestamp():
        del request.session[KEY]
        return None
    return Unfinished(kept["path"], [(name, value) for name, value in kept["fields"]])


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
