"""A letter on its sheet: who it is for, the day, what it says, and how to reach us."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.letters.matter import LetterMatter, Section
from notifications.models import Notification
from portal.lib.dates import format_day
from portal.lib.zones import zone_name

# The rest of the world folds A4.
LETTER_SIZE = frozenset({"US"})
# Typst's words for our languages.
LANGUAGES = {"en": "en", "zh-hans": "zh"}


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything one letter prints; `fields` is what its template reads."""

    paper: str
    lang: str
    region: str
    sender: str
    customer: str
    name: str
    date: str
    title: str
    sections: tuple[Section, ...]
    folio: str
    help: str
    wording_id: int | None

    @property
    def fields(self) -> dict[str, Any]:
        known = asdict(self)
        del known["wording_id"]
        return known

    @property
    def text(self) -> str:
        """The letter's own text: what its hash is made of."""
        head = [self.sender, self.customer, self.name, self.date, self.title]
        body = [line for section in self.sections for line in _lines(section)]
        return "\n".join([*head, *body, self.help])

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def paper_for(notification: Notification, matter: LetterMatter, now: datetime) -> Paper:
    """Put a letter on its sheet, in its language and dated where the person lives."""
    person, language = notification.recipient, notification.language
    # Abroad is no reason for another size: the sheet is the print shop's of that country.
    with translation.override(language):
        return Paper(
            paper="us-letter" if person.jurisdiction in LETTER_SIZE else "a4",
            lang=LANGUAGES.get(language, "en"),
            region="cn" if language == "zh-hans" else _region_of(person.jurisdiction),
            sender=_("Recourse"),
            customer=_("Customer reference: %(reference)s") % {"reference": person.reference},
            name=person.name,
            date=format_day(now.astimezone(person.zone).date(), language),
            title=matter.title,
            sections=(*matter.sections, _how_to_reach_us(language)),
            folio=_("Page {page} of {pages}"),
            help=_("Questions? Call %(phone)s.") % {"phone": settings.HELP_PHONE},
            wording_id=matter.wording_id,
        )


def _region_of(jurisdiction: str) -> str:
    return {"US": "us", "CN": "cn"}.get(jurisdiction, "gb")


def _how_to_reach_us(language: str) -> Section:
    """The same for every letter: where to read and answer it, and who to call."""
    site = urlsplit(settings.PUBLIC_URL).netloc
    hours = {
        "phone": settings.HELP_PHONE,
        "opens": settings.HELP_OPENS,
        "closes": settings.HELP_CLOSES,
        "zone": zone_name(settings.HELP_TIME_ZONE, language),
    }
    return Section(
        heading=_("How to reach us"),
        paragraphs=(
            _("You can read and answer this online: open %(site)s and sign in.") % {"site": site},
            _("Or call %(phone)s, Monday to Friday, %(opens)s to %(closes)s (%(zone)s time).")
            % hours,
            _("We will never ask you for a code, a password or a card number."),
        ),
    )


def _lines(section: Section) -> list[str]:
    facts = [f"{label}: {value}" for label, value in section.facts]
    return [section.heading, *section.paragraphs, *facts, *section.points]
