"""Where a case stands: its queue and why, for whom it is kept, whether the customer needs care."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.access import is_reviewer, is_supervisor, reach_of
from appeals.actions.eligibility import WhyNot
from appeals.actions.moving import MOVABLE
from appeals.admin.case_queries import queues_of
from appeals.models import Appeal, ReviewQueue, RoutingRule
from appeals.states import AppealState
from portal.models import Customer

NOT_KEPT = {
    WhyNot.GONE: _("not kept for %(person)s, who does not review any more"),
    WhyNot.NOT_MEMBER: _("not kept for %(person)s, who is not a member of the queue"),
    WhyNot.AWAY: _("not kept for %(person)s, who is away"),
    WhyNot.LANGUAGE: _("not kept for %(person)s, who does not read the language"),
    WhyNot.NOT_CLEARED: _("not kept for %(person)s, who is not cleared for restricted cases"),
    WhyNot.CONFLICT: _("not kept for %(person)s, who may not judge it"),
}


@dataclass(frozen=True)
class Where:
    """What `appeals/desk/case/where.html` shows to one person."""

    appeal: Appeal
    viewer: Customer
    rule: RoutingRule | None
    kept_for: Customer | None
    queues: list[ReviewQueue]

    @property
    def because(self) -> str:
        """Why it came to its queue and, where it was meant for somebody, is not kept for them."""
        return " · ".join(filter(None, [self._routed(), self._not_kept()]))

    def _routed(self) -> str:
        code, words = self.appeal.routed_reason, self.appeal.routed_because
        if words:
            # The words of a first rule have a translation; others are read as they were written.
            words = gettext(words)
        elif code:
            words = gettext("the catalogue's queue for this reason")
        return f"{code}: {words}" if code else words

    def _not_kept(self) -> str:
        why, person = self.appeal.not_kept_why, self.appeal.not_kept_for
        return str(NOT_KEPT[WhyNot(why)]) % {"person": person} if why in set(WhyNot) else ""

    @property
    def has_older_rule(self) -> bool:
        """Whether the rule has been changed since it chose the queue."""
        return self.rule is not None and self.rule.version != self.appeal.routed_version

    @property
    def is_kept(self) -> bool:
        """Whether it waits for one person only."""
        until = self.appeal.reserved_until
        waits = self.appeal.state == AppealState.SUBMITTED and self.kept_for is not None
        return waits and (until is None or until > timezone.now())

    @property
    def can_mark(self) -> bool:
        may = is_reviewer(self.viewer) or is_supervisor(self.viewer)
        return may and self.appeal.is_open

    @property
    def can_see_rule(self) -> bool:
        return is_supervisor(self.viewer)


def load_where(appeal: Appeal, viewer: Customer) -> Where:
    """With the queues it may be moved to, for who moves cases; the rest came with the case."""
    can_move = is_supervisor(viewer) and appeal.state in MOVABLE
    return Where(
        appeal=appeal,
        viewer=viewer,
        rule=appeal.routed_by,
        kept_for=appeal.reserved_for,
        queues=_other_queues(appeal, viewer) if can_move else [],
    )


def _other_queues(appeal: Appeal, viewer: Customer) -> list[ReviewQueue]:
    queues = queues_of(viewer.pk, reach=reach_of(viewer))
    return [queue for queue in queues if queue.pk != appeal.queue_id]
