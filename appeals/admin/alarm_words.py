"""What each signal of an alarm says, in a sentence with its numbers."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.admin.charts import number
from appeals.clock import short_day
from appeals.notice_text.words import FACT_LABELS, fact_label
from appeals.overturns.words import reason_title
from appeals.watch.episodes import Signal
from appeals.watch.signals import SignalKind
from appeals.watch.sums import moment_of
from portal.lib.dates import gap_before_hour

# From here on nobody counts how rare.
RAREST = 1e-9


def title_of(kind: SignalKind) -> str:
    return {
        SignalKind.RATE: _("It fires more often"),
        SignalKind.REGION_RATE: _("It fires more often in these regions"),
        SignalKind.NEW_VERSION: _("Since the new version"),
        SignalKind.SPARED: _("It hits people who pay on time and use little"),
        SignalKind.SCORE: _("The scores have moved"),
        SignalKind.SCORE_SHAPE: _("The scores lie elsewhere"),
        SignalKind.CUT: _("The cuts have another size"),
        SignalKind.UNSCORED: _("Scores are missing"),
        SignalKind.GAPS: _("Facts are missing"),
        SignalKind.STUCK: _("A fact no longer differs"),
        SignalKind.APPEALED: _("More customers appeal"),
        SignalKind.OVERTURNED: _("More decisions are overturned"),
    }[kind]


def sentence_of(signal: Signal) -> str:
    """What was seen since when, and what is usual."""
    reading = signal.reading
    words = {
        "since": hour_text(moment_of(reading.since)),
        "fact": fact_text(reading.fact),
        **FORMS[reading.kind](reading.observed, reading.usual),
    }
    return _template(reading.kind) % words


def rarity_text(signal: Signal) -> str:
    """How often a sound rule gets there."""
    rarity = signal.reading.rarity
    if rarity < RAREST:
        return _("With a sound rule: less than once in a thousand million hours.")
    return _("With a sound rule: about once in %(number)s hours.") % {
        "number": number_format(round(1 / rarity), force_grouping=True)
    }


def fact_text(fact: str) -> str:
    """A fact by what its customers read it as, and the reason it stands in; nothing of none."""
    if not fact:
        return ""
    code, _dot, name = fact.partition(".")
    language = get_language() or "en"
    return _("%(fact)s (%(reason)s)") % {
        "fact": fact_label(code, name, language) if name in FACT_LABELS else name,
        "reason": reason_title(code),
    }


def hour_text(moment: datetime) -> str:
    """Day and hour where the reader is."""
    local = timezone.localtime(moment)
    return f"{short_day(local.date())}{gap_before_hour(get_language() or 'en')}{local:%H:%M}"


def _template(kind: SignalKind) -> str:
    return {
        SignalKind.RATE: _(
            "%(seen)s decisions since %(since)s; by its own past on the same weekdays, about "
            "%(usual)s."
        ),
        SignalKind.REGION_RATE: _(
            "%(seen)s decisions since %(since)s; by its own past there, about %(usual)s."
        ),
        SignalKind.NEW_VERSION: _(
            "%(seen)s decisions in the first hours of this version; the versions before it made "
            "about %(usual)s in as long."
        ),
        SignalKind.SPARED: _(
            "%(seen)s of the customers it hit since %(since)s were never late and use little of "
            "their limit; usually %(usual)s."
        ),
        SignalKind.SCORE: _("The mean score since %(since)s is %(seen)s; usually %(usual)s."),
        SignalKind.SCORE_SHAPE: _(
            "Compared with the weeks before, the scores of a day have a stability index (PSI) of "
            "%(seen)s. From %(usual)s on the shift is called major."
        ),
        SignalKind.CUT: _(
            "Since %(since)s it takes %(seen)s of the limit on average; usually %(usual)s."
        ),
        SignalKind.UNSCORED: _(
            "%(seen)s of the decisions since %(since)s came without a score; usually %(usual)s."
        ),
        SignalKind.GAPS: _(
            "%(seen)s of the decisions since %(since)s have an empty fact; usually %(usual)s."
        ),
        SignalKind.STUCK: _(
            "%(fact)s: since %(since)s, %(seen)s of the customers it hit have the same value; "
            "usually that value has %(usual)s. Perhaps the rule no longer gets a new one."
        ),
        SignalKind.APPEALED: _(
            "%(seen)s appeals in the four weeks from %(since)s; the weeks before and the number of "
            "decisions let us expect about %(usual)s."
        ),
        SignalKind.OVERTURNED: _(
            "%(seen)s of the answers in the four weeks from %(since)s gave something back; usually "
            "%(usual)s."
        ),
    }[kind]


def _counts(seen: float, usual: float) -> dict[str, str]:
    decimals = 2 if usual < 1 else 1 if usual < 10 else 0
    return {"seen": number(round(seen)), "usual": number_format(usual, decimals)}


def _percents(seen: float, usual: float) -> dict[str, str]:
    return {"seen": f"{100 * seen:.0f}%", "usual": f"{100 * usual:.0f}%"}


def _means(seen: float, usual: float) -> dict[str, str]:
    return {"seen": number(round(seen)), "usual": number(round(usual))}


def _indexes(seen: float, usual: float) -> dict[str, str]:
    return {"seen": number_format(seen, 2), "usual": number_format(usual, 2)}


FORMS: dict[SignalKind, Callable[[float, float], dict[str, str]]] = {
    SignalKind.RATE: _counts,
    SignalKind.REGION_RATE: _counts,
    SignalKind.NEW_VERSION: _counts,
    SignalKind.SPARED: _percents,
    SignalKind.SCORE: _means,
    SignalKind.SCORE_SHAPE: _indexes,
    SignalKind.CUT: _percents,
    SignalKind.UNSCORED: _percents,
    SignalKind.GAPS: _percents,
    SignalKind.STUCK: _percents,
    SignalKind.APPEALED: _counts,
    SignalKind.OVERTURNED: _percents,
}
