"""The pages of incidents: from a scope to everybody put right, by two people."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.actions.incidents import close_incident, open_incident
from appeals.actions.remedies import stop_remedy
from appeals.incident_periodic import look_after_incidents, put_right
from appeals.models import AffectedDecision, Incident, Remedy, RuleAlarm
from tests.appeals.builders import RESTRICTED, create_reviewer
from tests.appeals.incident_world import (
    RULE,
    approved,
    hit,
    later,
    opened,
    run,
    scope,
    sofia,
    tomas,
)

__all__ = ["sofia", "tomas"]
LIST = "/admin/incidents/"
NEW = "/admin/incidents/new/"


def typed(**fields):
    since = timezone.now() - timedelta(days=30)
    return {
        "rule_id": RULE["rule_id"],
        "rule_version": RULE["rule_version"],
        "since": since.strftime("%Y-%m-%dT%H:%M"),
        "title": "Scores fell for no reason",
        **fields,
    }


def at(incident, action=""):
    return f"{LIST}{incident.reference}/{action}"


def press(browser, incident, do, **fields):
    return browser.post(at(incident, "act/"), {"do": do, **fields}, follow=True)


def counts_on(page):
    return page.text.split('data-counts="')[1].split('"')[0]


def test_from_a_scope_to_everybody_put_right(browse, sofia, tomas):
    hit()
    hit()
    first, second = browse(sofia), browse(tomas)
    looked = first.post(NEW, typed(do="look"))
    assert 'data-count="2"' in looked.text
    assert not Incident.objects.exists()
    assert first.get(NEW, typed()).text.count("LD-") == looked.text.count("LD-") > 0

    page = first.post(NEW, typed(do="open"), follow=True)
    assert "Scores fell for no reason" in page.text
    incident = Incident.objects.get()
    again = first.post(NEW, typed(do="open"))
    assert "open already" in again.text

    page = press(first, incident, "propose", because="Upside down.", canary_share="100")
    assert "A second person has to approve it." in page.text
    assert 'value="approve"' not in page.text
    press(first, incident, "approve")
    assert Remedy.objects.get().state == "proposed"
    page = press(second, incident, "approve")
    assert counts_on(page) == "2 0 0 0"
    put_right(Remedy.objects.get().pk)
    page = second.get(at(incident))
    assert counts_on(page) == "2 2 0 0"
    assert "0 of 2" in page.text  # neither fees nor bureaus were asked for

    assert "The count is public" in press(first, incident, "publish").text
    press(first, incident, "close", because="Done.")
    assert "Closed by Sofia Lind" in second.get(at(incident)).text


def test_what_is_for_a_person_is_seen_to_once(browse, sofia, tomas):
    fault = hit()
    later(fault, action="close", new_limit=0)
    incident = run(approved(sofia, tomas)).incident
    row = AffectedDecision.objects.get()
    desk = browse(sofia)
    assert "The line was closed by a later decision" in desk.get(at(incident)).text
    assert "Say what you did" in press(desk, incident, "see_to", key=row.pk, note=" ").text
    press(desk, incident, "try_again", key=row.pk)
    run(Remedy.objects.get())
    assert incident.affected.get().state == "cannot"
    press(desk, incident, "see_to", key=row.pk, note="Rang them and wrote.")
    assert "A colleague was faster" in press(desk, incident, "try_again", key=row.pk).text
    row.refresh_from_db()
    assert (row.handled_by, row.handled_note) == (sofia, "Rang them and wrote.")


def test_halting_and_the_words_it_asks_for(browse, sofia, tomas):
    for _ in range(4):
        hit()
    incident = approved(sofia, tomas, canary_share=50).incident
    desk = browse(tomas)
    press(desk, incident, "pause")
    assert 'data-remedy="paused"' in desk.get(at(incident)).text
    press(desk, incident, "resume")
    assert "Say why" in press(desk, incident, "stop", because="").text
    press(desk, incident, "stop", because="A slip of the pen.")
    page = desk.get(at(incident))
    assert "Tomas Berg: A slip of the pen." in page.text
    assert "Propose to a second person" in page.text
    assert "not known" in press(desk, incident, "dance").text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"since": ""}, "This field is required"),
        ({"until": "2020-01-01T00:00"}, "The end is before the beginning."),
        ({"rule_version": "0.0.0"}, "We hold no decision in this scope."),
        ({"title": ""}, "Give it a title"),
    ],
)
def test_half_a_scope_is_refused_with_what_to_do(browse, sofia, wrong, says):
    hit()
    page = browse(sofia).post(NEW, typed(do="open", **wrong))
    assert says in page.text
    assert not Incident.objects.exists()


def test_nobody_else_gets_in_and_a_wrong_reference_is_not_there(browse, sofia, tomas, alice):
    hit()
    incident = opened(sofia)
    rosa = create_reviewer("Rosa Vega")
    for address in (LIST, NEW, at(incident)):
        assert browse(rosa).get(address).status_code == 403
        assert browse(alice).get(address).status_code in (302, 403)
    assert browse(rosa).post(at(incident, "act/"), {"do": "close"}).status_code == 403
    assert browse(sofia).get(f"{LIST}IN-NOT-THERE/").status_code == 404
    assert browse(sofia).get(at(incident, "act/")).status_code == 405


def test_what_is_guarded_is_counted_but_not_listed(browse, sofia):
    hit()
    guarded = hit(reasons=[RESTRICTED])
    page = browse(sofia).post(NEW, typed(do="look"))
    assert 'data-count="2"' in page.text
    assert guarded.reference not in page.text


def test_the_frozen_scope_says_what_became_of_each(browse, sofia, tomas, monkeypatch):
    monkeypatch.setattr("appeals.admin.incident_affected.PAGE", 2)
    restored, closed, third = hit(), hit(), hit()
    later(closed, action="close", new_limit=0)
    guarded = hit(reasons=[RESTRICTED])
    incident = run(approved(sofia, tomas)).incident
    desk = browse(sofia)

    page = desk.get(at(incident)).text
    row = incident.affected.get(decision=restored)
    assert restored.reference in page
    assert row.line_decision.reference in page
    assert third.reference not in page

    more = desk.get(at(incident), {"after": incident.affected.get(decision=closed).pk}).text
    assert third.reference in more
    assert restored.reference not in more
    assert guarded.reference not in page + more

    for_a_person = desk.get(at(incident), {"became": "cannot"}).text
    assert closed.reference in for_a_person
    assert "The line was closed by a later decision" in for_a_person
    assert restored.reference not in for_a_person
    # Typed by hand, it is the first page of all.
    assert restored.reference in desk.get(at(incident), {"became": "x", "after": "-1"}).text


def alarm_with(signals, version):
    """An alarm as a look keeps it, with so many signals."""
    now = timezone.now()
    told = {"kind": "stuck", "region": "", "rarity": 1e-6, "since": 490_000, "found": 490_001}
    return RuleAlarm.objects.create(
        reference=f"RA-{version}",
        rule_id=RULE["rule_id"],
        rule_version=version,
        rule_module=RULE["rule_module"],
        episode=1,
        number=signals,
        signals=[
            {**told, "observed": 1.0, "usual": 0.1, "bins": None, "fact": f"X.fact_{one}", "box": 1}
            for one in range(signals)
        ],
        **dict.fromkeys(("since", "found_at", "last_at", "raised_at"), now),
    )


def incident_of(sofia, tomas, *, decisions, signals, stopped, version):
    """Opened from an alarm, some remedies stopped before they began, and the last one done."""
    for _one in range(decisions):
        later(hit(rule_version=version), action="close", new_limit=0)
    incident = open_incident(
        scope=scope(rule_version=version),
        title="Scores fell for no reason",
        by=sofia,
        alarm=alarm_with(signals, version),
    )
    for _one in range(stopped):
        remedy = approved(sofia, tomas, incident)
        stop_remedy(remedy=remedy, by=sofia, because="Not like this.")
    run(approved(sofia, tomas, incident))
    return incident


def test_the_pages_ask_as_much_of_many_as_of_one(browse, sofia, tomas):
    """Decisions, signals, remedies and incidents: however many there are."""
    desk = browse(sofia)
    desk.get(LIST)

    def asked(ask):
        with CaptureQueriesContext(connection) as found:
            assert ask().status_code == 200
        return len(found)

    def pages(incident):
        return {
            "list": asked(lambda: desk.get(LIST)),
            "scope": asked(
                lambda: desk.post(NEW, typed(do="look", rule_version=incident.rule_version))
            ),
            "incident": asked(lambda: desk.get(at(incident))),
            "alarm": asked(lambda: desk.get(f"/admin/alarms/{incident.alarm.reference}/")),
        }

    fields = {"decisions": 1, "signals": 1, "stopped": 1, "version": "9.1.0"}
    few = incident_of(sofia, tomas, **fields)
    assert pages(few) == QUERIES
    fields = {"decisions": 7, "signals": 12, "stopped": 5, "version": "9.2.0"}
    many = incident_of(sofia, tomas, **fields)
    for version in ("9.3.0", "9.4.0"):
        hit(rule_version=version)
        opened(sofia, rule_version=version)
    assert pages(many) == QUERIES
    assert many.remedies.count() == 6
    # Why each was stopped is there to read.
    assert desk.get(at(many)).text.count("Not like this.") == 5


# Sessions, roles and the frame of the page among them.
QUERIES = {"list": 17, "scope": 18, "incident": 25, "alarm": 20}


def test_the_published_count_is_for_everybody_and_hides_the_few(client, browse, sofia, tomas):
    hit()
    remedy = run(approved(sofia, tomas))
    page = reverse("appeals:faults")
    assert "There is none" in client.get(page).text
    press(browse(sofia), remedy.incident, "publish")
    assert "A few credit lines" in client.get(page).text
    for _ in range(9):
        hit()
    look_after_incidents()
    run(remedy)
    assert "10 credit lines were touched. 10 are as they would be" in client.get(page).text
    close_incident(incident=remedy.incident, by=sofia, because="Done.")
    assert "Scores fell" not in client.get(page).text
