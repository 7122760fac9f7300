"""From an audience to rows, in steps: each one transaction, all of it inside the database.

A step moves the cursor in the transaction that makes the rows, and only from where it found it. So
two workers at once, a repeat, or a death in the middle make nobody twice and leave nobody out. The
second half looks at everybody again: who was in the first share has a row, by its dedupe key.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notifications.campaigns.audiences import audience_sql
from notifications.kinds import CampaignState, ChannelKind, Lane
from notifications.models import Campaign
from notifications.models.campaign import ALL_SHARES
from notifications.outbox import OWE_ASKED_SQL, settle_time
from notifications.types import TYPES

# As many as the statement can keep in the memory it is usually given.
STEP = 20_000
# Longer than other statements of a worker: a rare audience is looked for among ten million people.
STEP_PATIENCE = "120s"
EXPANDING = (CampaignState.CANARY, CampaignState.RUNNING)
# Whoever expands a campaign holds this with its number; another one has nothing to do meanwhile.
LOCK = 0x43_41_4D_50

# A step is bounded by the people it looks at, not by those it picks: one in ten thousand would
# otherwise be looked for until the statement is too old.
STEP_SQL = """
WITH seen AS MATERIALIZED (
    SELECT recipient_id, about, path, context FROM ({audience}) AS audience
    WHERE recipient_id > %(cursor)s ORDER BY recipient_id LIMIT %(step)s
), asked AS (
    SELECT recipient_id, %(type)s::text AS type,
        'campaign:' || %(campaign)s::bigint || ':' || recipient_id AS dedupe_key,
        %(lane)s::text AS lane, context, path, about, %(campaign)s::bigint AS campaign_id,
        %(is_mandatory)s::boolean AS is_mandatory, %(legal_due_at)s::timestamptz AS legal_due_at,
        %(settle_at)s::timestamptz AS settle_at, '' AS secret, NULL::timestamptz AS expires_at,
        %(is_owed)s::boolean AS is_owed, %(starts_sms)s::boolean AS starts_sms,
        %(starts_email)s::boolean AS starts_email, %(starts_push)s::boolean AS starts_push,
        '' AS address, false AS needs_letter
    FROM seen
    -- Who is in the first share is decided by who they are, and by chance for each campaign.
    WHERE (hashint8(recipient_id # %(campaign)s::bigint) & 2147483647) %% %(all)s < %(share)s
)
{owe}
SELECT (SELECT count(*) FROM seen), (SELECT max(recipient_id) FROM seen),
    (SELECT count(*) FROM made), (SELECT array_agg(DISTINCT lane || ' ' || channel) FROM ways)
"""


class Overtaken(Exception):
    """Somebody paused or stopped the campaign, or moved its cursor, while a step ran."""


@dataclass(frozen=True)
class Step:
    """What one step did; `has_more` says whether another one follows it."""

    made: int = 0
    bells: frozenset[tuple[Lane, ChannelKind]] = frozenset()
    has_more: bool = False


@dataclass(frozen=True)
class _Found:
    """What the statement of a step looked at and made."""

    looked_at: int
    last: int | None
    made: int
    bells: list[str] | None

    @property
    def was_last(self) -> bool:
        return self.looked_at < STEP


def expand_step(campaign_id: int) -> Step:
    """Make the rows of the next few people of a campaign that is expanding."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _prepare(cursor)
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, campaign_id])
            if cursor.fetchone() != (True,):
                return Step()
            campaign = Campaign.objects.filter(
                pk=campaign_id, state__in=EXPANDING, is_expanded=False
            ).first()
            if campaign is None:
                return Step()
            found = _make_rows(cursor, campaign, timezone.now())
            _move_on(campaign, found)
    except Overtaken:
        # Its rows are undone; the next step reads what became of the campaign.
        return Step(has_more=True)
    bells = (bell.split() for bell in found.bells or [])
    return Step(
        made=found.made,
        bells=frozenset((Lane(lane), ChannelKind(channel)) for lane, channel in bells),
        has_more=not found.was_last,
    )


def expand(campaign_id: int, *, seconds: float) -> tuple[bool, set[tuple[Lane, ChannelKind]]]:
    """Take steps for so long; return whether more remain, and where rows were made."""
    until = time.monotonic() + seconds
    bells: set[tuple[Lane, ChannelKind]] = set()
    while True:
        step = expand_step(campaign_id)
        bells |= step.bells
        if not step.has_more or time.monotonic() > until:
            return step.has_more, bells


def list_unexpanded() -> list[int]:
    """Return the campaigns in which somebody still waits for a row."""
    unexpanded = Campaign.objects.filter(state__in=EXPANDING, is_expanded=False)
    return list(unexpanded.values_list("pk", flat=True))


def _prepare(cursor: Any) -> None:
    # Compiling the statement takes longer than running it does.
    cursor.execute(
        "SELECT set_config('jit', 'off', true), set_config('statement_timeout', %s, true)",
        [STEP_PATIENCE],
    )


def _make_rows(cursor: Any, campaign: Campaign, now: datetime) -> _Found:
    audience, values = audience_sql(campaign.audience, campaign.audience_parameters)
    statement = STEP_SQL.format(audience=audience, owe=OWE_ASKED_SQL)
    cursor.execute(statement, {**_of_the_message(campaign, now), **values})
    return _Found(*cursor.fetchone())


def _of_the_message(campaign: Campaign, now: datetime) -> dict[str, Any]:
    """What is the same for everybody the campaign tells."""
    kind = TYPES[campaign.type]
    is_first_share = campaign.state == CampaignState.CANARY
    return {
        "now": now,
        "campaign": campaign.pk,
        "cursor": campaign.cursor,
        "step": STEP,
        "all": ALL_SHARES,
        "share": campaign.canary_share if is_first_share else ALL_SHARES,
        "type": campaign.type,
        "lane": Lane.BULK.value,
        "is_mandatory": campaign.is_mandatory,
        "legal_due_at": campaign.legal_due_at,
        "settle_at": settle_time(
            kind, now, campaign.legal_due_at, is_mandatory=campaign.is_mandatory
        ),
        "is_owed": campaign.is_mandatory or not kind.is_optional,
        "starts_sms": ChannelKind.SMS in kind.starts,
        "starts_email": ChannelKind.EMAIL in kind.starts,
        "starts_push": ChannelKind.PUSH in kind.starts,
    }


def _move_on(campaign: Campaign, found: _Found) -> None:
    """Move the cursor past whom we looked at, or end the phase; from where we found it only."""
    changes: dict[str, Any] = {"cursor": found.last or campaign.cursor}
    if found.was_last and campaign.state == CampaignState.CANARY:
        changes = {"cursor": 0, "state": CampaignState.WAITING}
    elif found.was_last:
        changes["is_expanded"] = True
    moved = Campaign.objects.filter(
        pk=campaign.pk, state=campaign.state, cursor=campaign.cursor, is_expanded=False
    ).update(recipients=F("recipients") + found.made, **changes)
    if not moved:
        raise Overtaken
