"""The letter that is a notice: its frozen words, in the person's language, nothing written anew."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from appeals.models import Notice
from appeals.notice_text import canonical_text, sha256_of
from notifications.api import LetterMatter, LetterSubject, Section, letter_body


def write_ours() -> None:
    """Have the letters about changed lines written here."""
    letter_body("line_changed", notice_letters)


def notice_letters(subjects: Sequence[LetterSubject]) -> dict[int, LetterMatter]:
    """Return the letters of these notices: one query; a stranger's or altered notice has none."""
    references = [subject.context.get("notice", "") for subject in subjects]
    notices = {
        notice.reference: notice
        for notice in Notice.objects.filter(reference__in=references).select_related("decision")
    }
    return {
        subject.notification_id: _matter(subject, notice)
        for subject in subjects
        if (notice := notices.get(subject.context.get("notice", "")))
        and notice.decision.customer_id == subject.recipient_id
        and sha256_of(canonical_text(notice.content)) == notice.sha256
    }


def _matter(subject: LetterSubject, notice: Notice) -> LetterMatter:
    content = notice.content.get(subject.language) or notice.content["en"]
    with translation.override(subject.language):
        sections = (
            *_what_changed(content, notice.reference),
            *_reasons(content["reasons"]),
            *_how_to_appeal(content, subject),
            *_rights(content["rights"]),
            *_bodies(content.get("bodies", [])),
        )
    return LetterMatter(content["headline"], sections)


def _what_changed(content: dict[str, Any], reference: str) -> tuple[Section, Section]:
    """The numbers first, then what they mean."""
    policy = content["policy"]
    told = [content["effective"], content["unchanged"], content["automated"]]
    limits = [(content[side]["label"], content[side]["value"]) for side in ("before", "after")]
    numbers = Section(
        paragraphs=(content["line"],),
        facts=(*limits, (_("Notice"), reference)),
        points=tuple(content["figures"]),
    )
    why = [policy["title"], policy["text"]] if policy else []
    return numbers, Section(paragraphs=tuple(_said([*told, *why])))


def _reasons(reasons: list[dict[str, Any]]) -> list[Section]:
    if not reasons:
        return []
    return [Section(heading=_("Why")), *(part for one in reasons for part in _reason(one))]


def _reason(one: dict[str, Any]) -> tuple[Section, Section]:
    """What we found, with the person's own numbers; then what would change it."""
    papers = [paper["label"] for paper in one["papers"]]
    found = Section(
        heading=f"{one['rank']}. {one['title']}",
        level=3,
        paragraphs=(one["explanation"],),
        facts=tuple((pair["label"], pair["value"]) for pair in one["pairs"]),
    )
    helps = [one["counterfactual"], one["what_you_can_do"]]
    if papers:
        helps.append(_("Papers that help:"))
    return found, Section(paragraphs=tuple(_said(helps)), points=tuple(papers))


def _how_to_appeal(content: dict[str, Any], subject: LetterSubject) -> list[Section]:
    """Only where there is something to appeal against."""
    if not content["deadline"]:
        return []
    online = _("Online: open %(link)s and sign in. It takes about ten minutes.")
    return [
        Section(
            heading=_("If you think we got it wrong"),
            paragraphs=(
                content["deadline"],
                online % {"link": subject.link},
                _("By phone: call %(phone)s.") % {"phone": settings.HELP_PHONE},
            ),
        )
    ]


def _rights(rights: list[str]) -> list[Section]:
    return [Section(heading=_("Your rights"), paragraphs=tuple(rights))] if rights else []


def _bodies(bodies: list[dict[str, str]]) -> list[Section]:
    """Each outside body with its ways in, which a letter must print."""
    if not bodies:
        return []
    return [Section(heading=_("Who else can help"), points=tuple(map(body_line, bodies)))]


def body_line(body: dict[str, str]) -> str:
    """Its name, what it does, and the ways in it has."""
    return " · ".join(_said([body[name] for name in ("name", "help", "address", "site", "phone")]))


def _said(sentences: list[str]) -> list[str]:
    return [sentence for sentence in sentences if sentence]
