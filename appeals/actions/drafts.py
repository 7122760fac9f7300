"""The appeal while the customer is still writing it: each answer is saved as it is given."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import acts_in
from appeals.errors import AlreadyAppealed, AlreadySent, BadInput, NotAllowed, WrongState
from appeals.models import Appeal, Ground, LineDecision, Wish
from appeals.states import AppealState
from portal.lib.references import new_reference
from portal.models import Customer


def start_appeal(*, decision: LineDecision, by: Customer) -> Appeal:
    """Begin an appeal against this decision, or return the draft that was begun before.

    Raises AlreadyAppealed, which names the appeal, when one was sent.
    """
    if draft := begun_appeal(decision=decision, by=by):
        return draft
    try:
        with transaction.atomic():
            return _new_draft(decision, by)
    except IntegrityError:
        # Two taps at once: the other one made it, and the database keeps it to one.
        if draft := begun_appeal(decision=decision, by=by):
            return draft
        raise


def begun_appeal(*, decision: LineDecision, by: Customer) -> Appeal | None:
    """The draft to go on with, or none; raises where there is nothing to begin."""
    if decision.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose credit line it is can ask for another look."))
    if not decision.is_adverse:
        raise NotAllowed(_("This change took nothing away, so there is nothing to appeal."))
    live = Appeal.objects.filter(decision=decision).exclude(state=AppealState.WITHDRAWN).first()
    if live is not None and live.state == AppealState.DECIDED:
        message = _("We have already answered your appeal about this decision.")
        raise AlreadyAppealed(message, reference=live.reference)
    if live is not None and not live.is_draft:
        message = _("You have already sent an appeal about this decision.")
        raise AlreadyAppealed(message, reference=live.reference)
    check_not_overridden(decision)
    return live


def check_not_overridden(decision: LineDecision) -> None:
    if hasattr(decision, "overridden_by"):
        raise NotAllowed(
            _("A newer decision has replaced this one. Please look at the newer one instead.")
        )


def _new_draft(decision: LineDecision, by: Customer) -> Appeal:
    now = timezone.now()
    return Appeal.objects.create(
        reference=new_reference("AP"),
        decision=decision,
        customer=by,
        created_at=now,
        saved_at=now,
    )


@transaction.atomic
def save_grounds(*, appeal: Appeal, ranks: Collection[int], by: Customer) -> list[Ground]:
    """Dispute exactly the reasons of these ranks; what was said about those kept stays."""
    _lock_draft(appeal, by)
    reasons = {row.rank: row for row in appeal.decision.reasons.all()}
    if not ranks:
        raise BadInput(_("Choose at least one reason."), field="reasons")
    if not reasons.keys() >= set(ranks):
        raise BadInput(_("Choose from the reasons on this page."), field="reasons")
    appeal.grounds.exclude(decision_reason__rank__in=ranks).delete()
    Ground.objects.bulk_create(
        [Ground(appeal=appeal, decision_reason=reasons[rank]) for rank in sorted(ranks)],
        ignore_conflicts=True,
    )
    _save(appeal)
    return list(appeal.grounds.select_related("decision_reason"))


@transaction.atomic
def save_ground_statement(*, ground: Ground, statement: str, by: Customer) -> Ground:
    """Keep what the customer says about one reason."""
    _lock_draft(ground.appeal, by)
    ground.statement = statement
    ground.save(update_fields=["statement"])
    _save(ground.appeal)
    return ground


@transaction.atomic
def save_wish(
    *, appeal: Appeal, wish: str, requested_limit: Decimal | None = None, by: Customer
) -> Appeal:
    """Keep what the customer asks for; an amount only with the wish for a part."""
    _lock_draft(appeal, by)
    if wish == Wish.PART:
        _check_amount(appeal.decision, requested_limit)
    else:
        requested_limit = None
    return _save(appeal, wish=Wish(wish), requested_limit=requested_limit)


def _check_amount(decision: LineDecision, amount: Decimal | None) -> None:
    if amount is None or not decision.new_limit < amount < decision.old_limit:
        raise BadInput(
            _("Choose an amount between your new limit and your old one."), field="requested_limit"
        )


@transaction.atomic
def save_statement(
    *, appeal: Appeal, statement: str, is_vulnerable: bool = False, by: Customer
) -> Appeal:
    """Keep what the customer wants to add, and whether something makes it hard for them now."""
    _lock_draft(appeal, by)
    return _save(appeal, statement=statement, is_vulnerable=is_vulnerable)


@transaction.atomic
def save_late_reason(*, appeal: Appeal, late_reason: str, by: Customer) -> Appeal:
    """Keep why the appeal comes after its window."""
    _lock_draft(appeal, by)
    return _save(appeal, late_reason=late_reason)


def _lock_draft(appeal: Appeal, by: Customer) -> None:
    """Hold the row until the answer is saved, so that nothing changes after it was sent.

    Who helps the customer may write in it until the customer ends that.
    """
    locked = Appeal.objects.select_for_update(no_key=True).get(pk=appeal.pk)
    if not acts_in(by, locked):
        raise NotAllowed(_("Only the person who began this appeal can change it."))
    if locked.state == AppealState.WITHDRAWN:
        raise WrongState(_("You have withdrawn this appeal, so it can no longer be changed."))
    if not locked.is_draft:
        raise AlreadySent(_("You have already sent this appeal, so it can no longer be changed."))


def _save(appeal: Appeal, **answers: Any) -> Appeal:
    answers["saved_at"] = timezone.now()
    for name, value in answers.items():
        setattr(appeal, name, value)
    appeal.save(update_fields=list(answers))
    return appeal
