"""Looking at the rules: each full hour once, and again from the hour of what came late."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from appeals.access import list_all_supervisors
from appeals.actions.rule_sums import LOCK, fold_parts, read_sums, read_weeks
from appeals.models import ADVERSE, LineDecision, RuleAlarm, RuleWatch
from appeals.watch import answers
from appeals.watch.episodes import Episode, as_json, episodes_of, from_json, key_of
from appeals.watch.facts import box_of
from appeals.watch.looks import Suspicion, look_at, needed_from
from appeals.watch.signals import SignalKind
from appeals.watch.sums import HOUR, Key, Sums, hour_of, is_spared, moment_of
from notifications.api import Lane, NotificationRequest, notify_many
from portal.lib.references import new_reference

# What comes later than this counts for what is usual, and is not looked at any more.
LONGEST_BACK = 92 * 24
SAMPLES = 8
# Of so many of its first decisions the samples are chosen.
SAMPLED = 200


@dataclass(frozen=True)
class Looked:
    """What a look came to: over which time, and which alarms it raised."""

    begin: datetime
    end: datetime
    raised: Sequence[RuleAlarm]


def look_at_rules() -> Looked | None:
    """Fold what came in, look at every hour that is over and was not looked at as it is now."""
    while fold_parts():
        pass
    return _look(timezone.now())


@transaction.atomic
def _look(now: datetime) -> Looked | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if cursor.fetchone() != (True,):
            return None  # Somebody else is looking.
    watch = RuleWatch.objects.first()
    span = _span(watch, hour_of(now)) if watch else None
    if watch is None or span is None:
        return None
    begin, end = span
    rows = read_sums(needed_from(begin), end)
    found = look_at(
        rows,
        begin,
        end,
        days_between_false_alarms=settings.DAYS_BETWEEN_FALSE_ALARMS,
        weeks=read_weeks(answers.needed_from(begin), end),
    )
    raised = _keep(list(found), rows, now)
    watch.looked_until = moment_of(end)
    # What lies in an hour that is not over waits for it.
    watch.again_from = None
    watch.save(update_fields=["looked_until", "again_from"])
    return Looked(moment_of(begin), moment_of(end), raised)


def _span(watch: RuleWatch, end: int) -> tuple[int, int] | None:
    """From which hour to before which there is something to look at."""
    moments = [one for one in (watch.looked_until, watch.again_from) if one]
    if not moments:
        return None
    begin = max(min(map(hour_of, moments)), end - LONGEST_BACK)
    return (begin, end) if begin < end else None


def _keep(found: Sequence[Suspicion], rows: Mapping[Key, Sums], now: datetime) -> list[RuleAlarm]:
    """Store what the looks found: new alarms, and the known ones it lengthens."""
    names = {one.rule for one in found}
    stored = [
        (_episode(alarm), alarm)
        for alarm in RuleAlarm.objects.filter(rule_id__in=names).order_by("found_at")
    ]
    raised = []
    for episode in episodes_of(found, [one for one, _alarm in stored]):
        alarm = next((alarm for one, alarm in stored if one is episode), None)
        if alarm is None:
            alarm = _new_alarm(episode, now)
            raised.append(alarm)
        _write(alarm, episode, rows)
    for alarm in raised:
        alarm.samples.set(_samples(alarm))
    notify_many(_messages(raised))
    return raised


def _new_alarm(episode: Episode, now: datetime) -> RuleAlarm:
    earlier = RuleAlarm.objects.filter(rule_id=episode.rule, rule_version=episode.version)
    number = earlier.aggregate(last=Max("episode"))["last"] or 0
    return RuleAlarm(
        reference=new_reference("RA"),
        rule_id=episode.rule,
        rule_version=episode.version,
        rule_module=episode.module,
        episode=number + 1,
        raised_at=now,
    )


def _write(alarm: RuleAlarm, episode: Episode, rows: Mapping[Key, Sums]) -> None:
    alarm.since = moment_of(episode.since)
    alarm.found_at = moment_of(episode.found) + HOUR
    alarm.last_at = moment_of(episode.last) + HOUR
    # An old episode may begin before the rows that were read.
    alarm.number = max(
        alarm.number or 0,
        sum(
            sums.number
            for key, sums in rows.items()
            if (key.rule, key.version) == (episode.rule, episode.version)
            and episode.since <= key.hour <= episode.last
        ),
    )
    alarm.signals = [as_json(signal) for signal in episode.in_order()]
    alarm.save()


def _episode(alarm: RuleAlarm) -> Episode:
    return Episode(
        rule=alarm.rule_id,
        version=alarm.rule_version,
        module=alarm.rule_module,
        since=hour_of(alarm.since),
        found=hour_of(alarm.found_at - HOUR),
        last=hour_of(alarm.last_at - HOUR),
        signals={key_of(signal.reading): signal for signal in map(from_json, alarm.signals)},
    )


def _samples(alarm: RuleAlarm) -> list[LineDecision]:
    """Some of its first decisions, those that are hardest to explain before the others.

    Where a fact is stuck, up to half are decisions that show its value.
    """
    rows = LineDecision.objects.filter(
        rule_id=alarm.rule_id,
        rule_version=alarm.rule_version,
        decided_at__gte=alarm.since,
        policy__isnull=True,
        action__in=ADVERSE,
    )
    first = rows.prefetch_related("reasons").order_by("decided_at", "pk")[:SAMPLED]
    hardest = sorted(first, key=lambda one: not _is_spared(one))
    readings = [from_json(told).reading for told in alarm.signals]
    stuck = {(one.fact, one.box) for one in readings if one.kind is SignalKind.STUCK}
    telling = [one for one in hardest if stuck & set(_boxes(one))]
    chosen = dict.fromkeys([*telling[: SAMPLES // 2], *hardest])
    return list(chosen)[:SAMPLES]


def _boxes(decision: LineDecision) -> Iterator[tuple[str, int]]:
    for reason in decision.reasons.all():
        for name, value in reason.facts.items():
            yield f"{reason.code}.{name}", box_of(value)


def _is_spared(decision: LineDecision) -> bool:
    reasons = [(reason.code, reason.facts) for reason in decision.reasons.all()]
    return is_spared(reasons, decision.balance, decision.old_limit)


def _messages(raised: Iterable[RuleAlarm]) -> list[NotificationRequest]:
    """One a supervisor and alarm; who it is about, the page says."""
    alarms = list(raised)
    return [
        NotificationRequest(
            recipient_id=person.pk,
            type="rule_alarm",
            lane=Lane.URGENT,
            dedupe_key=f"rule-alarm:{alarm.reference}:{person.pk}",
            context={
                "rule": alarm.rule_id,
                "version": alarm.rule_version,
                "number": str(alarm.number),
            },
            path=f"/admin/alarms/{alarm.reference}/",
        )
        for person in (list_all_supervisors() if alarms else ())
        for alarm in alarms
    ]
