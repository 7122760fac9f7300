"""The open places of prepared texts: which a purpose may have, and what is put there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from appeals.models import TextPurpose
from portal.lib.dates import format_day

# A wish, not a threat: nothing ends on this day, and the promise waits until the answer.
ANSWER_WITHIN = timedelta(days=14)
PLACE = re.compile(r"\{([^{}]*)\}")
MEANINGS = {
    "reference": gettext_lazy("number of the appeal or request"),
    "last4": gettext_lazy("last four digits of the line"),
    "papers": gettext_lazy("the papers that were ticked"),
    "by_date": gettext_lazy("the day in two weeks"),
    "reason": gettext_lazy("title of the reason"),
    "limit": gettext_lazy("limit from now on"),
    "limit_before": gettext_lazy("limit before the cut"),
}
ALLOWED: Mapping[str, tuple[str, ...]] = {
    TextPurpose.ASK_PAPERS: ("reference", "last4", "papers", "by_date"),
    TextPurpose.ASK_QUESTION: ("reference", "last4", "by_date"),
    TextPurpose.FINDING: ("reference", "last4", "reason"),
    TextPurpose.OUTCOME: ("reference", "last4", "limit", "limit_before"),
    TextPurpose.REQUEST: ("reference", "last4"),
}
# What a preview shows: no customer's data, and like what stands there later.
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "reference": "AP-7K3M-92QX",
        "last4": "4821",
        "papers": "Recent payslips, Bank statements",
        "by_date": "2 October 2026",
        "reason": "Your income has gone down",
        "limit": "$2,700.00",
        "limit_before": "$4,000.00",
    },
    "zh-hans": {
        "reference": "AP-7K3M-92QX",
        "last4": "4821",
        "papers": "近期工资单、银行流水",
        "by_date": "2026年10月2日",
        "reason": "收入减少",
        "limit": "¥27,000.00",
        "limit_before": "¥40,000.00",
    },
}


def places_in(text: str) -> list[str]:
    """The open places of a text in their order, each once."""
    return list(dict.fromkeys(PLACE.findall(text)))


def problems_of(purpose: str, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """What keeps a text from being used, by language; nothing when it is good."""
    allowed = ALLOWED.get(purpose, ())
    used = {language: places_in(text) for language, text in texts.items()}
    everywhere = {place for places in used.values() for place in places if place in allowed}
    return {
        language: problems
        for language, text in texts.items()
        if (problems := _problems(text, used[language], allowed, everywhere))
    }


def _problems(
    text: str, places: Sequence[str], allowed: Sequence[str], everywhere: Iterable[str]
) -> list[str]:
    unknown = [place for place in places if place not in allowed]
    missing = sorted(set(everywhere) - set(places))
    problems = []
    if unknown:
        names = ", ".join(f"{{{place}}}" for place in unknown)
        problems.append(_("This use has no open place %(names)s.") % {"names": names})
    if missing:
        names = ", ".join(f"{{{place}}}" for place in missing)
        problems.append(_("The other language has %(names)s, this one has not.") % {"names": names})
    if any(mark in PLACE.sub("", text) for mark in "{}"):
        problems.append(_("A brace stands alone. Write an open place as {reference}."))
    return problems


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in their places; a place without a value stays open."""
    return PLACE.sub(lambda match: values.get(match.group(1), match.group()), text)


def preview(text: str, language: str) -> str:
    """The text with examples in its places."""
    return fill(text, EXAMPLES.get(language, EXAMPLES["en"]))


def joined_papers(names: Sequence[str], language: str) -> str:
    """Papers in one sentence, as a language lists them."""
    with override(language):
        return _(", ").join(names)


def asking_values(*, reference: str, last4: str, today: date, language: str) -> dict[str, str]:
    """What the places of a request are filled with, but for the papers, which are chosen last."""
    return {
        "reference": reference,
        "last4": last4,
        "by_date": format_day(today + ANSWER_WITHIN, language),
    }
