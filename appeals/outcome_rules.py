"""What an outcome may do to the limit; pure rules, no database."""

from decimal import Decimal

from appeals.states import OutcomeKind

CENTS = Decimal("0.01")
RESTORING = frozenset({OutcomeKind.RESTORED, OutcomeKind.PARTLY_RESTORED, OutcomeKind.CONDITIONAL})


class WrongAmount(ValueError):
    """The limit does not fit the outcome; the only argument is one of the codes below."""


MISSING = "missing"
NOT_BETWEEN = "not_between"
NOT_ABOVE = "not_above"
UNWANTED = "unwanted"


def limit_after(
    kind: OutcomeKind, *, before: Decimal, cut_to: Decimal, asked: Decimal | None
) -> Decimal | None:
    """The limit the outcome gives, or None when it gives none; WrongAmount when it cannot."""
    if kind == OutcomeKind.KEPT:
        if asked is not None:
            raise WrongAmount(UNWANTED)
        return None
    if kind == OutcomeKind.RESTORED:
        if asked not in {None, before}:
            raise WrongAmount(UNWANTED)
        return before
    if asked is None:
        raise WrongAmount(MISSING)
    if kind == OutcomeKind.PARTLY_RESTORED and not cut_to < asked < before:
        raise WrongAmount(NOT_BETWEEN)
    if not cut_to < asked <= before:
        raise WrongAmount(NOT_ABOVE)
    # "3000" and "3000.00" are one amount; notice, ledger and database must spell it alike.
    return asked.quantize(CENTS)
