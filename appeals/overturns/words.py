"""Each line of a digest in a plain sentence."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from appeals.catalogue import CATALOGUE
from appeals.fairness.words import decimal
from appeals.overturns.figures import Shown
from appeals.shares import FEW
from portal.lib.dates import format_day

# By whether it is less, and whether that is unlikely to be chance.
MORE_OR_LESS: dict[tuple[bool, bool], Promise | str] = {
    (False, False): gettext_lazy(
        "That is %(points)s points more than the week before, which may be chance."
    ),
    (False, True): gettext_lazy(
        "That is %(points)s points more than the week before, which is unlikely to be chance."
    ),
    (True, False): gettext_lazy(
        "That is %(points)s points less than the week before, which may be chance."
    ),
    (True, True): gettext_lazy(
        "That is %(points)s points less than the week before, which is unlikely to be chance."
    ),
}


def reason_title(code: str) -> str:
    """The catalogue's title of the reason; its code where the catalogue has forgotten it."""
    reason = CATALOGUE.reasons.get(code)
    if reason is None:
        return code
    return str(reason.title.get(get_language() or "en", reason.title["en"]))


def week_text(week: date) -> str:
    return format_day(week, get_language() or "en")


def sentence(one: Shown) -> str:
    """How many answers gave something back, and how that is beside the week before."""
    if one.share is None:
        return _too_few(one)
    return _("%(share)s %(change)s") % {"share": _share(one), "change": _change(one)}


def _too_few(one: Shown) -> str:
    if one.line.decided:
        return _("Fewer than %(few)s answers in the week, so no share is shown.") % {"few": FEW}
    return _("Appealed against, and nothing was answered in the week.")


def _share(one: Shown) -> str:
    return _(
        "%(overturned)s of %(decided)s answers gave something back: %(share)s, at 95 percent "
        "confidence between %(low)s and %(high)s."
    ) % {
        "overturned": decimal(one.line.overturned, 0),
        "decided": decimal(one.line.decided, 0),
        "share": percent(one.share or 0.0),
        "low": percent(one.low),
        "high": percent(one.high),
    }


def _change(one: Shown) -> str:
    if one.change is None:
        return _("There were too few answers the week before to compare.")
    points = 100 * one.change.value
    if not round(points, 1):
        return _("That is as in the week before.")
    words = MORE_OR_LESS[points < 0, one.is_unlikely]
    return str(words) % {"points": decimal(abs(points))}


def percent(share: float) -> str:
    return f"{decimal(100 * share, 0)}%"
