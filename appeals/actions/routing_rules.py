"""Changing the routing table: each change of a rule is a version of it."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, list_queues
from appeals.actions.changes import changed_by
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import RoutingRule
from appeals.routing import COLUMNS
from portal.models import Customer

KEPT = (*COLUMNS, "queue_id", "reviewer_id", "because", "is_active")


def save_rule(*, rule: RoutingRule, by: Customer) -> RoutingRule:
    """Write a new rule, or a change as its next version.

    Raises WrongState when somebody else changed it since it was read.
    """
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can change the routing table."))
    try:
        with transaction.atomic(), changed_by(by):
            _check_queue(rule, by)
            if rule.pk:
                _change(rule, by)
            else:
                rule.save(force_insert=True)
    except IntegrityError as error:
        raise BadInput(_("There is a rule for exactly this case already.")) from error
    return rule


def _change(rule: RoutingRule, by: Customer) -> None:
    stored = RoutingRule.objects.select_for_update(of=("self",), no_key=True).get(pk=rule.pk)
    if stored.version != rule.version:
        raise WrongState(
            _("Somebody else changed this rule meanwhile. Look at it again, then change it.")
        )
    _check_queue(stored, by)
    if all(getattr(stored, name) == getattr(rule, name) for name in KEPT):
        return
    rule.version = stored.version + 1
    rule.save()


def _check_queue(rule: RoutingRule, by: Customer) -> None:
    """Who may not see a queue does not say what comes into it or stays out of it."""
    if not list_queues(by).filter(pk=rule.queue_id).exists():
        raise NotAllowed(_("Only a cleared supervisor can change the rules of this queue."))
