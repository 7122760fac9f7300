"""The people and rows of the role table: made once, and the same for every role."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.admin import site
from django.db.models import Model
from django.utils import timezone

from appeals.actions.bulk import Chosen, run_step
from appeals.actions.bulk_kinds import Choice
from appeals.actions.conflicts import declare_conflict
from appeals.actions.events import record
from appeals.actions.legal_holds import place_hold
from appeals.actions.tokens import create_token
from appeals.models import (
    Appeal,
    BulkKind,
    BulkStep,
    CalendarDay,
    CatalogueChange,
    CustomerRequest,
    DueDocument,
    EventKind,
    EvidenceMark,
    ExportRecord,
    FeedRun,
    LineFact,
    LineInstruction,
    Notice,
    NoticeClock,
    NoticeDocument,
    NoticeHold,
    Outcome,
    PaperFault,
    PolicyPage,
    QualityReview,
    RejectedLine,
    ReplyText,
    RestoreProposal,
    RestoreSetting,
    ReviewQueue,
    RoutingRule,
    RuleOwner,
    SavedView,
    Scope,
)
from appeals.states import AppealState
from notifications.ids import receipt_id
from notifications.kinds import ChannelKind, SuppressionCause
from notifications.models import (
    Delivery,
    LetterBatch,
    LocalMessage,
    Notification,
    PushSubscription,
    Receipt,
    Suppression,
)
from portal.models import Customer
from portal.sign_in.staff import create_staff
from tests.appeals.answers import KEPT, in_days, propose, ready
from tests.appeals.builders import (
    HIGH_USE,
    create_appeal,
    create_customer,
    create_decision,
    create_line,
    create_queue,
    create_reviewer,
    set_profile,
)
from tests.appeals.desks import add_paper
from tests.appeals.editors import create_editor, publish_words
from tests.appeals.policy_pages import typed as typed_policy
from tests.appeals.rights import create_request
from tests.appeals.role_table import STAFF
from tests.notifications.builders import owe
from tests.notifications.campaigns import create as create_campaign


@dataclass
class World:
    """Everybody works in all queues: a right decides here, not whether somebody was put in."""

    people: dict[str, Customer]
    colleague: Customer
    second: Customer
    editor: Customer
    queue: ReviewQueue
    elsewhere: ReviewQueue
    waiting: Appeal
    twin: Appeal
    held: Appeal
    proposed: Appeal
    secret: Appeal
    review: QualityReview
    secret_review: QualityReview
    kept: Outcome
    restore: RestoreProposal
    step: BulkStep
    view: SavedView
    change: CatalogueChange
    asked: CustomerRequest
    asked_secretly: CustomerRequest
    own: dict[Customer, Appeal] = field(default_factory=dict)
    rows: dict[str, Model] = field(default_factory=dict)


def make_world() -> World:
    """One of each kind of row that the admin shows."""
    second = create_reviewer("Sven Dahl", is_supervisor=True)
    colleague = create_reviewer("Rosa Vega")
    people = {role: _staff(role) for role in STAFF}
    # Nothing is drawn by chance: every run has the same rows.
    undrawn = {"sample_percent": 0}
    queue = create_queue("credit_review", needs_second_approval=False, **undrawn)
    elsewhere = create_queue("policy_compliance", needs_second_approval=True, **undrawn)
    hidden = create_queue(
        "fraud_identity", is_restricted=True, needs_second_approval=False, **undrawn
    )
    for one in (queue, elsewhere, hidden):
        one.members.set([*people.values(), colleague, second])
    set_profile(colleague, is_cleared=True)
    waiting = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    editor = create_editor("Edith Rowe")
    publish_words(editor, second)
    world = World(
        people=people,
        colleague=colleague,
        second=second,
        editor=editor,
        queue=queue,
        elsewhere=elsewhere,
        waiting=waiting,
        twin=create_appeal(
            create_decision(waiting.customer), state=AppealState.SUBMITTED, queue=queue
        ),
        held=_held(queue, colleague),
        proposed=_proposed(elsewhere, colleague),
        secret=create_appeal(state=AppealState.SUBMITTED, queue=hidden),
        review=_read_again(queue, colleague, second),
        secret_review=_read_again(hidden, colleague, second),
        kept=_due(queue, colleague),
        restore=_restore(queue),
        step=_step(queue, colleague, second),
        view=SavedView.objects.create(owner=second, name="Late", query="", is_shared=True),
        change=CatalogueChange.objects.get(),
        # Beside an open appeal about the same decision, which it does not belong to yet.
        asked=create_request(waiting.decision, queue=queue),
        asked_secretly=create_request(create_decision(), queue=hidden, is_restricted=True),
        own={person: _held(queue, person) for person in people.values()},
    )
    world.rows = _rows(world)
    return world


def _staff(role: str) -> Customer:
    name, email = f"Staff {role.title()}", f"{role}@lender.example"
    if role == "none":
        return create_customer(name, is_staff=True)
    return create_staff(name=name, email=email, role=role)


def _held(queue: ReviewQueue, person: Customer) -> Appeal:
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=person)
    add_paper(appeal)
    EvidenceMark.objects.create(
        document=appeal.evidence.get(),
        by=person,
        at=timezone.now(),
        page=1,
        left="0.1",
        top="0.1",
        width="0.2",
        height="0.2",
    )
    return appeal


def _decided(queue: ReviewQueue, person: Customer) -> Outcome:
    appeal = create_appeal(state=AppealState.IN_REVIEW, queue=queue, reviewer=person)
    return propose(ready(appeal, person), person, KEPT)


def _proposed(queue: ReviewQueue, person: Customer) -> Appeal:
    return _decided(queue, person).appeal


def _due(queue: ReviewQueue, person: Customer) -> Outcome:
    outcome = _decided(queue, person)
    Outcome.objects.filter(pk=outcome.pk).update(look_again_on=in_days(-1))
    return outcome


def _restore(queue: ReviewQueue) -> RestoreProposal:
    """Every reason of this cut has passed by what came in since."""
    decision = create_decision(reasons=[HIGH_USE])
    as_of = timezone.now() - timedelta(hours=1)
    LineFact.objects.create(
        source_id="F-1",
        content_sha256="0" * 64,
        line=decision.line,
        as_of=as_of,
        facts={"bureau.utilisation": 20},
        received_at=as_of,
    )
    return RestoreProposal.objects.create(
        decision=decision, queue=queue, passed_since=as_of, made_at=as_of
    )


def _read_again(queue: ReviewQueue, person: Customer, reader: Customer) -> QualityReview:
    now = timezone.now()
    return QualityReview.objects.create(
        outcome=_decided(queue, person),
        queue=queue,
        decided_by=person,
        sampled_at=now,
        reader=reader,
        read_at=now,
        kind="kept",
        agrees=True,
    )


def _step(queue: ReviewQueue, to: Customer, by: Customer) -> BulkStep:
    appeal = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    values: dict[str, Any] = {"because": "All at once.", "chosen": [Chosen(appeal.pk)]}
    token = apps.get_model("appeals", "BulkStep")._meta.get_field("token").get_default()
    return run_step(by=by, choice=Choice(BulkKind.ASSIGN, to=to), token=token, **values)


def _rows(world: World) -> dict[str, Model]:
    """One row of each list of the admin, by its label."""
    rows = {**_cases(world), **_settings(world), **_messages(world)}
    assert rows.keys() == {one._meta.label_lower for one in site._registry}, "a list has no row"
    return rows


def _cases(world: World) -> dict[str, Model]:
    now = timezone.now()
    decision, held_back = world.waiting.decision, create_decision(with_notice=False)
    run = FeedRun.objects.create(source="feed.jsonl", started_at=now, finished_at=now, rejected=1)
    told = {"instruction": "set_limit", "line": "L-1", "new_limit": "10.00", "currency": "USD"}
    record(world.waiting, EventKind.CARE, world.second, visible=False, needs_care=0)
    return {
        "appeals.appeal": world.waiting,
        "appeals.linedecision": decision,
        "appeals.creditline": create_line(decision.customer),
        "appeals.notice": decision.notice,
        "appeals.noticehold": NoticeHold.objects.create(
            decision=held_back, cause="No such reason.", held_at=now
        ),
        "appeals.noticeclock": NoticeClock.objects.create(
            decision=decision,
            rule="US.notice.days30",
            started_at=now,
            due_at=now,
            warn_at=now,
            look_at=now,
        ),
        "appeals.noticedocument": _paper(decision.notice),
        "appeals.duedocument": _held_paper(decision.notice),
        "appeals.feedrun": run,
        "appeals.rejectedline": RejectedLine.objects.create(run=run, line_number=1, error="Bad."),
        "appeals.lineinstruction": LineInstruction.objects.create(
            outcome=world.kept,
            payload={"data": told},
            created_at=now,
            next_try_at=now + timedelta(hours=1),
        ),
        "appeals.bulkstep": world.step,
        "appeals.exportrecord": ExportRecord.objects.create(by=world.second, at=now, format="csv"),
        "portal.customer": world.waiting.customer,
    }


def _paper(notice: Notice) -> NoticeDocument:
    return NoticeDocument.objects.create(
        notice=notice,
        language="en",
        stored_name="2026/11/27/ab/abcd",
        size=50_000,
        pages=2,
        sha256="0" * 64,
        source_sha256="1" * 64,
        made_at=timezone.now(),
    )


def _held_paper(notice: Notice) -> DueDocument:
    due = DueDocument.objects.get(notice=notice)
    due.fault, due.detail, due.held_at = PaperFault.GLYPH, "U+20BB7", timezone.now()
    due.save()
    return due


def _settings(world: World) -> dict[str, Model]:
    token, _secret = create_token(name="engine", scopes=[Scope.READ_CUSTOMERS], by=world.second)
    text = ReplyText.objects.create(
        key="of-the-table",
        purpose="ask_papers",
        title_en="After a move",
        title_zh="搬家之后",
        text_en="Please send us: {papers}.",
        text_zh="请补充：{papers}。",
    )
    day = CalendarDay.objects.create(
        jurisdiction="US", day=in_days(50), name_en="Moving", name_zh="搬迁", is_working=True
    )
    conflict = declare_conflict(
        person=world.colleague, about=create_customer(), because="Family.", by=world.second
    )
    hold = place_hold(about=create_customer(), because="A claim in court.", by=world.second)
    staff_member = apps.get_model("portal", "StaffMember").objects.get(pk=world.colleague.pk)
    return {
        "appeals.routingrule": RoutingRule.objects.create(queue=world.queue, because="Always."),
        "appeals.restoresetting": RestoreSetting.objects.create(mode="propose", because="Board."),
        "appeals.reviewqueue": world.queue,
        "appeals.reviewerprofile": set_profile(world.colleague),
        "appeals.ruleowner": RuleOwner.objects.create(rule_id="RULE-9", owner=world.second),
        "appeals.conflictofinterest": conflict,
        "appeals.legalhold": hold,
        "appeals.calendarday": day,
        "appeals.replytext": text,
        "appeals.policypage": PolicyPage.objects.create(**typed_policy(reference="POL-1")),
        "appeals.servicetoken": token,
        "portal.staffmember": staff_member,
    }


def _messages(world: World) -> dict[str, Model]:
    now = timezone.now()
    person = create_customer("Mia Long", region="US-VT")
    note: Notification = owe(person)
    delivery = Delivery.objects.filter(notification=note)[0]
    return {
        "notifications.notification": note,
        "notifications.delivery": delivery,
        "notifications.receipt": Receipt.objects.create(
            id=receipt_id(delivery.pk, "twilio", "1"),
            provider="twilio",
            event_id="1",
            word="delivered",
            received_at=now,
            body_sha256="0" * 64,
        ),
        "notifications.campaign": create_campaign(by=world.second),
        "notifications.suppression": Suppression.objects.create(
            channel=ChannelKind.EMAIL,
            address="gone@example.org",
            cause=SuppressionCause.STAFF,
            created_at=now,
        ),
        "notifications.pushsubscription": PushSubscription.objects.create(
            person=person, endpoint="https://push.example/1", p256dh="-", auth="-", created_at=now
        ),
        "notifications.letterbatch": LetterBatch.objects.create(
            reference="LB-2222-2222",
            made_at=now,
            made_by=world.second,
            letters=0,
            pages=0,
            pdf_sha256="0" * 64,
            csv_sha256="0" * 64,
        ),
        "notifications.localmessage": LocalMessage.objects.create(
            attempt_id=delivery.pk, channel="email", to="mia@example.org", text="Hi", kept_at=now
        ),
    }
