"""The order of the pages on which an appeal is written; knows addresses, changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal


@dataclass(frozen=True)
class Step:
    """A stretch of the way; its key is also the name of its (first) page in the urls."""

    key: str
    title: str | Promise


STEPS = (
    Step("reasons", _("Reasons")),
    Step("wish", _("What you ask for")),
    Step("documents", _("Papers")),
    Step("more", _("Anything else")),
    Step("check", _("Check and send")),
)
KEYS = [step.key for step in STEPS]
# A change made from the check page leads back to it.
RETURNING = "?return=check"


@dataclass(frozen=True)
class Mark:
    """A step as the step list shows it."""

    title: str | Promise
    state: str  # done, now or later
    address: str


@dataclass(frozen=True)
class Place:
    """Where a page stands: what `appeals/parts/wizard_steps.html` and the back link need."""

    reference: str
    number: int
    total: int
    title: str | Promise
    marks: tuple[Mark, ...]
    back: str
    next: str
    is_returning: bool


def page(appeal: Appeal, key: str, *rank: int) -> str:
    """The address of a page of this appeal."""
    return reverse(f"appeals:{key}", args=[appeal.reference, *rank])


def place(
    appeal: Appeal,
    key: str,
    *,
    ranks: Sequence[int] = (),
    rank: int | None = None,
    is_returning: bool = False,
) -> Place:
    """Where the page `key` stands between the others.

    `ranks` are those of the disputed reasons: each has a page of its own after `reasons`
    (pass them, and the `rank` shown, on the pages around those).
    """
    way = [page(appeal, "reasons")]
    way += [page(appeal, "reason", each) for each in ranks]
    way += [page(appeal, each) for each in KEYS[1:]]
    here = way.index(page(appeal, "reason", rank) if rank else page(appeal, key))
    check = page(appeal, "check")
    number = KEYS.index(key) + 1
    return Place(
        reference=appeal.reference,
        number=number,
        total=len(STEPS),
        title=STEPS[number - 1].title,
        marks=tuple(
            Mark(step.title, _state(n, number), page(appeal, step.key))
            for n, step in enumerate(STEPS, start=1)
        ),
        back=check if is_returning else way[here - 1] if here else reverse("appeals:appeals"),
        next=check if is_returning or key == "check" else way[here + 1],
        is_returning=is_returning,
    )


def _state(number: int, now: int) -> str:
    if number == now:
        return "now"
    return "done" if number < now else "later"
