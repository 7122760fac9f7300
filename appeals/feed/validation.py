"""A line of the feed against its contract (design.md, section 6)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from appeals.catalogue import CATALOGUE, Reason
from appeals.catalogue.facts import FACT_KINDS, UNPRINTABLE, FactKind, is_fact, is_words
from appeals.feed import fields
from appeals.feed.decoding import Unusable, decode_line
from appeals.feed.record import (
    FeedConsent,
    FeedCustomer,
    FeedDecision,
    FeedLine,
    FeedReason,
    FeedRule,
    LineRejected,
)

KEYS = (
    *("decision_id", "customer", "line", "action", "old_limit", "new_limit", "balance"),
    *("decided_at", "effective_at", "automated", "rule", "policy", "score", "reasons"),
)
CUSTOMER_KEYS = ("ref", "name", "email", "phone", "locale", "time_zone", "jurisdiction", "region")
CUSTOMER_MAY_HAVE = ("esign_consent",)
LINE_KEYS = ("ref", "product", "currency", "last4", "opened_on")
LOCALES = tuple(code for code, _name in settings.LANGUAGES)
JURISDICTIONS = ("US", "GB", "EU", "CN")
ADVERSE = ("reduce", "suspend", "close")
ACTIONS = (*ADVERSE, "restore", "raise")
MOST_REASONS = 5
# Two machines never quite agree on the time.
EFFECTIVE_SKEW = timedelta(hours=1)
CLOCK_AHEAD = timedelta(days=1)
LONGEST_NOTICE = timedelta(days=366)


def parse_line(raw: bytes, *, line_number: int) -> FeedDecision:
    """The decision a line holds; LineRejected says what is wrong with it."""
    decision_id = ""
    try:
        tree = decode_line(raw)
        decision_id = _readable_id(tree)
        decision = _decision(tree, line_number)
        _check_limits(decision)
        _check_times(decision)
    except Unusable as error:
        raise LineRejected(str(error), decision_id) from None
    return decision


def _readable_id(tree: dict[str, Any]) -> str:
    """The id to list a rejected line under, when there is one that can be stored."""
    found = tree.get("decision_id")
    return found[:100] if isinstance(found, str) and not UNPRINTABLE.search(found) else ""


def _decision(tree: dict[str, Any], line_number: int) -> FeedDecision:
    fields.take(tree, "", KEYS)
    action = fields.choice(tree["action"], "action", ACTIONS)
    return FeedDecision(
        line_number=line_number,
        decision_id=fields.text(tree["decision_id"], "decision_id", longest=100),
        customer=_customer(tree["customer"]),
        line=_line(tree["line"]),
        action=action,
        old_limit=fields.money(tree["old_limit"], "old_limit"),
        new_limit=fields.money(tree["new_limit"], "new_limit"),
        balance=fields.money(tree["balance"], "balance"),
        decided_at=fields.moment(tree["decided_at"], "decided_at"),
        effective_at=fields.moment(tree["effective_at"], "effective_at"),
        automated=fields.truth(tree["automated"], "automated"),
        rule=_rule(tree["rule"]),
        policy=_policy(tree["policy"]),
        score=_score(tree["score"]),
        reasons=_reasons(tree["reasons"], least=1 if action in ADVERSE else 0),
    )


def _customer(tree: Any) -> FeedCustomer:
    fields.take(tree, "customer", CUSTOMER_KEYS, CUSTOMER_MAY_HAVE)
    return FeedCustomer(
        reference=fields.text(tree["ref"], "customer.ref", longest=64),
        name=fields.text(tree["name"], "customer.name", longest=200),
        email=fields.email(tree["email"], "customer.email"),
        phone=fields.phone(tree["phone"], "customer.phone"),
        locale=fields.choice(tree["locale"], "customer.locale", LOCALES),
        time_zone=fields.time_zone(tree["time_zone"], "customer.time_zone"),
        jurisdiction=fields.choice(tree["jurisdiction"], "customer.jurisdiction", JURISDICTIONS),
        region=fields.region(tree["region"], "customer.region"),
        esign_consent=_consent(tree.get("esign_consent")),
    )


def _consent(tree: Any) -> FeedConsent | None:
    if tree is None:
        return None
    fields.take(tree, "customer.esign_consent", ("given", "on"))
    on = fields.day(tree["on"], "customer.esign_consent.on")
    if on > (timezone.now() + CLOCK_AHEAD).date():
        raise Unusable("customer.esign_consent.on lies in the future. Send it once it holds.")
    return FeedConsent(fields.truth(tree["given"], "customer.esign_consent.given"), on)


def _line(tree: Any) -> FeedLine:
    fields.take(tree, "line", LINE_KEYS)
    last4 = fields.text(tree["last4"], "line.last4", longest=4)
    if not (last4.isascii() and last4.isdigit() and len(last4) == 4):
        raise Unusable("line.last4 must be four digits in quotes.")
    opened_on = tree["opened_on"]
    return FeedLine(
        reference=fields.text(tree["ref"], "line.ref", longest=64),
        product=fields.text(tree["product"], "line.product", longest=120),
        currency=fields.currency(tree["currency"], "line.currency"),
        last4=last4,
        opened_on=None if opened_on is None else fields.day(opened_on, "line.opened_on"),
    )


def _rule(tree: Any) -> FeedRule:
    names = ("id", "module", "version")
    fields.take(tree, "rule", names)
    return FeedRule(**{name: fields.text(tree[name], f"rule.{name}", longest=64) for name in names})


def _policy(tree: Any) -> dict[str, Any] | None:
    if tree is None:
        return None
    fields.take(tree, "policy", ("ref", "title", "region"))
    fields.text(tree["ref"], "policy.ref", longest=64)
    if not is_fact(FactKind.WORDS, tree["title"]):
        raise Unusable(f"policy.title must be {FactKind.WORDS.value}.")
    if tree["region"] is not None:
        fields.region(tree["region"], "policy.region")
    return dict(tree)


def _score(tree: Any) -> dict[str, Any] | None:
    if tree is None:
        return None
    fields.take(tree, "score", ("value", "min", "max", "source", "as_of"))
    value, least, most = (
        fields.whole_number(tree[name], f"score.{name}") for name in ("value", "min", "max")
    )
    if not least <= value <= most:
        raise Unusable("score.value must lie between score.min and score.max.")
    fields.text(tree["source"], "score.source", longest=64)
    fields.day(tree["as_of"], "score.as_of")
    return dict(tree)


def _reasons(tree: Any, *, least: int) -> tuple[FeedReason, ...]:
    if not isinstance(tree, list) or not least <= len(tree) <= MOST_REASONS:
        raise Unusable(f"reasons must be a list of {least} to {MOST_REASONS} reasons.")
    reasons = tuple(_reason(one, f"reasons[{number}]") for number, one in enumerate(tree))
    codes = [reason.code for reason in reasons]
    for code in codes:
        if codes.count(code) > 1:
            raise Unusable(f"The reason {code} is given twice. Give it once.")
    weights = [reason.weight for reason in reasons]
    if weights != sorted(weights, reverse=True):
        raise Unusable("reasons must stand in order, the heaviest weight first.")
    return reasons


def _reason(tree: Any, place: str) -> FeedReason:
    fields.take(tree, place, ("code", "weight", "facts"))
    code = fields.text(tree["code"], f"{place}.code", longest=40)
    reason = CATALOGUE.reasons.get(code)
    if reason is None:
        raise Unusable(f"{place}.code is {code!a}: the reason catalogue has no such code.")
    if not reason.is_active:
        raise Unusable(f"{place}.code is {code!a}: this reason is retired. Give one in use.")
    facts = _facts(reason, tree["facts"], place)
    return FeedReason(code=code, weight=_weight(tree["weight"], place), facts=facts)


def _weight(value: Any, place: str) -> Decimal:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 1:
        raise Unusable(f"{place}.weight must be a number above 0 and at most 1.")
    return max(Decimal(str(value)).quantize(Decimal("0.0001")), Decimal("0.0001"))


def _facts(reason: Reason, facts: Any, place: str) -> dict[str, Any]:
    if not isinstance(facts, dict):
        raise Unusable(f"{place}.facts must be an object in braces.")
    missing = sorted(reason.needed_facts - facts.keys())
    if missing:
        raise Unusable(
            f"{place} ({reason.code}) needs the fact {missing[0]!r}. "
            "Without it the customer would read a text with a hole."
        )
    for name, value in facts.items():
        _check_fact(name, value, f"{place}.facts")
    return {name: _plainest(value) for name, value in facts.items()}


def _plainest(value: Any) -> Any:
    """`6.0` is `6`: some languages write no difference, so we must not see one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _check_fact(name: str, value: Any, place: str) -> None:
    """A fact we know has its kind; another one is kept, never shown, and must be a plain value."""
    if not is_words(name):
        raise Unusable(f"{place} has a name that is empty, too long or cannot be printed.")
    kind = FACT_KINDS.get(name)
    if kind and not is_fact(kind, value):
        raise Unusable(f"{place}.{name} must be {kind.value}.")
    if not kind and not (value is None or isinstance(value, bool | int | float)):
        fields.text(value, f"{place}.{name}", longest=200)


def _check_limits(decision: FeedDecision) -> None:
    old, new = decision.old_limit, decision.new_limit
    complaint = {
        "reduce": (new >= old, "new_limit must be lower than old_limit when a line is reduced."),
        "suspend": (
            new not in (0, old),
            "new_limit must be 0.00, or the old limit, when a line is suspended.",
        ),
        "close": (new != 0, "new_limit must be 0.00 when a line is closed."),
        "restore": (
            new < old or new == 0,
            "new_limit must be above 0.00 and not lower than old_limit when a line is restored.",
        ),
        "raise": (new <= old, "new_limit must be higher than old_limit when a line is raised."),
    }
    is_wrong, message = complaint[decision.action]
    if is_wrong:
        raise Unusable(message)


def _check_times(decision: FeedDecision) -> None:
    if decision.decided_at > timezone.now() + CLOCK_AHEAD:
        raise Unusable("decided_at lies in the future. Send a decision once it is made.")
    if decision.effective_at < decision.decided_at - EFFECTIVE_SKEW:
        raise Unusable("effective_at is before decided_at. A decision cannot work backwards.")
    if decision.effective_at > decision.decided_at + LONGEST_NOTICE:
        raise Unusable("effective_at is more than a year after decided_at.")
    opened_on = decision.line.opened_on
    if opened_on and opened_on > (decision.decided_at + CLOCK_AHEAD).date():
        raise Unusable("line.opened_on is after decided_at.")
