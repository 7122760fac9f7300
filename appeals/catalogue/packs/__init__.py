"""Jurisdiction packs: the rules of each place as versioned data, with dates of effect.

Own reading of the sources each rule names, not legal advice. Every rule carries `signed_off: null`
until the lender's counsel has signed it off (`{by: ..., on: 2026-09-30}`).

A file holds one edition: `<jurisdiction>-<day it is in force from>.yaml` is whole, and
`<jurisdiction>-<country>-<day>.yaml` says what differs in one country, told by the first two
letters of the customer's region. A file that is in force is never edited: what changes is a new
edition. A notice names the pack and the version it was written by.

    from appeals.catalogue.packs import pack_for, pack_of

    pack = pack_of(customer, at)             # the day is the customer's own; costs no query
    pack = pack_for("EU", "DE-BE", day)      # the same, said in parts
    pack.name, pack.version                  # "EU/DE", "2026-11-20-1a2b3c4d5e6f+2026-11-20-..."
    pack.rights                              # by key: human_review, complain ... see reading.RIGHTS
    pack.rights["complain"].clock            # a key of pack.clocks, or None where no law sets one
    pack.rights["complain"].bodies           # keys of pack.bodies: who else helps
    pack.bodies["fos"].name["en"]            # also help, address, site, phone, kind
    pack.clocks["GB.complaint.final"]        # number, unit, warn, label, source (clocks of appeals)
    pack.notice_clocks                       # the clocks of the notice itself
    pack.retention["evidence"].months        # from pack.retention["evidence"].begins
    pack.writing.is_paper(has_consent=False) # whether only a letter is the notice

A right that is not in `pack.rights` is not given there by law; a lender may still offer it.
Texts (`name`, `label`, `source`, `text`) are mappings by language: "en" and "zh-hans".
"""

from datetime import date, datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from appeals.catalogue.packs.rows import (
    Block,
    Body,
    Clock,
    NoticeClock,
    Pack,
    Retention,
    Right,
    Texts,
)
from appeals.catalogue.packs.table import PackTable
from appeals.catalogue.packs.tree import PackError

FOLDER = Path(__file__).parent
PACKS = PackTable(FOLDER)

__all__ = [
    "FOLDER",
    "PACKS",
    "Block",
    "Body",
    "Clock",
    "NoticeClock",
    "Pack",
    "PackError",
    "PackTable",
    "Retention",
    "Right",
    "Texts",
    "pack_for",
    "pack_of",
]


class LivesSomewhere(Protocol):
    """A customer, as far as packs care."""

    jurisdiction: str
    region: str

    @property
    def zone(self) -> ZoneInfo: ...


def pack_for(jurisdiction: str, region: str, day: date) -> Pack:
    """The rules in force in a place on a day."""
    return PACKS.pack_for(jurisdiction, region, day)


def pack_of(person: LivesSomewhere, at: datetime) -> Pack:
    """The rules in force for a person, on the day it is where they live."""
    return pack_for(person.jurisdiction, person.region, at.astimezone(person.zone).date())
