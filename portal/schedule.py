"""What the clock rings: each task, every how many seconds, and when a ring is stale.

Nothing here is work of its own: every task looks for what is due and is harmless when rung twice.
"""

from collections.abc import Iterable
from typing import Any

# An idle queue's worker proves that it lives; see /readyz.
HEARTBEAT_SECONDS = 10.0
# Task: seconds between rings, and after how many a ring that nobody took is dropped.
PERIODIC: dict[str, tuple[float, int]] = {
    "portal.send_waiting_codes": (5.0, 10),
    "portal.clean_up_sign_in": (3600.0, 1800),
    "appeals.return_abandoned_cases": (60.0, 120),
    "appeals.share_out_appeals": (60.0, 120),
    "appeals.send_due_instructions": (15.0, 30),
    "appeals.send_due_engine_requests": (15.0, 30),
    "appeals.look_after_incidents": (30.0, 60),
    "appeals.ring_for_remedies": (5.0, 10),
    "appeals.tell_of_duplicates": (60.0, 120),
    "appeals.look_at_conditions": (300.0, 300),
    "appeals.end_what_was_for_a_time": (900.0, 900),
    "appeals.raise_what_to_look_at_again": (900.0, 900),
    "appeals.watch_lines": (60.0, 120),
    "appeals.send_reviewer_digests": (1800.0, 1800),
    "appeals.watch_deadlines": (300.0, 300),
    "appeals.look_at_notices": (30.0, 60),
    "appeals.tell_of_notices": (3600.0, 1800),
    "appeals.tell_no_news": (1800.0, 1800),
    "appeals.fold_tallies": (60.0, 60),
    "appeals.sum_fairness": (60.0, 60),
    "appeals.raise_fairness_alarms": (3600.0, 1800),
    "appeals.sum_fairness_of_the_night": (24 * 3600.0, 3600),
    "appeals.look_at_rules": (60.0, 120),
    "appeals.look_at_overturns": (300.0, 300),
    "appeals.digest_overturns": (3600.0, 1800),
    "appeals.fold_reason_sums": (60.0, 120),
    "notifications.settle": (5.0, 10),
    "notifications.reconcile": (30.0, 30),
    "notifications.fold_counts": (60.0, 60),
    "notifications.keep_months": (3600.0, 3600),
    "notifications.drop_old_texts": (3600.0, 3600),
    "notifications.sweep": (2.0, 10),
    "notifications.look_after_campaigns": (5.0, 10),
    "appeals.sweep_evidence": (10.0, 10),
    "appeals.print_due_notices": (10.0, 10),
    "appeals.tell_of_held_papers": (600.0, 600),
    "appeals.erase_what_is_over": (3600.0, 1800),
    "appeals.sweep_uploads": (60.0, 60),
    "appeals.sweep_data_copies": (60.0, 60),
    "appeals.erase_orphaned_evidence": (24 * 3600.0, 3600),
    "appeals.erase_orphaned_papers": (24 * 3600.0, 3600),
}


def beat_schedule(queues: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Celery's schedule: a heartbeat through each queue, and the periodic tasks."""
    heartbeats = {
        f"heartbeat-{queue}": _entry("portal.heartbeat", HEARTBEAT_SECONDS, queue, 60)
        for queue in queues
    }
    periodic = {
        task: _entry(task, seconds, "periodic", expires)
        for task, (seconds, expires) in PERIODIC.items()
    }
    return heartbeats | periodic


def _entry(task: str, seconds: float, queue: str, expires: int) -> dict[str, Any]:
    return {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": expires}}
