"""The pages of incidents: from a scope to everybody put right, by two people."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.actions.incidents import close_incident
from appeals.incident_periodic import look_after_incidents, put_right
from appeals.models import AffectedDecision, Incident, Remedy
from tests.appeals.builders import RESTRICTED, create_reviewer
from tests.appeals.incident_world import RULE, approved, hit, later, opened, run, sofia, tomas

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


def test_the_pages_ask_as_much_of_many_as_of_one(browse, sofia, tomas):
    hit()
    remedy = run(approved(sofia, tomas))
    desk = browse(sofia)
    desk.get(LIST)

    def asked(address):
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert desk.get(address).status_code == 200
        return len(found)

    few = {address: asked(address) for address in (LIST, at(remedy.incident))}
    for _ in range(6):
        later(hit(), action="close", new_limit=0)
    look_after_incidents()
    run(remedy)
    assert {address: asked(address) for address in few} == few


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
