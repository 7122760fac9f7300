"""The staff pages of decisions, lines, notices and feed runs: to read, not to change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.actions.ingest import ingest
from appeals.admin.work import attention_counts
from appeals.models import (
    Appeal,
    CreditLine,
    FeedRun,
    LineDecision,
    Notice,
    NoticeHold,
    RejectedLine,
    ReviewerProfile,
)
from appeals.notice_text import canonical_text, sha256_of
from appeals.states import AppealState
from notifications.models import Notification
from tests.appeals.builders import create_appeal, create_decision, create_queue, create_reviewer
from tests.appeals.feeds import OWN_SCORE, as_bytes, feed_line

pytestmark = pytest.mark.django_db

MODELS = (CreditLine, FeedRun, LineDecision, Notice, NoticeHold, RejectedLine)


def take(*lines):
    return ingest([as_bytes(one) for one in lines], source="morning feed")


def some_of_everything():
    take(feed_line(), feed_line(reasons=[OWN_SCORE]), {"decision_id": "RE-bad"})


@pytest.fixture
def supervisor(browse):
    return browse(create_reviewer("Sam Okoro", is_supervisor=True))


@pytest.fixture
def reviewer(browse):
    return browse(create_reviewer())


def url(model, page, *arguments):
    return reverse(f"admin:appeals_{model._meta.model_name}_{page}", args=arguments)


@pytest.mark.parametrize("model", MODELS)
def test_a_supervisor_reads_the_list_and_each_row_and_changes_neither(supervisor, model):
    some_of_everything()
    row = model.objects.first()

    assert supervisor.get(url(model, "changelist")).status_code == 200
    page = supervisor.get(url(model, "change", row.pk))
    assert page.status_code == 200
    assert b'name="_save"' not in page.content
    assert supervisor.post(url(model, "change", row.pk), {}).status_code == 403
    assert supervisor.get(url(model, "add")).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_reviewer_does_not_browse_what_is_not_in_their_queues(reviewer, model):
    some_of_everything()

    assert reviewer.get(url(model, "changelist")).status_code == 403
    assert reviewer.get(url(model, "change", model.objects.first().pk)).status_code == 403


@pytest.mark.parametrize("model", MODELS)
def test_a_list_takes_the_same_queries_however_long_it_is(
    supervisor, model, django_assert_num_queries
):
    some_of_everything()
    supervisor.get(url(model, "changelist"))
    with CaptureQueriesContext(connection) as few:
        supervisor.get(url(model, "changelist"))
    for _ in range(5):
        some_of_everything()

    with django_assert_num_queries(len(few)):
        supervisor.get(url(model, "changelist"))


def test_a_decision_shows_its_reasons_with_their_facts_and_its_notice(supervisor):
    take(feed_line())
    decision = LineDecision.objects.get()

    page = supervisor.get(url(LineDecision, "change", decision.pk)).content.decode()

    for text in ("ACC-LATE-PAST", "Late payments to us in the past", "count: 3", "util_pct: 93"):
        assert text in page
    assert url(Notice, "change", decision.notice.pk) in page


def test_a_notice_shows_what_the_customer_reads_and_that_it_is_unchanged(supervisor):
    take(feed_line())
    notice = Notice.objects.get()

    page = supervisor.get(url(Notice, "change", notice.pk)).content.decode()

    assert notice.content["en"]["headline"] in page
    assert notice.content["zh-hans"]["headline"] in page
    assert notice.sha256 in page


def test_a_rejected_line_shows_why_and_can_be_removed_once_mended(supervisor):
    take({"decision_id": "<b>RE-bad</b>"})
    line = RejectedLine.objects.get()

    page = supervisor.get(url(RejectedLine, "change", line.pk)).content.decode()
    assert "customer is missing" in page
    assert "<b>RE-bad" not in page

    supervisor.post(url(RejectedLine, "delete", line.pk), {"post": "yes"})
    assert not RejectedLine.objects.exists()
    assert FeedRun.objects.get().rejected == 1


def test_a_run_leads_to_its_own_lines(supervisor):
    take({"decision_id": "RE-other"})
    run = take({"decision_id": "RE-bad"}, feed_line())
    link = f"{url(RejectedLine, 'changelist')}?run__id__exact={run.pk}"

    assert link in supervisor.get(url(FeedRun, "change", run.pk)).content.decode()
    page = supervisor.get(link).content.decode()
    assert "RE-bad" in page
    assert "RE-other" not in page


def test_a_held_notice_is_written_again_when_its_cause_is_gone(supervisor, monkeypatch):
    take(feed_line(reasons=[OWN_SCORE]))
    hold = NoticeHold.objects.get()
    again = {"action": "try_again", "_selected_action": [hold.pk]}

    page = supervisor.post(url(NoticeHold, "changelist"), again, follow=True)
    assert "still may not go out" in page.content.decode()
    assert NoticeHold.objects.exists()

    # The catalogue comes to allow it: frozen records are changed for this test only.
    monkeypatch.setitem(hold.decision.reasons.get().reason.__dict__, "show_alone", True)
    page = supervisor.post(url(NoticeHold, "changelist"), again, follow=True)

    assert "1 notice was sent." in page.content.decode()
    assert not NoticeHold.objects.exists()
    notice = Notice.objects.get()
    assert notice.decision == hold.decision
    assert notice.content["en"]["reasons"][0]["code"] == "MOD-BEHAVIOUR-SCORE"
    assert notice.sha256 == sha256_of(canonical_text(notice.content))
    assert Notification.objects.get().dedupe_key == f"decision:{hold.decision.reference}"


# --- What is for cleared people only ------------------------------------------------------------


@pytest.fixture
def guarded(db):
    """A decision by a reason that may not be explained, with its notice, and an ordinary one."""
    return create_decision(reasons=(("LEG-RESTRICTED", {}),)), create_decision()


def shown(client, decision):
    """On which pages of the staff the decision stands."""
    pages = {
        "decisions": url(LineDecision, "changelist"),
        "found": f"{url(LineDecision, 'changelist')}?q={decision.reference}",
        "decision": url(LineDecision, "change", decision.pk),
        "notices": url(Notice, "changelist"),
        "line": url(CreditLine, "change", decision.line_id),
    }
    answers = {name: client.get(page) for name, page in pages.items()}
    link = url(LineDecision, "change", decision.pk)
    says = {
        name: answer.status_code == 200
        and (decision.reference in answer.content.decode().replace("q=" + decision.reference, ""))
        for name, answer in answers.items()
    }
    says["found"] = link in answers["found"].content.decode()
    return {name for name, is_there in says.items() if is_there}


EVERYWHERE = {"decisions", "found", "decision", "notices", "line"}


def test_decisions_for_cleared_members_only_are_there_for_them_only(browse, guarded):
    fraud, ordinary = guarded
    boss = create_reviewer("Sam Okoro", is_supervisor=True)
    client = browse(boss)

    assert shown(client, ordinary) == EVERYWHERE
    assert shown(client, fraud) == set()
    assert client.get(url(Notice, "change", fraud.notice.pk)).status_code == 302
    assert client.get(url(Notice, "change", ordinary.notice.pk)).status_code == 200

    ReviewerProfile.objects.create(person=boss, is_cleared=True)
    assert shown(client, fraud) == EVERYWHERE


def test_a_case_that_became_restricted_takes_its_decision_with_it(browse, guarded):
    _fraud, ordinary = guarded
    client = browse(create_reviewer("Sam Okoro", is_supervisor=True))
    queue = create_queue("credit_review")
    appeal = create_appeal(ordinary, state=AppealState.SUBMITTED, queue=queue)
    assert shown(client, ordinary) == EVERYWHERE

    Appeal.objects.filter(pk=appeal.pk).update(is_restricted=True)
    assert shown(client, ordinary) == set()


def test_a_notice_held_back_for_cleared_people_is_in_no_count_of_others(browse, guarded):
    fraud, ordinary = guarded
    for decision in (fraud, ordinary):
        NoticeHold.objects.create(decision=decision, code="CRA", held_at=timezone.now())
    boss = create_reviewer("Sam Okoro", is_supervisor=True)
    listed = url(NoticeHold, "changelist")

    assert attention_counts(boss).held_notices == 1
    text = browse(boss).get(listed).content.decode()
    assert ordinary.reference in text
    assert fraud.reference not in text

    ReviewerProfile.objects.create(person=boss, is_cleared=True)
    assert attention_counts(boss).held_notices == 2
    assert fraud.reference in browse(boss).get(listed).content.decode()
