"""Keeping the sums of rules: parts as decisions come in, and folding them hour by hour."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.db.models.functions import Least

from appeals.actions.copying import copy_in
from appeals.feed import FeedDecision
from appeals.models import (
    ADVERSE,
    AppealTally,
    Measure,
    RuleHour,
    RuleHourPart,
    RuleWatch,
)
from appeals.watch.answers import Week
from appeals.watch.sums import Cut, Key, Sums, count_all, hour_of, moment_of

# Whoever folds or looks holds this; another one has nothing to do meanwhile.
LOCK = 0x5265636F_72756C65
PARTS_A_FOLD = 10_000
SUMS = tuple(Sums.__dataclass_fields__)
KEY = ("rule_id", "rule_version", "rule_module", "region", "hour")
COLUMNS = (*KEY, *SUMS)
TAKE_SQL = f"""
DELETE FROM appeals_rulehourpart WHERE id IN (
    SELECT id FROM appeals_rulehourpart ORDER BY id LIMIT %s
) RETURNING {", ".join(COLUMNS)}
"""  # noqa: S608 - joined from our own constants


def add_decisions(decisions: Sequence[FeedDecision]) -> None:
    """Add new decisions to the sums of their hours, in the transaction that stores them."""
    cuts = (cut_of(decision) for decision in decisions if decision.action in ADVERSE)
    copy_in([_row(RuleHourPart, key, sums) for key, sums in count_all(cuts).items()])


def cut_of(decision: FeedDecision) -> Cut:
    """What the watch needs of a decision."""
    return Cut(
        rule=decision.rule.id,
        version=decision.rule.version,
        module=decision.rule.module,
        region=decision.customer.region,
        decided_at=decision.decided_at,
        old_limit=decision.old_limit,
        new_limit=decision.new_limit,
        balance=decision.balance,
        score=decision.score,
        reasons=tuple((reason.code, reason.facts) for reason in decision.reasons),
        is_policy=decision.policy is not None,
    )


@transaction.atomic
def fold_parts(*, limit: int = PARTS_A_FOLD) -> int:
    """Fold the oldest parts into their sums, and note from which hour on to look again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(TAKE_SQL, [limit])
        # The last column is JSON, which a bare cursor gives as its text.
        rows = [(*row[:-1], json.loads(row[-1])) for row in cursor.fetchall()]
    if rows:
        added = _sums_of(rows)
        _add_to_stored(added)
        look_again_from(moment_of(min(key.hour for key in added)))
    return len(rows)


def read_sums(begin: int, end: int, *, rule: str = "") -> dict[Key, Sums]:
    """The folded sums from one hour to before another, of all rules or of one."""
    rows = RuleHour.objects.filter(hour__gte=moment_of(begin), hour__lt=moment_of(end))
    if rule:
        rows = rows.filter(rule_id=rule)
    return _sums_of(rows.values_list(*COLUMNS).iterator(chunk_size=5_000))


def read_weeks(begin: int, end: int) -> list[Week]:
    """Appeals and answers by rule version and week, from the tallies; restricted ones left out."""
    of_rules = {Measure.AGAINST_RULE, Measure.RULE}
    rows = (
        AppealTally.objects.filter(
            measure__in=of_rules,
            at__gte=moment_of(begin),
            at__lt=moment_of(end),
            is_restricted=False,
        )
        .values_list("subject", "version", "at")
        .annotate(
            sent=Sum("number", filter=Q(measure=Measure.AGAINST_RULE), default=0),
            answered=Sum("number", filter=Q(measure=Measure.RULE), default=0),
            up=Sum("overturned", filter=Q(measure=Measure.RULE), default=0),
        )
        .order_by("at", "subject", "version")
    )
    return [Week(rule, version, hour_of(at), *counts) for rule, version, at, *counts in rows]


def _sums_of(rows: Iterable[tuple[Any, ...]]) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for rule, version, module, region, hour, *sums in rows:
        key = Key(rule, version, module, region, hour_of(hour))
        if key in found:
            found[key].add(Sums(*sums))
        else:
            found[key] = Sums(*sums)
    return found


def _add_to_stored(added: Mapping[Key, Sums]) -> None:
    hours = [key.hour for key in added]
    stored = RuleHour.objects.filter(
        hour__gte=moment_of(min(hours)),
        hour__lte=moment_of(max(hours)),
        rule_id__in={key.rule for key in added},
    )
    for key, sums in _sums_of(stored.values_list(*COLUMNS)).items():
        if key in added:
            added[key].add(sums)
    write_sums(added)


def write_sums(sums_of: Mapping[Key, Sums]) -> None:
    """Store these sums in the place of what is stored of their keys."""
    RuleHour.objects.bulk_create(
        [_row(RuleHour, key, sums) for key, sums in sorted(sums_of.items(), key=itemgetter(0))],
        batch_size=1_000,
        update_conflicts=True,
        unique_fields=KEY,
        update_fields=SUMS,
    )


def look_again_from(hour: datetime) -> None:
    """Let the next look begin with this hour, if it would begin later."""
    RuleWatch.objects.get_or_create(pk=1)
    # The least of two, of which one may be nothing.
    RuleWatch.objects.update(again_from=Least("again_from", hour))


def _row(model: type[Any], key: Key, sums: Sums) -> Any:
    return model(
        rule_id=key.rule,
        rule_version=key.version,
        rule_module=key.module,
        region=key.region,
        hour=moment_of(key.hour),
        **{name: getattr(sums, name) for name in SUMS},
    )
