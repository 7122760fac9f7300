"""One step over many cases: foreseen, done once, and taken back once where that is honest."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, list_cases
from appeals.actions.bulk_kinds import DO, READS, UNDO, Choice, Done, former_holder
from appeals.actions.independence import hold_person
from appeals.errors import AppealError, BadInput, NotAllowed, WrongState
from appeals.models import Appeal, BulkKind, BulkStep, BulkStepRow
from portal.models import Customer

MOST_CASES = 500
# Foreseen in one transaction, whose rows nobody else can change meanwhile.
AT_ONCE = 20
LONGEST_BECAUSE = 300


@dataclass(frozen=True)
class Chosen:
    """A case of a step, and the version of it that was seen; None for whatever stands now."""

    pk: int
    version: int | None = None


@dataclass(frozen=True)
class Foreseen:
    """What would happen to a case: words if it can be done, a refusal if not."""

    appeal: Appeal
    version: int
    what: str = ""
    refusal: str = ""


@dataclass(frozen=True)
class Tried:
    """What became of one case."""

    what: str = ""
    refusal: str = ""
    before: dict[str, Any] = field(default_factory=dict)


def foresee(*, by: Customer, choice: Choice, chosen: Sequence[Chosen]) -> list[Foreseen]:
    """Do the step and take everything back: a preview by the very rules of the step.

    What the cases of one customer do to each other is in it, such as two that would each be closed
    for the other. Nothing is written and nobody is told; a few cases at a time, so that whoever
    works on one of them waits for less than a moment.
    """
    _check_supervisor(by)
    seen = _seen(by, chosen)
    act = _doing(by, choice)
    tried: dict[int, Tried] = {}
    for few in _by_customer([one for one in chosen if one.pk in seen], seen):
        with transaction.atomic():
            for turn in _in_turns(few, seen):
                held = _hold(by, [one.pk for one in turn], act)
                tried |= {one.pk: _try(held.get(one.pk), one, act) for one in turn}
            transaction.set_rollback(True)
    return [
        Foreseen(seen[one.pk], seen[one.pk].version, tried[one.pk].what, tried[one.pk].refusal)
        for one in chosen
        if one.pk in tried
    ]


def run_step(
    *, by: Customer, choice: Choice, because: str, token: UUID, chosen: Sequence[Chosen]
) -> BulkStep:
    """Do the step, each case in a transaction of its own; with the same token it is the same step.

    A step that broke off in the middle goes on where it stopped when its button is pressed again.
    """
    _check_supervisor(by)
    if not because.strip():
        raise BadInput(_("Say why this is done."), field="because")
    if len(because.strip()) > LONGEST_BECAUSE:
        raise BadInput(
            _("Say why in at most %(most)d characters.") % {"most": LONGEST_BECAUSE},
            field="because",
        )
    begun = {"kind": choice.kind, "by": by, "at": timezone.now(), "because": because.strip()}
    step, _is_new = BulkStep.objects.get_or_create(
        token=token, defaults={**begun, "choice": choice.codes}
    )
    if (step.by_id, step.kind) != (by.pk, choice.kind):
        raise NotAllowed(_("This button belongs to another step."))
    if step.finished_at is None:
        seen = _seen(by, chosen)
        for one in chosen:
            if one.pk in seen:
                _do_one(step, by, one, _doing(by, choice))
        _finish(step)
    return step


def undo_step(*, step: BulkStep, by: Customer) -> BulkStep:
    """Take the step back, case by case, once; what cannot be taken back says why."""
    _check_supervisor(by)
    if step.undoes_id is not None:
        raise WrongState(_("What was taken back is done again by a new step."))
    defaults = {"kind": step.kind, "by": by, "at": timezone.now(), "because": step.because}
    back, is_new = BulkStep.objects.get_or_create(undoes=step, defaults=defaults)
    if not is_new and back.finished_at is not None:
        raise WrongState(_("This step has been taken back already."))
    for row in step.rows.filter(is_done=True).order_by("pk"):
        _do_one(back, by, Chosen(row.appeal_id), _undoing(by, row, BulkKind(step.kind)))
    _finish(back)
    return back


@dataclass(frozen=True)
class Act:
    """What is done to a case, and who gets it: they are held before the case is, as everywhere."""

    do: Callable[[Appeal], Done]
    gets: Customer | None = None
    # What else it looks at, read for all cases that are held at once.
    reads: tuple[str, ...] = ()


def _doing(by: Customer, choice: Choice) -> Act:
    gets = by if choice.kind == BulkKind.OUTCOME else choice.to
    return Act(lambda case: DO[choice.kind](case, by, choice), gets, READS[choice.kind])


def _undoing(by: Customer, row: BulkStepRow, kind: BulkKind) -> Act:
    return Act(lambda case: UNDO[kind](case, by, row.before), former_holder(row.before))


def _check_supervisor(by: Customer) -> None:
    if not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can do something to many cases at once."))


def _seen(by: Customer, chosen: Sequence[Chosen]) -> dict[int, Appeal]:
    """The chosen cases this person may see; of the others not even a row is kept."""
    if len(chosen) > MOST_CASES:
        raise BadInput(_("At most %(most)d cases at once.") % {"most": MOST_CASES})
    rows = list_cases(by).select_related("decision", "queue", "customer", "claim__reviewer")
    return rows.in_bulk([one.pk for one in chosen])


def _by_customer(chosen: list[Chosen], seen: dict[int, Appeal]) -> list[list[Chosen]]:
    """The cases a few at a time, those of one customer together and in the order chosen."""
    groups: list[list[Chosen]] = []
    ordered = sorted(chosen, key=lambda one: seen[one.pk].customer_id)
    for _customer, theirs in groupby(ordered, key=lambda one: seen[one.pk].customer_id):
        if not groups or len(groups[-1]) >= AT_ONCE:
            groups.append([])
        groups[-1].extend(theirs)
    return groups


def _in_turns(few: Sequence[Chosen], seen: Mapping[int, Appeal]) -> list[list[Chosen]]:
    """First a case of each customer, then the second of those who have one, and so on.

    Cases of one turn know nothing of each other, so that they may be read together; the next turn
    is read after whatever this one did.
    """
    turns: list[list[Chosen]] = []
    met: Counter[int] = Counter()
    for one in few:
        customer = seen[one.pk].customer_id
        if met[customer] == len(turns):
            turns.append([])
        turns[met[customer]].append(one)
        met[customer] += 1
    return turns


@transaction.atomic
def _do_one(step: BulkStep, by: Customer, one: Chosen, act: Act) -> None:
    # The second of two clicks waits here for the first, and then finds the row.
    BulkStep.objects.select_for_update(no_key=True).get(pk=step.pk)
    if BulkStepRow.objects.filter(step=step, appeal=one.pk).exists():
        return
    held = _hold(by, [one.pk], act)
    tried = _try(held.get(one.pk), one, act)
    BulkStepRow.objects.create(
        step=step,
        appeal_id=one.pk,
        is_done=not tried.refusal,
        skipped_because=tried.refusal[:300],
        before=tried.before,
    )


def _hold(by: Customer, keys: Sequence[int], act: Act) -> dict[int, Appeal]:
    """Those of the cases that nobody else holds, as they are now, held until this is over."""
    if act.gets is not None:
        hold_person(act.gets)
    rows = list_cases(by).select_related("decision", "queue", "customer")
    free = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
    # What is read beside a case is read when it is held already.
    return free.prefetch_related(*act.reads).in_bulk(keys)


def _try(appeal: Appeal | None, one: Chosen, act: Act) -> Tried:
    if appeal is None:
        return Tried(refusal=_("Somebody is working on this case at this moment."))
    if one.version not in {None, appeal.version}:
        return Tried(refusal=_("This case has changed since the preview."))
    try:
        with transaction.atomic():
            done = act.do(appeal)
    except AppealError as error:
        return Tried(refusal=error.message)
    return Tried(what=done.what, before=done.before)


def _finish(step: BulkStep) -> None:
    unfinished = BulkStep.objects.filter(pk=step.pk, finished_at__isnull=True)
    unfinished.update(finished_at=timezone.now())
