"""Steps over many cases: seen first, done once, taken back where that is honest."""

import re
import threading
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.actions.bulk import MOST_CASES, Chosen, foresee, run_step, undo_step
from appeals.actions.bulk_kinds import Choice, OneAnswer
from appeals.actions.claims import claim_appeal
from appeals.actions.duplicates import tell_of_duplicates
from appeals.actions.outcomes import approve_outcome
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    Appeal,
    BulkKind,
    BulkStep,
    BulkStepRow,
    CaseEvent,
    Claim,
    Finding,
    Outcome,
    ReviewerProfile,
)
from appeals.states import AppealState, OutcomeKind, Ruling
from notifications.models import Notification
from tests.appeals.builders import (
    HIGH_USE,
    RESTRICTED,
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import LIST, queue, rosa, sam

__all__ = ["queue", "rosa", "sam"]

STEPS = "/admin/steps/"
SUBMITTED, IN_REVIEW = AppealState.SUBMITTED, AppealState.IN_REVIEW
SAID = {"en": "We looked again and give it back.", "zh-hans": "我们再次核对后，恢复您的额度。"}


@pytest.fixture
def sofia(queue):
    """A supervisor who also works in the queue."""
    return create_reviewer("Sofia Lind", queue=queue, is_supervisor=True)


@pytest.fixture
def client(browse, sofia):
    return browse(sofia)


def waiting(queue, **fields):
    decision = fields.pop("decision", None) or create_decision(with_notice=False)
    return create_appeal(decision, state=SUBMITTED, queue=queue, **fields)


def restored(**changes):
    answer = {"kind": OutcomeKind.RESTORED, "ruling": Ruling.ACCEPTED, "sentences": SAID}
    return Choice(BulkKind.OUTCOME, answer=OneAnswer(**{**answer, **changes}))


def run(by, choice, appeals, **changes):
    chosen = [Chosen(appeal.pk) for appeal in appeals]
    values = {"because": "The rule was wrong.", "token": uuid.uuid4(), "chosen": chosen}
    return run_step(by=by, choice=choice, **{**values, **changes})


def refusals(step):
    return {row.appeal_id: row.skipped_because for row in step.rows.filter(is_done=False)}


def states(*appeals):
    return [Appeal.objects.get(pk=appeal.pk).state for appeal in appeals]


# --- Through the pages -------------------------------------------------------------------------


def hidden(page):
    """The fields of the page's form that nobody types."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode())
    return {name: value.replace("&amp;", "&") for name, value in found}


def test_cases_are_assigned_after_a_preview(client, sofia, queue, rosa, sam):
    free = waiting(queue)
    held = create_appeal(
        create_decision(with_notice=False), state=IN_REVIEW, queue=queue, reviewer=sam
    )
    asked = create_appeal(
        create_decision(with_notice=False), state=AppealState.WAITING, queue=queue
    )
    chosen = {"kind": "assign", "case": [free.pk, held.pk, asked.pk], "from": f"queue={queue.pk}"}

    page = client.post(STEPS, chosen)
    assert page.status_code == 200
    assert "Rosa Vega" in page.content.decode()
    assert not page.context["foreseen"]

    seen = client.post(STEPS, {**hidden(page), "to": rosa.pk, "do": "preview"})
    words = {one.appeal: (one.what, one.refusal) for one in seen.context["foreseen"]}
    assert words[free] == ("Goes to Rosa Vega.", "")
    assert words[held] == ("Goes to Rosa Vega.", "")
    assert "not waiting in a queue" in words[asked][1]
    assert seen.context["doable"] == 2
    # Looking changes nothing.
    assert states(free, held, asked) == [SUBMITTED, IN_REVIEW, AppealState.WAITING]
    assert Claim.objects.get().reviewer == sam
    assert not BulkStep.objects.exists()

    done = client.post(
        STEPS, {**hidden(seen), "to": rosa.pk, "because": "Sam is away.", "do": "run"}
    )
    step = BulkStep.objects.get()
    assert done.url == f"{STEPS}{step.pk}/"
    assert (step.by, step.because, step.choice) == (sofia, "Sam is away.", {"to": rosa.pk})
    assert step.finished_at is not None
    assert {claim.reviewer for claim in Claim.objects.all()} == {rosa}
    shown = client.get(done.url).content.decode()
    for part in (free.reference, held.reference, asked.reference, "Left as it was:"):
        assert part in shown


def test_why_is_needed_to_do_it(client, queue, rosa):
    appeal = waiting(queue)
    page = client.post(STEPS, {"kind": "assign", "case": appeal.pk, "to": rosa.pk, "do": "preview"})

    again = client.post(STEPS, {**hidden(page), "to": rosa.pk, "because": "  ", "do": "run"})

    assert again.status_code == 400
    assert "Say why this is done." in again.content.decode()
    assert not BulkStep.objects.exists()


def test_pressing_twice_does_it_once(client, queue, rosa, sam):
    appeal = waiting(queue)
    page = client.post(STEPS, {"kind": "assign", "case": appeal.pk, "to": rosa.pk, "do": "preview"})
    button = {**hidden(page), "to": rosa.pk, "because": "Twice.", "do": "run"}

    first = client.post(STEPS, button)
    second = client.post(STEPS, button)

    assert first.url == second.url
    assert BulkStep.objects.count() == BulkStepRow.objects.count() == 1
    assert CaseEvent.objects.filter(appeal=appeal, kind="claimed").count() == 1


def test_all_of_the_list_up_to_a_most(client, queue, rosa, monkeypatch):
    monkeypatch.setattr("appeals.admin.bulk.MOST_CASES", 3)
    late = [
        waiting(queue, promised_at=timezone.now() - timedelta(days=days)) for days in range(1, 6)
    ]
    waiting(queue)

    page = client.post(STEPS, {"kind": "release", "all": "1", "from": "promise=late"}, follow=True)

    # The oldest promises first, as in the list.
    assert page.context["cases"] == [late[4], late[3], late[2]]
    assert "these are its first 3 cases" in page.content.decode()


def test_nothing_ticked_is_said(client, queue):
    waiting(queue)

    page = client.post(STEPS, {"kind": "assign", "from": f"queue={queue.pk}"}, follow=True)

    assert "Tick at least one case first." in page.content.decode()
    assert page.redirect_chain[-1][0] == f"{LIST}?queue={queue.pk}"


@pytest.mark.parametrize("kind", ["", "delete", "ASSIGN"])
def test_only_known_steps(client, queue, kind):
    appeal = waiting(queue)

    assert client.post(STEPS, {"kind": kind, "case": appeal.pk}).url == LIST
    assert client.get(STEPS).url == LIST


def test_a_page_without_its_token_does_nothing(client, queue, rosa):
    appeal = waiting(queue)
    said = {"kind": "assign", "cases": f"{appeal.pk}:1", "to": rosa.pk, "because": "x"}

    page = client.post(STEPS, {**said, "do": "run"})

    assert page.status_code == 400
    assert "Begin again from the list." in page.content.decode()
    assert not Claim.objects.exists()


def test_a_preview_costs_a_few_queries_a_case_and_the_page_none(
    client, queue, rosa, django_assert_max_num_queries
):
    appeals = [waiting(queue) for _ in range(12)]
    client.get(LIST)

    with django_assert_max_num_queries(35):
        page = client.post(STEPS, {"kind": "assign", "case": [one.pk for one in appeals]})

    assert len(page.context["cases"]) == 12


@pytest.mark.parametrize(
    ("kind", "statements"), [("assign", 9), ("release", 8), ("duplicate", 13), ("outcome", 32)]
)
def test_what_a_preview_can_look_up_together_is_not_asked_again_for_each_case(
    queue, rosa, sam, sofia, kind, statements
):
    queue.needs_second_approval = True
    queue.save()
    choice = restored() if kind == "outcome" else Choice(BulkKind(kind), to=rosa)
    state = IN_REVIEW if kind == "release" else SUBMITTED
    chosen = []
    for _ in range(8):
        person = create_customer()
        for _one_of_two in range(2 if kind == "duplicate" else 1):
            decision = create_decision(person, with_notice=False)
            appeal = create_appeal(decision, state=state, queue=queue, reviewer=sam)
        chosen.append(Chosen(appeal.pk))
    foresee(by=sofia, choice=choice, chosen=chosen[:1])

    asked = {}
    for count in (2, 8):
        with CaptureQueriesContext(connection) as queries:
            found = foresee(by=sofia, choice=choice, chosen=chosen[:count])
        assert [one.refusal for one in found] == [""] * count
        asked[count] = len(queries)

    assert asked[8] - asked[2] <= 6 * statements


def test_a_preview_sees_what_one_case_of_a_customer_does_to_the_next(queue, sofia, alice):
    decisions = [create_decision(alice, with_notice=False) for _ in range(2)]
    first, second = (waiting(queue, decision=decision) for decision in decisions)
    others = [waiting(queue) for _ in range(3)]
    chosen = [Chosen(one.pk) for one in (first, *others, second)]

    found = foresee(by=sofia, choice=Choice(BulkKind.DUPLICATE), chosen=chosen)

    assert [one.appeal for one in found] == [first, *others, second]
    # The first is closed for the second, which so has nobody left to be closed for.
    assert [bool(one.refusal) for one in found] == [False, True, True, True, True]
    assert states(first, second) == [SUBMITTED, SUBMITTED]


# --- Who may -----------------------------------------------------------------------------------


def test_only_supervisors_do_things_to_many(browse, queue, rosa):
    appeal = waiting(queue)
    reviewer = browse(rosa)

    assert reviewer.post(STEPS, {"kind": "assign", "case": appeal.pk}).status_code == 403
    for call in (
        lambda: foresee(by=rosa, choice=Choice(BulkKind.RELEASE), chosen=[Chosen(appeal.pk)]),
        lambda: run(rosa, Choice(BulkKind.RELEASE), [appeal]),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert not BulkStep.objects.exists()


def test_reviewers_do_not_read_steps_and_do_not_undo(browse, queue, rosa, sam, sofia):
    appeal = waiting(queue)
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [appeal])

    assert browse(rosa).get(f"{STEPS}{step.pk}/").status_code == 404
    assert browse(rosa).post(f"{STEPS}{step.pk}/undo/").status_code == 403
    assert browse(rosa).get("/admin/appeals/bulkstep/").status_code == 403
    assert browse(sofia).get("/admin/appeals/bulkstep/").status_code == 200
    assert browse(sofia).get(f"{STEPS}{step.pk + 1}/").status_code == 404


def test_an_auditor_reads_steps_and_takes_nothing_back(browse, queue, rosa, sofia):
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [waiting(queue)])
    auditor = create_customer("Ada Crane", is_staff=True)
    auditor.user_permissions.add(Permission.objects.get(codename="audit_appeal"))
    reading = browse(auditor)

    page = reading.get(f"{STEPS}{step.pk}/")
    assert page.status_code == 200
    assert "Take it back" not in page.content.decode()
    assert reading.post(f"{STEPS}{step.pk}/undo/").status_code == 403
    assert reading.post(STEPS, {"kind": "assign", "case": 1}).status_code == 403
    assert BulkStep.objects.count() == 1


@pytest.mark.parametrize("kind", list(BulkKind))
def test_hidden_cases_are_not_there_in_any_step(client, sofia, queue, rosa, kind):
    fraud = create_queue("fraud_identity", is_restricted=True)
    secret = waiting(fraud)
    here = waiting(queue, is_restricted=True)
    said = {"to": rosa.pk, "do": "preview", "because": "x"}

    page = client.post(STEPS, {"kind": kind.value, "case": [secret.pk, here.pk], **said})

    assert page.url == LIST
    step = run(sofia, Choice(kind, to=rosa), [secret, here])
    assert not step.rows.exists()
    assert states(secret, here) == [SUBMITTED, SUBMITTED]


def test_a_step_does_not_show_what_one_may_not_see(browse, queue, rosa, sofia):
    ReviewerProfile.objects.create(person=sofia, is_cleared=True)
    ReviewerProfile.objects.create(person=rosa, is_cleared=True)
    secret, common = waiting(queue, is_restricted=True), waiting(queue)
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [secret, common])
    assert step.rows.filter(is_done=True).count() == 2

    other = browse(create_reviewer("Sven Holm", is_supervisor=True))
    page = other.get(f"{STEPS}{step.pk}/")

    assert [row.appeal for row in page.context["rows"]] == [common]
    assert secret.reference not in page.content.decode()


# --- Assigning and releasing -------------------------------------------------------------------


def test_each_refusal_is_in_words(sofia, queue, rosa):
    other = waiting(create_queue("income_verification"))
    own = waiting(queue, decision=create_decision(with_notice=False, decided_by=rosa))
    mine = create_appeal(
        create_decision(with_notice=False), state=IN_REVIEW, queue=queue, reviewer=rosa
    )
    decided = create_appeal(
        create_decision(with_notice=False), state=AppealState.DECIDED, queue=queue
    )

    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [other, own, mine, decided])

    said = refusals(step)
    assert "does not work in the queue" in said[other.pk]
    assert "Rosa Vega" in said[own.pk]
    assert "Rosa Vega holds it already." in said[mine.pk]
    assert "not waiting in a queue any more" in said[decided.pk]


def test_what_changed_after_the_preview_is_left(sofia, queue, rosa, sam):
    appeal = waiting(queue)
    seen = foresee(by=sofia, choice=Choice(BulkKind.ASSIGN, to=rosa), chosen=[Chosen(appeal.pk)])
    claim_appeal(appeal=Appeal.objects.select_related("decision").get(pk=appeal.pk), by=sam)

    step = run(
        sofia,
        Choice(BulkKind.ASSIGN, to=rosa),
        [],
        chosen=[Chosen(appeal.pk, seen[0].version)],
    )

    assert "changed since the preview" in refusals(step)[appeal.pk]
    assert Claim.objects.get().reviewer == sam


def test_assigning_is_taken_back_to_whoever_had_it(sofia, queue, rosa, sam):
    free = waiting(queue)
    held = create_appeal(
        create_decision(with_notice=False), state=IN_REVIEW, queue=queue, reviewer=sam
    )
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [free, held])

    back = undo_step(step=step, by=sofia)

    assert back.rows.filter(is_done=True).count() == 2
    assert states(free, held) == [SUBMITTED, IN_REVIEW]
    assert Claim.objects.get().reviewer == sam


def test_what_somebody_worked_on_is_not_taken_back(sofia, queue, rosa):
    touched, untouched = waiting(queue), waiting(queue)
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [touched, untouched])
    Appeal.objects.filter(pk=touched.pk).update(version=99)

    back = undo_step(step=step, by=sofia)

    assert "worked on this case since" in refusals(back)[touched.pk]
    assert states(touched, untouched) == [IN_REVIEW, SUBMITTED]


def test_releasing_and_taking_it_back(client, sofia, queue, sam):
    held = create_appeal(
        create_decision(with_notice=False), state=IN_REVIEW, queue=queue, reviewer=sam
    )
    free = waiting(queue)

    # What needs no answer is foreseen at once.
    page = client.post(STEPS, {"kind": "release", "case": [held.pk, free.pk]})
    assert page.context["doable"] == 1
    client.post(STEPS, {**hidden(page), "because": "Sam is away.", "do": "run"})
    assert states(held) == [SUBMITTED]

    step = BulkStep.objects.get()
    assert free.pk in refusals(step)
    client.post(f"{STEPS}{step.pk}/undo/")
    assert states(held) == [IN_REVIEW]
    assert Claim.objects.get().reviewer == sam


def test_a_step_is_taken_back_once(client, sofia, queue, rosa):
    appeal = waiting(queue)
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [appeal])
    back = undo_step(step=step, by=sofia)

    page = client.post(f"{STEPS}{step.pk}/undo/", follow=True)

    assert "has been taken back already" in page.content.decode()
    with pytest.raises(WrongState):
        undo_step(step=back, by=sofia)
    assert BulkStep.objects.count() == 2
    assert "Take it back" not in client.get(f"{STEPS}{step.pk}/").content.decode()


# --- Duplicates --------------------------------------------------------------------------------


def test_duplicates_are_closed_for_the_newest_or_a_chosen_one_and_opened_again(
    client, sofia, alice, charlie, queue
):
    old, new, chosen = (
        waiting(
            queue,
            decision=create_decision(alice),
            submitted_at=timezone.now() - timedelta(hours=hours),
        )
        for hours in (3, 2, 9)
    )
    alone = waiting(queue, decision=create_decision(charlie))

    page = client.post(STEPS, {"kind": "duplicate", "case": [old.pk, alone.pk]})
    words = {one.appeal: one.what or one.refusal for one in page.context["foreseen"]}
    assert words[old] == f"Closed: answered with {new.reference}."
    assert "no other appeal" in words[alone]
    client.post(
        STEPS,
        {**hidden(page), f"of-{old.pk}": chosen.pk, "because": "Sent twice.", "do": "run"},
    )

    old.refresh_from_db()
    assert (old.state, old.duplicate_of) == (AppealState.DUPLICATE, chosen)
    undo_step(step=BulkStep.objects.get(), by=sofia)
    assert states(old, alone) == [SUBMITTED, SUBMITTED]
    assert not Notification.objects.exists()


def test_two_of_one_customer_do_not_close_each_other(sofia, alice, queue):
    first, second = (waiting(queue, decision=create_decision(alice)) for _ in range(2))
    choice = Choice(BulkKind.DUPLICATE)

    seen = foresee(by=sofia, choice=choice, chosen=[Chosen(first.pk), Chosen(second.pk)])
    step = run(sofia, choice, [first, second])

    assert [bool(one.refusal) for one in seen] == [False, True]
    assert states(first, second) == [AppealState.DUPLICATE, SUBMITTED]
    assert refusals(step)[second.pk] == seen[1].refusal


def test_another_customers_appeal_answers_nothing(sofia, alice, charlie, queue):
    mine, strange = (waiting(queue, decision=create_decision(one)) for one in (alice, charlie))

    step = run(sofia, Choice(BulkKind.DUPLICATE, same_as={mine.pk: strange.pk}), [mine])

    assert "not one of this customer" in refusals(step)[mine.pk]
    assert states(mine) == [SUBMITTED]


def test_what_customers_were_told_stays(client, sofia, alice, queue):
    first, _second = (waiting(queue, decision=create_decision(alice)) for _ in range(2))
    step = run(sofia, Choice(BulkKind.DUPLICATE), [first])
    Appeal.objects.filter(pk=first.pk).update(closed_at=timezone.now() - timedelta(hours=1))
    tell_of_duplicates()

    back = undo_step(step=step, by=sofia)

    assert "has been told" in refusals(back)[first.pk]
    assert states(first) == [AppealState.DUPLICATE]


# --- One outcome for a set ---------------------------------------------------------------------


def full(queue, person=None, **fields):
    return waiting(queue, decision=create_decision(person or create_customer()), **fields)


def test_one_outcome_is_given_to_a_set_with_a_finding_on_every_ground(client, sofia, queue):
    english = full(queue)
    chinese = full(queue, create_customer("Wei Chen", locale="zh-hans"))
    chosen = {"kind": "outcome", "case": [english.pk, chinese.pk]}
    said = {
        "outcome": "restored",
        "ruling": "accepted",
        "sentence_en": SAID["en"],
        "sentence_zh": SAID["zh-hans"],
    }

    page = client.post(STEPS, {**chosen, **said, "do": "preview"})
    assert [one.refusal for one in page.context["foreseen"]] == ["", ""]
    assert "told, and that cannot be taken back" in page.content.decode()
    assert not Outcome.objects.exists()
    assert not Notification.objects.exists()

    client.post(STEPS, {**hidden(page), **said, "because": "Incident 12.", "do": "run"})

    assert states(english, chinese) == [AppealState.DECIDED, AppealState.DECIDED]
    outcomes = {outcome.appeal: outcome for outcome in Outcome.objects.all()}
    assert outcomes[english].sentence == SAID["en"]
    assert outcomes[chinese].sentence == SAID["zh-hans"]
    findings = Finding.objects.filter(ground__appeal=chinese)
    assert findings.count() == chinese.grounds.count() == 2
    assert {(one.ruling, one.sentence) for one in findings} == {("accepted", SAID["zh-hans"])}
    assert Notification.objects.filter(type="appeal_decided").count() == 2


def test_both_languages_and_a_fitting_finding_are_asked_for(client, queue):
    appeal = full(queue)
    said = {"outcome": "kept", "ruling": "accepted", "sentence_en": "It stays."}

    page = client.post(STEPS, {"kind": "outcome", "case": appeal.pk, **said, "do": "preview"})

    assert page.status_code == 400
    assert set(page.context["form"].errors) == {"sentence_zh", "ruling", "look_again_on"}
    assert not page.context["foreseen"]


def test_kept_with_the_day_to_look_again(sofia, queue):
    appeal = full(queue)
    day = timezone.localdate() + timedelta(days=60)

    run(
        sofia,
        restored(kind=OutcomeKind.KEPT, ruling=Ruling.REFUTED, look_again_on=day),
        [appeal],
    )

    outcome = Outcome.objects.get()
    assert (outcome.kind, outcome.look_again_on) == ("kept", day)


def test_where_two_must_agree_it_is_only_proposed_and_can_be_taken_back(sofia, rosa):
    queue = create_queue("credit_review", needs_second_approval=True)
    queue.members.add(sofia, rosa)
    appeal, approved = full(queue), full(queue)
    step = run(sofia, restored(), [appeal, approved])
    assert states(appeal, approved) == [AppealState.APPROVAL] * 2
    case = Appeal.objects.select_related("decision", "customer", "queue").get(pk=approved.pk)
    approve_outcome(appeal=case, by=rosa, version=case.version)

    back = undo_step(step=step, by=sofia)

    assert "has been told" in refusals(back)[approved.pk]
    assert states(appeal, approved) == [SUBMITTED, AppealState.DECIDED]
    assert not Finding.objects.filter(ground__appeal=appeal).exists()
    assert not Claim.objects.exists()
    # It may be answered anew.
    run(sofia, restored(), [appeal])
    assert states(appeal) == [AppealState.APPROVAL]


def test_cases_that_are_not_for_this_are_left_and_say_why(sofia, queue, rosa):
    mine = waiting(queue, decision=create_decision(create_customer(), decided_by=sofia))
    begun = full(queue)
    Finding.objects.create(
        ground=begun.grounds.all()[0],
        ruling="refuted",
        sentence="-",
        by=rosa,
        at=timezone.now(),
    )
    held = create_appeal(create_decision(), state=IN_REVIEW, queue=queue, reviewer=rosa)
    kept = full(queue, reserved_for=rosa, reserved_until=timezone.now() + timedelta(hours=1))
    elsewhere = full(create_queue("income_verification"))

    step = run(sofia, restored(), [mine, begun, held, kept, elsewhere])

    said = refusals(step)
    assert "decision of yours" in said[mine.pk]
    assert "Their work is kept." in said[begun.pk]
    assert "wait in a queue" in said[held.pk]
    assert "kept for Rosa Vega" in said[kept.pk]
    assert "do not work in the queue" in said[elsewhere.pk]
    assert not Outcome.objects.exists()


def test_restricted_cases_are_never_decided_together_even_by_the_cleared(sofia):
    fraud = create_queue("fraud_identity", is_restricted=True)
    fraud.members.add(sofia)
    ReviewerProfile.objects.create(person=sofia, is_cleared=True)
    secret = full(fraud)

    step = run(sofia, restored(), [secret])

    assert "only decided one by one" in refusals(step)[secret.pk]
    assert states(secret) == [SUBMITTED]


@pytest.mark.parametrize("reason", [("FRD-ALERT", {}), RESTRICTED])
def test_a_sign_of_fraud_is_decided_alone_wherever_the_case_was_put(sofia, queue, reason):
    decision = create_decision(reasons=[HIGH_USE, reason], with_notice=False)
    appeal = waiting(queue, decision=decision)

    step = run(sofia, restored(), [appeal])

    assert "sign of fraud" in refusals(step)[appeal.pk]
    assert states(appeal) == [SUBMITTED]


# --- Half-way and at the same time -------------------------------------------------------------


def test_a_step_that_broke_off_goes_on_where_it_stopped(sofia, queue, rosa):
    first, second = waiting(queue), waiting(queue)
    token = uuid.uuid4()
    choice = Choice(BulkKind.ASSIGN, to=rosa)
    run(sofia, choice, [first], token=token)
    BulkStep.objects.update(finished_at=None)

    run(sofia, choice, [first, second], token=token)

    assert BulkStep.objects.count() == 1
    assert Claim.objects.count() == 2
    assert CaseEvent.objects.filter(appeal=first, kind="claimed").count() == 1


def test_a_token_belongs_to_one_person_and_one_kind(sofia, queue, rosa):
    appeal = waiting(queue)
    token = uuid.uuid4()
    run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [appeal], token=token)
    other = create_reviewer("Sven Holm", is_supervisor=True)

    for by, kind in ((other, BulkKind.ASSIGN), (sofia, BulkKind.RELEASE)):
        with pytest.raises(NotAllowed):
            run(by, Choice(kind, to=rosa), [appeal], token=token)


def test_there_is_a_most(sofia):
    chosen = [Chosen(number) for number in range(1, MOST_CASES + 2)]

    with pytest.raises(BadInput, match="At most 500 cases"):
        foresee(by=sofia, choice=Choice(BulkKind.RELEASE), chosen=chosen)


def at_once(*calls):
    together = threading.Barrier(len(calls))
    failed = []

    def call(one):
        try:
            together.wait(30)
            one()
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(one,)) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed


@pytest.fixture
def desk_at_work():
    queue = create_queue("credit_review", needs_second_approval=False)
    people = [create_reviewer(name, queue=queue) for name in ("Rosa Vega", "Sam Okoro")]
    bosses = [
        create_reviewer(name, queue=queue, is_supervisor=True)
        for name in ("Sofia Lind", "Sven Holm")
    ]
    return queue, people, bosses


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_who_assign_the_same_cases_at_once(desk_at_work):
    queue, (rosa, sam), bosses = desk_at_work
    appeals = [waiting(queue) for _ in range(6)]
    chosen = [Chosen(appeal.pk, appeal.version) for appeal in appeals]

    at_once(
        *(
            lambda by=by, to=to: run(by, Choice(BulkKind.ASSIGN, to=to), [], chosen=chosen)
            for by, to in zip(bosses, (rosa, sam), strict=True)
        )
    )

    # Each case went to one of them, once, and the other step says that it did not.
    assert Claim.objects.count() == 6
    assert BulkStepRow.objects.filter(is_done=True).count() == 6
    assert BulkStepRow.objects.filter(is_done=False).count() == 6
    for appeal in appeals:
        assert CaseEvent.objects.filter(appeal=appeal, kind="claimed").count() == 1
        row = BulkStepRow.objects.get(appeal=appeal, is_done=True)
        assert Claim.objects.get(appeal=appeal).reviewer_id == row.step.choice["to"]


@pytest.mark.django_db(transaction=True)
def test_one_button_pressed_twice_at_once(desk_at_work):
    queue, (rosa, _sam), (sofia, _sven) = desk_at_work
    appeals = [waiting(queue) for _ in range(4)]
    token = uuid.uuid4()

    def press():
        run(sofia, Choice(BulkKind.ASSIGN, to=rosa), appeals, token=token)

    at_once(press, press)

    assert BulkStep.objects.count() == 1
    assert BulkStepRow.objects.filter(is_done=True).count() == 4
    assert CaseEvent.objects.filter(kind="claimed").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_step_taken_back_twice_at_once(desk_at_work):
    queue, (rosa, _sam), (sofia, sven) = desk_at_work
    appeals = [waiting(queue) for _ in range(4)]
    step = run(sofia, Choice(BulkKind.ASSIGN, to=rosa), appeals)

    def undo(by):
        try:
            undo_step(step=step, by=by)
        except WrongState:
            return

    at_once(lambda: undo(sofia), lambda: undo(sven))

    assert BulkStep.objects.count() == 2
    assert BulkStepRow.objects.filter(step__undoes=step, is_done=True).count() == 4
    assert CaseEvent.objects.filter(kind="released").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_claims_while_a_supervisor_assigns(desk_at_work):
    queue, (rosa, sam), (sofia, _sven) = desk_at_work
    appeals = [waiting(queue) for _ in range(4)]
    chosen = [Chosen(appeal.pk, appeal.version) for appeal in appeals]

    def claim_all():
        for appeal in appeals:
            try:
                claim_appeal(
                    appeal=Appeal.objects.select_related("decision").get(pk=appeal.pk), by=sam
                )
            except (WrongState, NotAllowed):
                continue

    at_once(claim_all, lambda: run(sofia, Choice(BulkKind.ASSIGN, to=rosa), [], chosen=chosen))

    assert Claim.objects.count() == 4
    given = BulkStepRow.objects.filter(is_done=True).count()
    assert Claim.objects.filter(reviewer=rosa).count() == given
