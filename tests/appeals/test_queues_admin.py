"""Queues, reviewers and rules as supervisors keep them, and the history of each."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from appeals.actions.queues import save_profile, save_queue
from appeals.actions.routing_rules import save_rule
from appeals.admin.versions import words_changed
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    Appeal,
    Assignment,
    ReviewerProfile,
    ReviewQueue,
    RoutingRule,
    RuleOwner,
)
from appeals.states import AppealState
from tests.appeals.builders import (
    RESTRICTED,
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
    set_profile,
)
from tests.appeals.desks import queue, rosa, sam, sofia
from tests.appeals.test_desk_settings import ADD_RULE, RULE, queue_form

__all__ = ["queue", "rosa", "sam", "sofia"]

OPENED = (AppealState.SUBMITTED, AppealState.WAITING)
PROFILES = "/admin/appeals/reviewerprofile/"
OWNERS = "/admin/appeals/ruleowner/"
RULES = "/admin/appeals/routingrule/"


@pytest.fixture
def cleared(db):
    person = create_reviewer("Carla Sun", is_supervisor=True)
    set_profile(person, is_cleared=True)
    return person


@pytest.fixture
def auditor(db):
    person = create_customer("Ines Costa", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename="audit_appeal"))
    return person


def page_of(queue):
    return f"/admin/appeals/reviewqueue/{queue.pk}/change/"


def errors_of(answer):
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


# --- Queues ----------------------------------------------------------------------------------


def test_supervisors_set_everything_about_a_queue(browse, sofia, rosa, queue):
    form = queue_form(
        queue,
        members=[rosa.pk],
        calendar="CN",
        warn_working_days=3,
        assignment="named",
        named_reviewer=rosa.pk,
        most_held=7,
        approval_above="2500",
        sample_percent="12.5",
        sample_most=9,
    )

    assert browse(sofia).post(page_of(queue), form).status_code == 302

    queue.refresh_from_db()
    assert (queue.calendar, queue.warn_working_days, queue.most_held) == ("CN", 3, 7)
    assert (queue.assignment, queue.named_reviewer) == (Assignment.NAMED, rosa)
    assert (queue.approval_above, queue.sample_percent) == (Decimal(2500), Decimal("12.5"))
    assert queue.sample_most == 9


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"warn_working_days": 10}, "warn_working_days"),
        ({"most_held": 0}, "most_held"),
        ({"most_held": 201}, "most_held"),
        ({"approval_above": "0"}, "approval_above"),
        ({"sample_percent": "101"}, "sample_percent"),
        ({"sample_percent": "-1"}, "sample_percent"),
        ({"assignment": "dice"}, "assignment"),
        ({"assignment": "named"}, "named_reviewer"),
        ({"calendar": "FR"}, "calendar"),
    ],
)
def test_what_cannot_be_is_refused_in_words(browse, sofia, queue, fields, field):
    answer = browse(sofia).post(page_of(queue), queue_form(queue, **fields))

    [message] = errors_of(answer)[field]
    assert "constraint" not in message.lower()


def test_the_named_reviewer_works_in_the_queue(browse, sofia, rosa, sam, queue):
    form = queue_form(queue, members=[rosa.pk], assignment="named", named_reviewer=sam.pk)

    assert "named_reviewer" in errors_of(browse(sofia).post(page_of(queue), form))


def test_an_auditor_reads_the_settings_and_changes_none(browse, auditor, queue, rosa):
    rule = RoutingRule.objects.create(queue=queue, because="Everything.")
    client = browse(auditor)
    for address in (
        "/admin/appeals/reviewqueue/",
        page_of(queue),
        page_of(queue).replace("change", "history"),
        RULES,
        f"{RULES}{rule.pk}/change/",
        f"{RULES}try/",
        PROFILES,
        OWNERS,
    ):
        assert client.get(address).status_code == 200, address

    for address in (page_of(queue), f"{RULES}{rule.pk}/change/", ADD_RULE, f"{PROFILES}add/"):
        assert client.post(address, queue_form(queue)).status_code == 403, address
    # Nor may they type a rule to try.
    assert client.post(f"{RULES}try/", {**RULE, "queue": queue.pk}).status_code == 404


def test_a_reviewer_opens_no_settings(browse, rosa, queue):
    for address in ("/admin/appeals/reviewqueue/", RULES, PROFILES, OWNERS):
        assert browse(rosa).get(address).status_code == 403, address
    assert browse(rosa).get(f"{RULES}try/").status_code == 404


# --- Who may see a queue -----------------------------------------------------------------------


def test_restricting_a_queue_hides_its_open_appeals_at_once(browse, cleared, queue):
    opened = [create_appeal(state=state, queue=queue) for state in OPENED]
    answered = create_appeal(state=AppealState.DECIDED, queue=queue)
    other = create_appeal(state=AppealState.SUBMITTED, queue=create_queue("model_review"))

    browse(cleared).post(page_of(queue), queue_form(queue, is_restricted="on"))

    queue.refresh_from_db()
    assert queue.is_restricted
    hidden = set(Appeal.objects.filter(is_restricted=True))
    assert hidden == set(opened)
    assert not {answered, other} & hidden


def test_who_will_see_nothing_of_a_restricted_queue_is_named(browse, cleared, rosa, queue):
    form = queue_form(queue, is_restricted="on", members=[rosa.pk, cleared.pk])

    answer = browse(cleared).post(page_of(queue), form, follow=True)

    [warning] = [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]
    assert warning.endswith(": Rosa Vega")


def test_opening_a_queue_shows_all_but_what_a_reason_hides(browse, cleared, queue):
    queue.is_restricted = True
    queue.save()
    create_queue("fraud_identity", is_restricted=True)
    plain = create_appeal(state=AppealState.SUBMITTED, queue=queue)
    guarded = create_appeal(
        create_decision(reasons=[RESTRICTED]), state=AppealState.SUBMITTED, queue=queue
    )

    browse(cleared).post(page_of(queue), queue_form(queue))

    assert not ReviewQueue.objects.get(pk=queue.pk).is_restricted
    assert set(Appeal.objects.filter(is_restricted=True)) == {guarded}
    assert plain.queue == queue


def test_who_is_not_cleared_decides_nothing_about_who_sees(browse, sofia, queue):
    assert browse(sofia).post(page_of(queue), queue_form(queue, is_restricted="on")).status_code

    queue.refresh_from_db()
    assert not queue.is_restricted
    queue.is_restricted = True
    with pytest.raises(NotAllowed):
        save_queue(queue=queue, members=[], by=sofia)

    create_queue(queue.key, is_restricted=True)
    queue.refresh_from_db()
    queue.is_restricted = False
    with pytest.raises(NotAllowed):
        save_queue(queue=queue, members=[], by=sofia)
    assert ReviewQueue.objects.get(pk=queue.pk).is_restricted


# --- Reviewers -------------------------------------------------------------------------------


def test_a_supervisor_says_what_somebody_reads_and_until_when_they_are_away(browse, sofia, rosa):
    back = timezone.now().date() + timedelta(days=3)
    form = {"person": rosa.pk, "languages": ["en"], "away_until": back.isoformat()}

    assert browse(sofia).post(f"{PROFILES}add/", form).status_code == 302

    profile = ReviewerProfile.objects.get(person=rosa)
    assert (profile.languages, profile.away_until, profile.is_cleared) == (["en"], back, False)
    browse(sofia).post(f"{PROFILES}{profile.pk}/change/", {"languages": ["en", "zh-hans"]})
    profile.refresh_from_db()
    assert profile.languages == ["en", "zh-hans"]


def test_an_unknown_language_is_refused(browse, sofia, rosa):
    answer = browse(sofia).post(f"{PROFILES}add/", {"person": rosa.pk, "languages": ["xx"]})

    assert "languages" in errors_of(answer)


def test_who_is_not_cleared_clears_nobody(browse, sofia, rosa):
    client = browse(sofia)
    for person in (rosa, sofia):
        client.post(f"{PROFILES}add/", {"person": person.pk, "is_cleared": "on"})
    assert ReviewerProfile.objects.count() == 2
    assert not ReviewerProfile.objects.filter(is_cleared=True).exists()

    for profile in ReviewerProfile.objects.all():
        client.post(f"{PROFILES}{profile.pk}/change/", {"is_cleared": "on"})
        profile.is_cleared = True
        with pytest.raises(NotAllowed):
            save_profile(profile=profile, by=sofia)
    assert not ReviewerProfile.objects.filter(is_cleared=True).exists()


def test_clearance_is_not_moved_to_another_person(browse, sofia, rosa, cleared):
    profile = ReviewerProfile.objects.get(person=cleared)

    browse(sofia).post(f"{PROFILES}{profile.pk}/change/", {"person": sofia.pk})

    profile.refresh_from_db()
    assert (profile.person, profile.is_cleared) == (cleared, True)
    profile.person = sofia
    with pytest.raises(NotAllowed):
        save_profile(profile=profile, by=sofia)


def test_a_cleared_supervisor_gives_and_takes_clearance(browse, cleared, rosa):
    client = browse(cleared)
    client.post(f"{PROFILES}add/", {"person": rosa.pk, "is_cleared": "on"})
    profile = ReviewerProfile.objects.get(person=rosa)
    assert profile.is_cleared

    client.post(f"{PROFILES}{profile.pk}/change/", {})
    profile.refresh_from_db()
    assert not profile.is_cleared


def test_an_administrator_clears_the_first_supervisor(browse, sofia):
    root = create_customer("Root Admin", is_staff=True, is_superuser=True)

    browse(root).post(f"{PROFILES}add/", {"person": sofia.pk, "is_cleared": "on"})

    assert ReviewerProfile.objects.get(person=sofia).is_cleared


def test_profiles_stay(browse, sofia, rosa):
    profile = set_profile(rosa)

    answer = browse(sofia).post(f"{PROFILES}{profile.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 403


def test_supervisors_keep_who_answers_for_a_rule(browse, sofia, rosa):
    client = browse(sofia)
    assert client.post(f"{OWNERS}add/", {"rule_id": "LATE-6M", "owner": rosa.pk}).status_code == 302
    owner = RuleOwner.objects.get()
    assert (owner.rule_id, owner.owner) == ("LATE-6M", rosa)

    assert errors_of(client.post(f"{OWNERS}add/", {"rule_id": "LATE-6M", "owner": rosa.pk}))

    client.post(f"{OWNERS}{owner.pk}/delete/", {"post": "yes"})
    assert not RuleOwner.objects.exists()


# --- Rules -----------------------------------------------------------------------------------


@pytest.fixture
def rule(queue, sofia):
    return save_rule(
        rule=RoutingRule(queue=queue, jurisdiction="US", because="First words."), by=sofia
    )


def typed(rule, **fields):
    return {
        "reason_code": rule.reason_code,
        "jurisdiction": rule.jurisdiction,
        "queue": rule.queue_id,
        "because": rule.because,
        "is_active": "on",
        "seen_version": rule.version,
        **fields,
    }


def test_every_column_is_kept(browse, sofia, rosa, queue):
    form = {
        **RULE,
        "queue": queue.pk,
        "is_vulnerable": "True",
        "rule_id": "LATE-6M",
        "rule_version": "4.2.0",
        "policy_ref": "CR-17",
        "reviewer": rosa.pk,
    }

    assert browse(sofia).post(ADD_RULE, form).status_code == 302

    rule = RoutingRule.objects.get(reason_code="BUR-UTIL-HIGH")
    assert (rule.is_vulnerable, rule.rule_id, rule.rule_version) == (True, "LATE-6M", "4.2.0")
    assert (rule.policy_ref, rule.reviewer, rule.version) == ("CR-17", rosa, 1)


def test_each_change_is_a_version_and_a_save_without_one_is_none(browse, sofia, rule):
    client, address = browse(sofia), f"{RULES}{rule.pk}/change/"

    client.post(address, typed(rule))
    rule.refresh_from_db()
    assert rule.version == 1

    client.post(address, typed(rule, because="Second words."))
    rule.refresh_from_db()
    assert (rule.version, rule.because) == (2, "Second words.")


def test_the_second_of_two_pages_does_not_overwrite_the_first(browse, sofia, rule):
    client, address = browse(sofia), f"{RULES}{rule.pk}/change/"
    client.post(address, typed(rule, because="Second words."))

    answer = client.post(address, typed(rule, because="Mine."))

    assert "meanwhile" in str(answer.context["adminform"].form.non_field_errors())
    old = RoutingRule.objects.get(pk=rule.pk)
    assert (old.because, old.version) == ("Second words.", 2)
    old.version = 1
    with pytest.raises(WrongState):
        save_rule(rule=old, by=sofia)


def test_two_rules_for_one_case_are_refused_by_the_action_too(sofia, rule):
    twin = RoutingRule(queue=rule.queue, jurisdiction="US", because="Again.")

    with pytest.raises(BadInput):
        save_rule(rule=twin, by=sofia)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"rule_version": "4.2.0"}, "rule_id"),
        ({"reviewer": "stranger"}, "reviewer"),
        ({"queue": "999999"}, "queue"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(browse, sofia, sam, rule, fields, field):
    if "reviewer" in fields:
        fields = {"reviewer": create_reviewer("Olga Hart").pk}

    answer = browse(sofia).post(f"{RULES}{rule.pk}/change/", typed(rule, **fields))

    assert field in errors_of(answer)


def test_the_uncleared_leave_the_rules_of_a_restricted_queue_alone(browse, sofia, cleared, rule):
    hidden = create_queue("fraud_identity", is_restricted=True)
    RoutingRule.objects.filter(origin="fraud").delete()
    into_hiding = RoutingRule.objects.create(queue=hidden, origin="fraud", because="Fraud.")
    client, address = browse(sofia), f"{RULES}{into_hiding.pk}/change/"

    assert client.get(address).status_code == 200
    assert client.post(address, typed(into_hiding, queue=rule.queue_id)).status_code == 403
    assert "queue" in errors_of(
        client.post(f"{RULES}{rule.pk}/change/", typed(rule, queue=hidden.pk))
    )
    into_hiding.queue = rule.queue
    with pytest.raises(NotAllowed):
        save_rule(rule=into_hiding, by=sofia)

    assert browse(cleared).post(address, typed(into_hiding, origin="fraud")).status_code == 302


# --- Trying the table --------------------------------------------------------------------------


@pytest.fixture
def sent(queue):
    """Three sent appeals, one of them where the table would not put it now."""
    RoutingRule.objects.all().delete()
    for key in ("bureau_dispute", "model_review", "income_verification"):
        create_queue(key)
    elsewhere = create_queue("income_verification")
    return [
        create_appeal(state=AppealState.SUBMITTED, queue=where, disputed=["BUR-UTIL-HIGH"])
        for where in (queue, queue, elsewhere)
    ]


def test_the_table_as_it_is_shows_what_would_be_elsewhere(browse, sofia, sent, queue):
    trial = browse(sofia).get(f"{RULES}try/").context["trial"]

    assert trial.tried == 3
    [move] = trial.moves
    assert (move.appeal, move.was.key, move.to.queue) == (sent[2], "income_verification", queue)
    assert {row.queue.key: (row.before, row.after, row.difference) for row in trial.queues} == {
        "credit_review": (2, 3, "+1"),
        "income_verification": (1, 0, "-1"),
    }


def test_a_typed_rule_is_tried_and_nothing_is_changed(browse, sofia, sent, queue):
    target = ReviewQueue.objects.get(key="model_review")
    before = list(Appeal.objects.order_by("pk").values())

    answer = browse(sofia).post(f"{RULES}try/", {**RULE, "queue": target.pk})

    trial = answer.context["trial"]
    assert (answer.status_code, trial.decided, len(trial.moves)) == (200, 3, 3)
    assert {move.to.queue for move in trial.moves} == {target}
    text = answer.content.decode()
    assert sent[0].reference in text
    assert "Nothing is changed" in text
    assert not RoutingRule.objects.exists()
    assert list(Appeal.objects.order_by("pk").values()) == before


def test_a_typed_change_of_a_saved_rule_is_tried(browse, sofia, sent, queue):
    target = ReviewQueue.objects.get(key="model_review")
    rule = RoutingRule.objects.create(queue=target, jurisdiction="US", because="Scores.")
    off = typed(rule)
    del off["is_active"]

    answer = browse(sofia).post(f"{RULES}try/?rule={rule.pk}", off)

    trial = answer.context["trial"]
    assert {move.was for move in trial.moves} == {target}
    assert {move.to.queue for move in trial.moves} == {queue}
    rule.refresh_from_db()
    assert rule.is_active


def test_a_rule_that_cannot_be_saved_cannot_be_tried(browse, sofia, sent):
    answer = browse(sofia).post(f"{RULES}try/", {**RULE, "minimum_cut": "-1"})

    assert answer.status_code == 400
    assert "A cut is more than nothing" in answer.content.decode()


def test_a_trial_asks_as_many_questions_for_nine_appeals_as_for_three(
    browse, sofia, sent, queue, django_assert_max_num_queries
):
    client = browse(sofia)
    client.get(f"{RULES}try/")
    with django_assert_max_num_queries(30) as few:
        client.get(f"{RULES}try/")
    for _ in range(6):
        create_appeal(state=AppealState.SUBMITTED, queue=queue)
    with django_assert_max_num_queries(30) as many:
        client.get(f"{RULES}try/")

    assert len(few) == len(many)


def test_the_page_of_a_rule_offers_to_try_it(browse, sofia, rule):
    text = browse(sofia).get(f"{RULES}{rule.pk}/change/").content.decode()

    assert f'formaction="{RULES}try/?rule={rule.pk}"' in text
    assert f'href="{RULES}try/"' in browse(sofia).get(RULES).content.decode()


# --- History ---------------------------------------------------------------------------------


def versions_of(client, address):
    return client.get(address).context["versions"]


def test_the_history_of_a_rule_says_who_changed_what_from_what_to_what(
    browse, sofia, cleared, rule
):
    target = create_queue("model_review")
    form = typed(rule, because="Second words.", queue=target.pk)
    browse(cleared).post(f"{RULES}{rule.pk}/change/", form)

    newest, first = versions_of(browse(sofia), f"{RULES}{rule.pk}/history/")

    assert (newest.by, first.by) == ("Carla Sun", "Sofia Lind")
    changes = {change.label: (change.before, change.after) for change in newest.changes}
    assert changes == {
        "Queue": (str(rule.queue), str(target)),
        "Because": ("First words.", "Second words."),
        "Version": ("1", "2"),
    }
    assert first.is_first
    text = browse(sofia).get(f"{RULES}{rule.pk}/history/").content.decode()
    assert "<del>First words.</del>" in text


def test_the_history_of_a_queue_holds_who_joined_and_left(browse, sofia, rosa, sam, queue):
    queue.members.set([sam])
    history = page_of(queue).replace("change", "history")

    browse(sofia).post(page_of(queue), queue_form(queue, members=[rosa.pk], most_held=7))

    changes = {
        change.label: change
        for version in versions_of(browse(sofia), history)
        if version.by == "Sofia Lind"
        for change in version.changes
    }
    assert [(piece.kind, piece.text.strip()) for piece in changes["Members"].pieces] == [
        ("gone", "Sam Okoro"),
        ("same", ""),
        ("new", "Rosa Vega"),
    ]
    assert changes["A reviewer holds at most"].after == "7"


def test_the_history_of_a_profile_says_who_gave_clearance(browse, cleared, rosa):
    profile = set_profile(rosa)
    address = f"{PROFILES}{profile.pk}/"

    browse(cleared).post(f"{address}change/", {"is_cleared": "on", "languages": ["en"]})

    newest = versions_of(browse(cleared), f"{address}history/")[0]
    assert newest.by == "Carla Sun"
    assert ("Cleared for fraud and restricted cases", "no", "yes") in [
        (change.label, change.before, change.after) for change in newest.changes
    ]


def test_a_queue_that_migrate_made_has_a_first_version_to_compare_with(browse, cleared):
    there = ReviewQueue.objects.exclude(events__isnull=True)

    assert {"insert", "update"} >= set(there.values_list("events__pgh_label", flat=True).distinct())
    assert not ReviewQueue.objects.filter(events__isnull=True).exists()


def test_a_long_history_is_read_a_page_at_a_time(
    browse, sofia, rule, django_assert_max_num_queries
):
    for number in range(60):
        rule.because = f"Words {number}."
        save_rule(rule=rule, by=sofia)
    address, client = f"{RULES}{rule.pk}/history/", browse(sofia)

    with django_assert_max_num_queries(25):
        page = client.get(address)
    assert len(page.context["versions"]) == 50
    rest = client.get(address, {"before": page.context["older"]}).context["versions"]

    assert len(rest) == 11
    assert not page.context["versions"][-1].is_first
    assert rest[-1].is_first


@pytest.mark.parametrize(
    ("before", "after", "gone", "new"),
    [
        (
            "We look at the papers you sent and answer you within ten working days from today.",
            "We look at the papers you sent and answer you within five working days from today.",
            "ten",
            "five",
        ),
        (
            "我们会查看您发来的材料，并在十个工作日内给您答复。" * 3,
            "我们会查看您发来的材料，并在五个工作日内给您答复。" * 3,
            "十",
            "五",
        ),
    ],
)
def test_of_a_long_text_only_the_words_that_changed_are_marked(before, after, gone, new):
    pieces = words_changed(before, after)

    assert {piece.text for piece in pieces if piece.kind == "gone"} == {gone}
    assert {piece.text for piece in pieces if piece.kind == "new"} == {new}
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == after


def test_a_row_that_is_not_there_has_no_history(browse, sofia):
    assert browse(sofia).get(f"{RULES}999999/history/").status_code == 404
