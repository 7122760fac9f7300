"""What a notice's paper says, as its template reads it.

`PARTS` is the table: which key of the content is told by which part of the paper. A key that is
not in it is told all the same, under "Good to know", if it is a sentence or a list of them.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from appeals.models import Notice
from appeals.notice_paper import words
from appeals.notice_text.formats import day_text
from portal.lib.typesetting import CannotSet

Content = Mapping[str, Any]
Pair = tuple[str, str]

# Typst's words for our languages.
LANGUAGES = {"en": "en", "zh-hans": "zh"}
REGIONS = {"US": "us", "CN": "cn"}
# The rest of the world prints on A4.
LETTER_SIZE = "US"


def sheet_of(notice: Notice, language: str) -> dict[str, Any]:
    """Everything the template reads; CannotSet where the content has what no part can tell."""
    content: Content = notice.content[language]
    place = notice.pack_name.partition("-")[0] or notice.decision.customer.jurisdiction
    told = {name: tell(content, language) for name, tell in PARTS.items()}
    return {
        "paper": "us-letter" if place == LETTER_SIZE else "a4",
        "lang": LANGUAGES[language],
        "region": "cn" if language == "zh-hans" else REGIONS.get(place, "gb"),
        "sender": settings.LENDER_NAME,
        "address": settings.LENDER_ADDRESS,
        "head": _head(notice, language),
        **told,
        "appeal": _appeal(notice, content, language),
        "more": _more(content, language),
        "about": _about(notice, language),
        "foot": f"{notice.reference} · SHA-256 {fours(notice.sha256[:16])}",
        "folio": words.FOLIO[language],
    }


def fours(digits: str) -> str:
    """Short groups, to read aloud and to break between."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


# --- the parts of the content -------------------------------------------------------------------


def _what(content: Content, _language: str) -> dict[str, str]:
    return {"line": content["line"], "title": content["headline"]}


def _change(content: Content, language: str) -> dict[str, Any]:
    share = content["share_left"]
    return {
        "before": _pair(content["before"]),
        "after": _pair(content["after"]),
        "share": share,
        "share_says": "" if share is None else words.SHARE_LEFT[language].format(share=share),
        "figures": content["figures"],
        "says": _said(content["effective"], content["unchanged"], content["automated"]),
    }


def _policy(content: Content, _language: str) -> Pair | None:
    policy = content["policy"]
    return (policy["title"], policy["text"]) if policy else None


def _reasons(content: Content, language: str) -> dict[str, Any] | None:
    reasons = content["reasons"]
    if not reasons:
        return None
    heading = words.WHY_MORE if len(reasons) > 1 else words.WHY
    return {"heading": heading[language], "list": [_reason(one, language) for one in reasons]}


def _reason(one: Content, language: str) -> dict[str, Any]:
    helps = [
        (words.CHANGES_IT[language], _said(one["counterfactual"])),
        (words.CAN_DO[language], _said(one["what_you_can_do"])),
        (words.PAPERS[language], [paper["label"] for paper in one["papers"]]),
    ]
    return {
        "title": one["title"],
        "origin": one["origin"],
        "explanation": one["explanation"],
        "pairs": [_pair(pair) for pair in one["pairs"]],
        "helps": [(heading, texts) for heading, texts in helps if texts],
    }


def _rights(content: Content, language: str) -> dict[str, Any] | None:
    return _section(words.RIGHTS[language], content["rights"])


def _bodies(content: Content, language: str) -> dict[str, Any] | None:
    # Notices of earlier versions have none.
    return _section(words.BODIES[language], [dict(one) for one in content.get("bodies", [])])


# By the part's name in the template.
PARTS = {
    "what": _what,
    "change": _change,
    "policy": _policy,
    "reasons": _reasons,
    "rights": _rights,
    "bodies": _bodies,
}
TOLD = frozenset(
    {"headline", "line", "before", "after", "share_left", "figures"}
    | {"effective", "unchanged", "automated", "policy", "reasons", "deadline", "rights", "bodies"}
)


def _more(content: Content, language: str) -> dict[str, Any] | None:
    """What a newer notice says that no part was written for."""
    sentences: list[str] = []
    for name in content:
        if name not in TOLD:
            sentences += _sentences(name, content[name])
    return _section(words.MORE[language], _said(*sentences))


def _sentences(name: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return value
    if not value:
        return []
    raise CannotSet(f"no part of the paper tells {name!r}")


# --- what stands around it ----------------------------------------------------------------------


def _head(notice: Notice, language: str) -> list[Pair]:
    customer = notice.decision.customer
    written = notice.created_at.astimezone(customer.zone).date()
    return [
        (words.WRITTEN[language], day_text(written, language)),
        (words.REFERENCE[language], notice.reference),
        (words.CUSTOMER[language], customer.reference),
    ]


def _appeal(notice: Notice, content: Content, language: str) -> dict[str, Any] | None:
    """Until when and how to appeal; only where there is something to appeal against."""
    if not content["deadline"]:
        return None
    link = f"{settings.PUBLIC_URL}/decisions/{notice.decision.reference}/"
    ways = [
        words.APPEAL_ONLINE[language].format(link=link),
        words.APPEAL_PHONE[language].format(phone=settings.HELP_PHONE),
    ]
    return _section(words.APPEAL[language], [content["deadline"], *ways])


def _about(notice: Notice, language: str) -> dict[str, Any]:
    rows = [
        (words.SENT_IN[language], words.LANGUAGES[notice.language][language]),
        (words.RULES[language], f"{notice.pack_name} {notice.pack_version}".strip()),
    ]
    return {
        "heading": words.ABOUT[language],
        "note": words.OTHER_LANGUAGE[notice.language][language],
        "rows": [row for row in rows if row[1]],
        "fingerprint": {"label": words.FINGERPRINT[language], "digits": fours(notice.sha256)},
        "proves": words.PROVES[language],
    }


def _pair(one: Content) -> Pair:
    return one["label"], one["value"]


def _said(*sentences: str) -> list[str]:
    return [sentence for sentence in sentences if sentence]


def _section(heading: str, points: list[Any]) -> dict[str, Any] | None:
    return {"heading": heading, "points": points} if points else None
