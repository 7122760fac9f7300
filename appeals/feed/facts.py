"""Reads what a source knows of lines now; each complaint names the place and what to do."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from appeals.catalogue.facts import WATCHED_FACTS, is_fact
from appeals.feed import fields
from appeals.feed.decoding import Unusable

KEYS = ("fact_id", "line", "as_of", "facts")
MOST_FACTS = len(WATCHED_FACTS)


@dataclass(frozen=True, slots=True)
class Facts:
    """What one source knew of one line at one moment."""

    fact_id: str
    line: str
    as_of: datetime
    facts: Mapping[str, Any]

    def content_sha256(self) -> str:
        """The hash of what was said, not of how: the offset and the order do not count."""
        content = [self.line, self.as_of.astimezone(UTC).isoformat(), self.facts]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_facts(tree: Any, place: str) -> Facts:
    """One object of the list, checked and typed; Unusable says what to mend."""
    told: Mapping[str, Any] = fields.take(tree, place, KEYS)
    return Facts(
        fact_id=fields.text(told["fact_id"], f"{place}.fact_id", longest=100),
        line=fields.text(told["line"], f"{place}.line", longest=64),
        as_of=fields.moment(told["as_of"], f"{place}.as_of"),
        facts=_facts(told["facts"], f"{place}.facts"),
    )


def id_of(tree: Any) -> str:
    """The id of an object that cannot be used otherwise, as far as it has one."""
    given = tree.get("fact_id") if isinstance(tree, dict) else None
    return given[:100] if isinstance(given, str) else ""


def facts_in(tree: Any, *, at_most: int) -> list[Any]:
    """The objects of a body; Unusable when it is no list of a fair length."""
    if not isinstance(tree, list) or not tree:
        raise Unusable("The body must be a list of facts, in brackets, and not empty.")
    if len(tree) > at_most:
        raise Unusable(f"The list holds more than {at_most} facts. Send the rest in another.")
    return tree


def _facts(told: Any, place: str) -> dict[str, Any]:
    if not isinstance(told, dict) or not told:
        raise Unusable(f"{place} must be an object in braces, and not empty.")
    for name, value in told.items():
        kind = WATCHED_FACTS.get(name)
        if kind is None:
            raise Unusable(
                f"{place} has {name[:60]!a}: no reason of the catalogue is tested by it."
            )
        if not is_fact(kind, value):
            raise Unusable(f"{place}.{name} must be {kind.value}.")
    return dict(told)
