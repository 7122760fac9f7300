"""Sums of answers by reason, as the triggers keep them, without the appeals behind them."""

from datetime import UTC, date, datetime, time

from appeals.models import AppealTally, Measure

MONDAY = date(2026, 11, 16)
LATE, USE = "ACC-LATE-PAST", "BUR-UTIL-HIGH"


def create_answers(
    decided: int,
    overturned: int,
    *,
    week: date = MONDAY,
    rule: str = "LATE-6M",
    version: str = "4.2.0",
    reason: str = LATE,
    sent: int = 0,
    is_restricted: bool = False,
) -> None:
    """So many answers of a week about a reason, and appeals sent in it."""
    for measure, number, up in (
        (Measure.RULE_REASON, decided, overturned),
        (Measure.SENT_REASON, sent, 0),
    ):
        AppealTally.objects.create(
            measure=measure,
            at=datetime.combine(week, time(), UTC),
            queue_id=1,
            is_restricted=is_restricted,
            subject=rule,
            version=version,
            reason=reason,
            number=number,
            overturned=up,
        )
