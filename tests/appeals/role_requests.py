"""How each row of the role table is asked for: which case or row, and what is typed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from appeals.catalogue import CATALOGUE
from appeals.catalogue.editions import (
    REASONS,
    document_values,
    fingerprint,
    reason_values,
)
from appeals.models import (
    Appeal,
    CatalogueChange,
    ChangeState,
    Claim,
    CustomerRequest,
    Incident,
    OverturnDigest,
    QualityReview,
    RuleAlarm,
    SavedView,
)
from appeals.states import RequestState
from notifications.models import Campaign
from portal.models import Customer
from tests.appeals.builders import create_customer, create_reviewer, set_profile
from tests.appeals.desks import typed
from tests.appeals.fairness_rows import counts_file
from tests.appeals.files import pdf
from tests.appeals.papers import as_file
from tests.appeals.policy_pages import typed as typed_policy
from tests.appeals.role_world import World
from tests.appeals.test_calendars import next_weekday
from tests.appeals.test_calendars import typed as typed_day
from tests.appeals.test_catalogue_editing import new_words
from tests.appeals.test_desk_settings import RULE, queue_form
from tests.appeals.test_reply_texts import GOOD
from tests.notifications.test_campaign_admin import typed as typed_campaign

CODE = "BUR-UTIL-HIGH"
BOX = {"page": 1, "left": "0.1", "top": "0.25", "width": "0.5", "height": "0.08"}
# Addresses without a name, and one that takes what is not in the table.
BY_ADDRESS = {"admin/(?P<url>.*)$": "/admin/no/such/page/"}


@dataclass
class Ask:
    """The place in an address, and what is sent there."""

    args: tuple[Any, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)


Way = Callable[[World, Customer], Ask]


def address_of(row: str, ask: Ask) -> str:
    name = row.split()[0]
    return BY_ADDRESS.get(name) or reverse(name, args=ask.args)


def ask_for_page(row: str, world: World, person: Customer) -> Ask:
    name, _space, variant = row.partition(" ")
    way = PAGES.get(row) or PAGES.get(name) or (lambda _w, _p: Ask())
    if "restricted" in variant:
        return _restricted(name, variant, world, person)
    return way(world, person)


def ask_for_button(row: str, world: World, person: Customer) -> Ask:
    name, _space, variant = row.partition(" ")
    if "restricted" in variant:
        return _restricted(name, variant, world, person)
    return BUTTONS[row](world, person)


def _restricted(name: str, variant: str, world: World, person: Customer) -> Ask:
    if "cleared" in variant and person.is_staff:
        set_profile(person, is_cleared=True)
    if name == "desk:quality_read":
        return Ask((world.secret_review.pk,))
    if name in {"desk:request", "desk:take_request"}:
        return Ask((world.asked_secretly.reference,))
    return Ask((world.secret.reference,), {"text": "A note."})


# --- ways ----------------------------------------------------------------------------------------


def _with(*args: Any, **data: Any) -> Way:
    return lambda _world, _person: Ask(args, data)


def _case(which: str, **data: Any) -> Way:
    return lambda world, _person: Ask((getattr(world, which).reference,), data)


def _own(**data: Any) -> Way:
    return lambda world, person: Ask((own(world, person).reference,), data)


def own(world: World, person: Customer) -> Appeal:
    """The case that this person has in hand, whether or not they may."""
    return world.own.get(person, world.held)


def _row(label: str, **data: Any) -> Way:
    return lambda world, _person: Ask((world.rows[label].pk,), data)


def _renew(world: World, person: Customer) -> Ask:
    soon = timezone.now() + timedelta(minutes=5)
    Claim.objects.filter(appeal=own(world, person)).update(until=soon)
    return Ask((own(world, person).reference,))


def _to(which: str, **data: Any) -> Way:
    def way(world: World, person: Customer) -> Ask:
        appeal = own(world, person) if which == "own" else getattr(world, which)
        return Ask((appeal.reference,), {"to": world.second.pk, **data})

    return way


def _incident(*, is_proposed: bool = False, **data: Any) -> Way:
    def way(world: World, _person: Customer) -> Ask:
        now, by = timezone.now(), world.colleague
        incident, _made = Incident.objects.get_or_create(
            reference="IN-7K3M-92QX",
            defaults={"title": "Upside down", "rule_id": "RULE-9", "rule_version": "2.0.0"}
            | {"since": now, "opened_at": now, "opened_by": by},
        )
        if is_proposed:
            incident.remedies.create(because="x", counted=1, proposed_by=by, proposed_at=now)
        return Ask((incident.reference,), data)

    return way


def _new_incident(world: World, _person: Customer) -> Ask:
    decision = world.waiting.decision
    since = decision.decided_at - timedelta(days=1)
    typed_scope = {"since": since.strftime("%Y-%m-%dT%H:%M"), "title": "Upside down", "do": "open"}
    rule = {"rule_id": decision.rule_id, "rule_version": decision.rule_version}
    return Ask((), {**typed_scope, **rule})


def _alarm(**data: Any) -> Way:
    def way(_world: World, _person: Customer) -> Ask:
        alarm, _made = RuleAlarm.objects.get_or_create(
            reference="RA-7K3M-92QX",
            defaults=dict.fromkeys(("since", "found_at", "last_at", "raised_at"), timezone.now())
            | {"rule_id": "RULE-9", "rule_version": "2.0.0", "episode": 1, "number": 9},
        )
        return Ask((alarm.reference,), data)

    return way


def _digest() -> Way:
    def way(_world: World, _person: Customer) -> Ask:
        digest, _made = OverturnDigest.objects.get_or_create(
            week=date(2026, 11, 16), defaults={"made_at": timezone.now()}
        )
        return Ask((digest.week.isoformat(),))

    return way


def _big_form(**data: Any) -> Way:
    def way(world: World, person: Customer) -> Ask:
        appeal = own(world, person)
        return Ask((appeal.reference,), typed(appeal, **data))

    return way


def _mark(world: World, person: Customer) -> Ask:
    appeal = own(world, person)
    return Ask((appeal.reference,), {"document": appeal.evidence.get().public_id, **BOX})


def _unmark(world: World, person: Customer) -> Ask:
    appeal = own(world, person)
    return Ask((appeal.reference, appeal.evidence.get().marks.get().pk))


def _move(world: World, _person: Customer) -> Ask:
    return Ask((world.waiting.reference,), {"queue": world.elsewhere.pk, "because": "Belongs."})


def _second(**data: Any) -> Way:
    return lambda world, _person: Ask(
        (world.proposed.reference,), {"version": world.proposed.version, **data}
    )


def _asked(by: str = "", **data: Any) -> Way:
    """The request, in the hands of nobody, of this person or of the colleague."""

    def way(world: World, person: Customer) -> Ask:
        if by:
            holder = person if by == "own" and person.is_staff else world.colleague
            rows = CustomerRequest.objects.filter(pk=world.asked.pk)
            rows.update(state=RequestState.IN_HAND, taken_by=holder)
        return Ask((world.asked.reference,), data)

    return way


def _view(**data: Any) -> Way:
    def way(world: World, person: Customer) -> Ask:
        mine = SavedView.objects.create(owner=person, name="Mine", query="")
        return Ask((mine.pk,), {"name": "Another name", **data})

    return way


def _bulk(kind: str, **data: Any) -> Way:
    def way(world: World, _person: Customer) -> Ask:
        case = world.held if kind == "release" else world.twin
        who = {"to": world.colleague.pk} if kind == "assign" else {}
        chosen = {"cases": f"{case.pk}:{case.version}", "token": uuid4(), "do": "run"}
        return Ask((), {"kind": kind, "because": "All at once.", **chosen, **who, **data})

    return way


def _reading(*, is_read: bool = False, **data: Any) -> Way:
    """A sampled case in this person's hands, whether or not they may read it."""

    def way(world: World, person: Customer) -> Ask:
        rows = QualityReview.objects.filter(pk=world.review.pk)
        if not is_read:
            rows.update(read_at=None, agrees=None, kind="")
        rows.update(reader=person)
        grounds = world.review.outcome.appeal.grounds.all()
        rulings = {f"ruling-{ground.pk}": "accepted" for ground in grounds}
        return Ask((world.review.pk,), {"kind": "kept", **rulings, **data})

    return way


def _next_reading(world: World, _person: Customer) -> Ask:
    rows = QualityReview.objects.filter(pk=world.review.pk)
    rows.update(read_at=None, agrees=None, kind="", reader=None)
    return Ask()


def _paper(world: World, _person: Customer) -> Ask:
    key, kind = next(iter(CATALOGUE.documents.items()))
    values = document_values(kind)
    form = {
        "seen": fingerprint(values),
        "do": "keep",
        "label_en": "Another name",
        "label_zh": "另一个名称",
        "max_age_days": values["max_age_days"] or "",
        "is_active": "on",
    }
    return Ask((key,), form)


def _reason(world: World, _person: Customer) -> Ask:
    code = "BUR-DELINQ-ELSEWHERE"
    values = reason_values(CATALOGUE.reason(code))
    form = new_words() | {
        "seen": fingerprint(values),
        "evidence": values["evidence"],
        "queue": values["queue"],
        "review_by": values["review_by"],
    }
    for name in ("title", "explanation", "what_you_can_do", "counterfactual"):
        for language, suffix in (("en", "en"), ("zh-hans", "zh")):
            form[f"{name}_{suffix}"] = (values[name] or {}).get(language, "")
    return Ask((code,), form | {"title_en": "Late payments with other lenders"})


def _change(do: str, state: ChangeState, *, is_own: bool) -> Way:
    def way(world: World, person: Customer) -> Ask:
        title = {"en": "Other words", "zh-hans": "另一种说法"}
        old = CATALOGUE.reason("BUR-DELINQ-ELSEWHERE").title
        now = timezone.now()
        change = CatalogueChange.objects.create(
            state=state,
            changes={REASONS: {"BUR-DELINQ-ELSEWHERE": {"title": [dict(old), title]}}},
            made_by=person if is_own else world.editor,
            made_at=now,
            saved_at=now,
        )
        said = {"note": "Plainer.", "because": "Not yet.", "seen": fingerprint(change.changes)}
        return Ask((change.pk, do), said)

    return way


def _campaign(do: str, state: str = "draft", **fields: Any) -> Way:
    def way(world: World, _person: Customer) -> Ask:
        campaign = world.rows["notifications.campaign"]
        moved: dict[str, Any] = {
            "state": state,
            "resumes_as": "running" if state == "paused" else "",
        }
        if state != "draft":
            moved["started_at"] = timezone.now()
        Campaign.objects.filter(pk=campaign.pk).update(**moved, **fields)
        return Ask((campaign.pk, do), {"because": "Wrong words."})

    return way


PAGES: dict[str, Way] = {
    "admin:view_on_site": _with(1, 1),
    "admin:app_list appeals": _with("appeals"),
    "admin:app_list notifications": _with("notifications"),
    "admin:app_list portal": _with("portal"),
    "admin:search": _with(s="Alice"),
    "desk:case": _case("waiting"),
    "desk:history": _case("waiting"),
    "desk:preview": _case("waiting"),
    "desk:suggest": _case("waiting", kind="kept"),
    "desk:ask": _own(),
    "desk:fairness_pdf": _with("2026-10"),
    "desk:fairness_csv": _with("2026-10"),
    "desk:request": _asked(),
    "desk:step": lambda world, _person: Ask((world.step.pk,)),
    "desk:alarm": _alarm(),
    "desk:overturned_week": _digest(),
    "desk:overturned_csv": _digest(),
    "desk:incident": _incident(),
    "desk:quality_read": lambda world, _person: Ask((world.review.pk,)),
    "desk:reason": _with(CODE),
    "desk:reason_history": _with(CODE),
    "desk:paper": lambda _world, _person: Ask((next(iter(CATALOGUE.documents)),)),
    "desk:catalogue_change": lambda world, _person: Ask((world.change.pk,)),
    "desk:catalogue_edition": _with(1),
    "admin:notifications_campaign_progress": _row("notifications.campaign"),
    "admin:notifications_suppression_lift": _row("notifications.suppression"),
    "admin:notifications_notification_resend": _row("notifications.notification"),
    "admin:notifications_letterbatch_pdf": _row("notifications.letterbatch"),
    "admin:notifications_letterbatch_csv": _row("notifications.letterbatch"),
    "admin:notifications_localmessage_html": _row("notifications.localmessage"),
}
BUTTONS: dict[str, Way] = {
    "admin:logout": _with(),
    "desk:next": _with(),
    "desk:fairness_counts": lambda _world, _person: Ask((), {"counts": counts_file()}),
    "desk:claim": _case("waiting"),
    "desk:release": _own(),
    "desk:release a colleague's": _case("held"),
    "desk:reassign": _to("held"),
    "desk:pass_on": _to("own", note="Please go on."),
    "desk:recuse": _own(because="A friend."),
    "desk:renew": _renew,
    "desk:looking": _case("waiting"),
    "desk:find": lambda world, _person: Ask((world.waiting.reference,), {"words": "salary"}),
    "desk:case save": _big_form(do="save"),
    "desk:case decide": _big_form(kind="kept", sentence="It stays."),
    "desk:preview": _big_form(kind="kept", sentence="It stays."),
    "desk:mark": _mark,
    "desk:unmark": _unmark,
    "desk:ask": _own(kinds=["payslip"], message="Please send the last one.", although_held="1"),
    "desk:note": _case("waiting", text="Look at the second page."),
    "desk:clock": _case("waiting", kind="data_dispute", do="mark", because="On the phone."),
    "desk:care": _case("waiting", needs_care="1"),
    "desk:move": _move,
    "desk:approve": _second(),
    "desk:send_back": _second(note="Look at May."),
    "desk:looked_again": lambda world, _person: Ask((world.kept.pk,), {"do": "stands"}),
    "desk:posted": lambda world, _person: Ask(
        (), {"number": world.waiting.reference, "kind": "other", "files": as_file(pdf())}
    ),
    "desk:answer_restore": lambda world, _person: Ask(
        (world.restore.pk,), {"do": "accept", "because": "Use is low."}
    ),
    "desk:take_request": _asked(),
    "desk:put_back_request": _asked("own"),
    "desk:put_back_request a colleague's": _asked("colleague"),
    "desk:answer_request": _asked("own", result="agreed", answer="You are right."),
    "desk:answer_request a colleague's": _asked("colleague", result="agreed", answer="Yes."),
    "desk:request_to_appeal": _asked(),
    "desk:views": _with(name="Mine"),
    "desk:view": _view(),
    "desk:view delete": _view(do="delete"),
    "desk:view a colleague's": lambda world, _person: Ask(
        (world.view.pk,), {"name": "Another name", "is_shared": "1"}
    ),
    "desk:export": _with("csv"),
    "desk:bulk assign": _bulk("assign"),
    "desk:bulk release": _bulk("release"),
    "desk:bulk duplicate": _bulk("duplicate"),
    "desk:bulk outcome": _bulk(
        "outcome",
        outcome="restored",
        ruling="accepted",
        sentence_en="Back.",
        sentence_zh="已恢复。",
    ),
    "desk:undo": lambda world, _person: Ask((world.step.pk,)),
    "desk:alarm_act acknowledge": _alarm(do="acknowledge"),
    "desk:alarm_act dismiss": _alarm(do="dismiss", why="Agreed with its owner."),
    "desk:new_incident": _new_incident,
    "desk:incident_act propose": _incident(do="propose", because="A fault.", canary_share="5"),
    "desk:incident_act approve": _incident(is_proposed=True, do="approve"),
    "desk:incident_act close": _incident(do="close", because="No fault."),
    "desk:quality_next": _next_reading,
    "desk:quality_read": _reading(),
    "desk:quality_put_back": _reading(),
    "desk:quality_note": _reading(is_read=True, note="They saw more than I did."),
    "desk:reason": _reason,
    "desk:paper": _paper,
    "desk:paper_new": _with(
        key="rent-contract", label_en="Rent contract", label_zh="租房合同", is_active="on"
    ),
    "desk:catalogue_act ask": _change("ask", ChangeState.DRAFT, is_own=True),
    "desk:catalogue_act take-up": _change("take-up", ChangeState.WAITING, is_own=True),
    "desk:catalogue_act withdraw": _change("withdraw", ChangeState.WAITING, is_own=True),
    "desk:catalogue_act withdraw a colleague's": _change(
        "withdraw", ChangeState.WAITING, is_own=False
    ),
    "desk:catalogue_act send-back": _change("send-back", ChangeState.WAITING, is_own=False),
    "desk:catalogue_act publish": _change("publish", ChangeState.WAITING, is_own=False),
    "desk:catalogue_back": _with(0),
    "admin:appeals_routingrule_try": lambda world, _person: Ask(
        (), {**RULE, "queue": world.queue.pk}
    ),
    "admin:notifications_campaign_act start": _campaign("start"),
    "admin:notifications_campaign_act go-on": _campaign("go-on", "waiting"),
    "admin:notifications_campaign_act pause": _campaign("pause", "running"),
    "admin:notifications_campaign_act resume": _campaign("resume", "paused"),
    "admin:notifications_campaign_act stop": _campaign("stop", "running"),
    "admin:notifications_suppression_lift": _row("notifications.suppression", why="It was fixed."),
    "admin:notifications_notification_resend": _row(
        "notifications.notification", because="They asked for it.", number=0
    ),
    "admin:notifications_letterbatch_export": _with(),
    "admin:notifications_letterbatch_posted": lambda world, _person: Ask(
        (world.rows["notifications.letterbatch"].pk,),
        {"posted_on": timezone.localdate().isoformat()},
    ),
    "admin:notifications_letterbatch_spoiled": _row(
        "notifications.letterbatch", because="The printer broke."
    ),
}


# --- lists ---------------------------------------------------------------------------------------


def form_to_add(label: str, world: World) -> dict[str, Any]:
    """What is typed to add a row of this list; nothing where nobody adds any."""
    fresh: dict[str, Callable[[], dict[str, Any]]] = {
        "appeals.reviewerprofile": lambda: {"person": create_reviewer("New Person").pk},
        "appeals.conflictofinterest": lambda: {
            "person": world.colleague.pk,
            "customer_reference": create_customer().reference,
            "because": "Neighbours.",
        },
        "appeals.legalhold": lambda: {
            "customer_reference": create_customer().reference,
            "because": "A claim in court.",
        },
    }
    return fresh[label]() if label in fresh else _forms(world).get(label, {})


def form_to_change(label: str, world: World) -> dict[str, Any]:
    """What is typed to change the row of this list."""
    changed: dict[str, dict[str, Any]] = {
        "appeals.reviewqueue": queue_form(
            world.queue,
            target_working_days=7,
            members=[one.pk for one in world.queue.members.all() if one.has_perm(REVIEW)],
        ),
        "appeals.reviewerprofile": {"languages": ["en"], "is_cleared": "on"},
        "appeals.ruleowner": {"rule_id": "RULE-9", "owner": world.colleague.pk},
        "appeals.conflictofinterest": {"ended_because": "Another person of that name."},
        "appeals.legalhold": {"lifted_because": "The court has decided."},
        "appeals.routingrule": {
            **RULE,
            "queue": world.queue.pk,
            "seen_version": world.rows["appeals.routingrule"].version,  # type: ignore[attr-defined]
        },
        "appeals.calendarday": {"name_en": "Other words", "name_zh": "另一种说法"},
        "appeals.policypage": typed_policy(title_en="Other words"),
        "portal.customer": {"is_active": ""},
        "portal.staffmember": {
            "name": "Rosa Vega",
            "email": world.colleague.email,
            "role": "reviewer",
            "is_active": "on",
        },
    }
    return changed.get(label) or _forms(world).get(label, {})


REVIEW = "appeals.review_appeal"


def _forms(world: World) -> dict[str, dict[str, Any]]:
    return {
        "appeals.routingrule": {**RULE, "queue": world.queue.pk},
        "appeals.restoresetting": {"jurisdiction": "CN", "mode": "propose", "because": "Board."},
        "appeals.ruleowner": {"rule_id": "RULE-10", "owner": world.colleague.pk},
        "appeals.calendarday": typed_day(next_weekday(2)),
        "appeals.replytext": GOOD,
        "appeals.policypage": typed_policy(),
        "appeals.servicetoken": {"name": "app", "scopes": ["customers:read"]},
        "portal.staffmember": {"name": "Nina", "email": "nina@lender.example", "role": "editor"},
        "notifications.campaign": typed_campaign(),
        "notifications.suppression": {
            "channel": "email",
            "address": "stop@example.org",
            "detail": "Asked on the phone.",
        },
    }


def before_action(action: str, world: World) -> None:
    """What must be there for the action to have something to do."""
    if action == "remove_second_factor":
        Authenticator.objects.create(
            user=world.colleague, type=Authenticator.Type.TOTP, data={"secret": "x"}
        )
