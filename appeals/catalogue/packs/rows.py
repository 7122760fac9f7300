"""What a jurisdiction pack holds, as frozen records; no Django, no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

Texts = Mapping[str, str]


@dataclass(frozen=True)
class SignedOff:
    """Whose counsel answers for a rule, and since when."""

    by: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every row of a pack has: its name, where it comes from, who signed it off."""

    key: str
    # The file and line it stands on, for a complaint about it.
    place: str
    source: Texts
    signed_off: SignedOff | None

    def told_by(self, language: str) -> str:
        return self.source.get(language, self.source["en"])


@dataclass(frozen=True, kw_only=True)
class Exemption(Rule):
    """Decisions the law asks no notice for; the customer is told all the same.

    It holds when every reason given is one of `reasons`; `needs_policy` asks for a policy too, of
    which somebody has judged that it is class-wide.
    """

    reasons: frozenset[str]
    needs_policy: bool


@dataclass(frozen=True, kw_only=True)
class Residence(Rule):
    """Where a person lives may count only for objective reasons; `reasons` rest on it."""

    reasons: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class NoticeRules(Rule):
    """What makes a notice owed, and what it may hold."""

    actions: frozenset[str]
    exempt: tuple[Exemption, ...]
    max_reasons: int
    # The one reason that may be told beyond the principal ones.
    extra_reason: str | None
    disclosures: frozenset[str]
    residence: Residence | None = None


@dataclass(frozen=True, kw_only=True)
class Writing(Rule):
    """What "in writing" is: with the customer's consent more than without it."""

    channels: tuple[str, ...]
    without_consent: tuple[str, ...]

    @property
    def asks_consent(self) -> bool:
        """Whether electronic notices hang on the customer's agreement."""
        return set(self.channels) != set(self.without_consent)

    def is_paper(self, *, has_consent: bool) -> bool:
        """Whether only a letter is the notice, and everything else an alert."""
        return (self.channels if has_consent else self.without_consent) == ("letter",)


@dataclass(frozen=True, kw_only=True)
class Block(Rule):
    """A fixed paragraph of the notice, and when it belongs on it."""

    when: str
    text: Texts
    # The placeholders of the text, the same in every language.
    needs: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Right(Rule):
    """What a customer can ask for here: its clock, if the law sets one, and who else helps."""

    clock: str | None
    bodies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Body(Rule):
    """Somebody outside: an ombudsman, an agency, a bureau."""

    kind: str
    name: Texts
    help: Texts
    address: Texts | None
    site: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Clock(Rule):
    """A clock of an appeal: so long after something came in."""

    kind: str
    number: int
    unit: str
    can_pause: bool
    is_duty: bool
    warn: int
    label: Texts


@dataclass(frozen=True, kw_only=True)
class NoticeClock(Rule):
    """A clock of a notice, begun with the decision.

    `begins` is what it counts from: `decided`, `effective`, `told`, or `before_effect`, which is
    due when the change begins, and, where that has passed already, so long after we learnt of it.
    A guard is no duty: until it ends the lender may not charge for the cut.
    """

    begins: str
    number: int
    unit: str
    is_guard: bool
    actions: frozenset[str]
    # Product names it is for; empty: every one.
    products: frozenset[str]
    warn: int
    label: Texts

    def is_for(self, action: str, product: str) -> bool:
        return action in self.actions and (not self.products or product in self.products)


@dataclass(frozen=True, kw_only=True)
class Retention(Rule):
    """How long a kind of record is kept, in months from what it counts from."""

    months: int
    begins: str


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One file: the rules of a place from a day on; of a country, what differs from its base."""

    jurisdiction: str
    country: str
    in_force_from: date
    version: str
    name: Texts
    notice: NoticeRules | None
    writing: Writing | None
    rows: Mapping[str, tuple[Any, ...]]
    # Keys of the base's rows that do not hold in this country.
    drop: frozenset[str]


@dataclass(frozen=True, kw_only=True, eq=False)
class Pack:
    """The rules in force for a customer on a day; one object each, so it can be a key."""

    name: str
    version: str
    jurisdiction: str
    country: str
    title: Texts
    notice: NoticeRules
    writing: Writing
    blocks: tuple[Block, ...]
    rights: Mapping[str, Right]
    bodies: Mapping[str, Body]
    clocks: Mapping[str, Clock]
    notice_clocks: Mapping[str, NoticeClock]
    retention: Mapping[str, Retention]

    def bureau(self, name: str = "") -> Body | None:
        """The credit bureau of this name in any language, or the lender's usual one."""
        bureaus = [body for body in self.bodies.values() if body.kind == "bureau"]
        if name:
            bureaus = [body for body in bureaus if name in body.name.values()]
        return bureaus[0] if bureaus else None

    @cached_property
    def helpers(self) -> tuple[Body, ...]:
        """The outside bodies every notice names: all but bureaus, whom only some notices need."""
        return tuple(body for body in self.bodies.values() if body.kind != "bureau")

    @cached_property
    def unsigned(self) -> tuple[str, ...]:
        """The keys of the rules that still need counsel's sign-off."""
        rows: list[Rule] = [self.notice, *self.notice.exempt, self.writing, *self.blocks]
        if self.notice.residence:
            rows.append(self.notice.residence)
        for named in (self.rights, self.bodies, self.clocks, self.notice_clocks, self.retention):
            rows += named.values()
        return tuple(row.key for row in rows if row.signed_off is None)
