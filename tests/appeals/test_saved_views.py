"""Lists kept under a name: one's own, and those a supervisor shows to everybody."""

import pytest

from appeals.actions.saved_views import MOST_VIEWS
from appeals.models import SavedView
from appeals.states import AppealState
from tests.appeals.builders import (
    create_appeal,
    create_customer,
    create_decision,
    create_queue,
    create_reviewer,
)
from tests.appeals.desks import LIST, desk, queue, rosa, sam, sofia

__all__ = ["desk", "queue", "rosa", "sam", "sofia"]

VIEWS = "/admin/views/"


def save(client, name="Mine", place="promise=late&language=en", **fields):
    return client.post(VIEWS, {"do": "save", "name": name, "from": place, **fields}, follow=True)


def offered(client):
    return {tab.title: tab for tab in client.get(LIST).context["views"]}


def test_the_present_filters_are_saved_under_a_name(desk, rosa, queue):
    page = save(desk, "Late  in English", f"queue={queue.pk}&promise=late&language=en")

    view = SavedView.objects.get()
    assert (view.owner, view.name, view.is_shared) == (rosa, "Late in English", False)
    assert view.query == f"queue={queue.pk}&promise=late&language=en"
    # One lands in the view that was saved, and its tab says so.
    assert page.redirect_chain[-1][0] == f"{LIST}?{view.query}"
    assert offered(desk)["Late in English"].query == view.query
    assert [tab.is_here for tab in page.context["views"]] == [True]


def test_only_known_filters_are_kept_and_nothing_that_was_searched_for(desk):
    save(desk, place="promise=late&q=C-alice-1&page=after-1-1&customer=7&state__in=draft&care=1")

    assert SavedView.objects.get().query == "promise=late&care=1"


def test_a_view_is_ones_own(desk, browse, sam, rosa):
    save(desk, "Mine")
    view = SavedView.objects.get()
    strange = browse(sam)

    assert offered(strange) == {}
    assert "Mine" not in strange.get(VIEWS).content.decode()
    for do in ("save", "delete"):
        assert strange.post(f"{VIEWS}{view.pk}/", {"do": do, "name": "Taken"}).status_code == 404
    assert SavedView.objects.get().name == "Mine"


def test_a_view_gets_another_name_and_is_deleted(desk):
    save(desk, "Mine")
    view = SavedView.objects.get()

    desk.post(f"{VIEWS}{view.pk}/", {"do": "save", "name": "My late ones"})
    assert set(offered(desk)) == {"My late ones"}

    desk.post(f"{VIEWS}{view.pk}/", {"do": "delete"})
    assert not SavedView.objects.exists()


def test_supervisors_share_and_everybody_sees(desk, browse, sofia, rosa):
    save(browse(sofia), "For all", is_shared="1")

    assert set(offered(desk)) == {"For all"}
    view = SavedView.objects.get()
    # Whom it is shown to does not make it theirs.
    assert desk.post(f"{VIEWS}{view.pk}/", {"do": "delete"}).status_code == 404

    browse(sofia).post(f"{VIEWS}{view.pk}/", {"do": "save", "name": "For all"})
    assert offered(desk) == {}


def test_a_reviewer_cannot_share(desk, browse, sam):
    page = save(desk, "Mine", is_shared="1")

    assert "Only a supervisor can show a view to everybody." in page.content.decode()
    assert not SavedView.objects.exists()
    save(desk, "Mine")
    view = SavedView.objects.get()
    desk.post(f"{VIEWS}{view.pk}/", {"do": "save", "name": "Mine", "is_shared": "1"})
    assert offered(browse(sam)) == {}


def test_another_supervisor_takes_a_shared_view_away(browse, sofia, db):
    from_before = SavedView.objects.create(
        owner=sofia, name="Old", query="promise=late", is_shared=True
    )
    sofia.is_active = False
    sofia.save()
    client = browse(create_reviewer("Sven Holm", is_supervisor=True))

    client.post(f"{VIEWS}{from_before.pk}/", {"do": "delete"})

    assert not SavedView.objects.exists()


def test_a_shared_view_shows_no_more_than_one_may_see(desk, browse, sofia, queue):
    other = create_queue("income_verification")
    mine, hidden = (
        create_appeal(create_decision(with_notice=False), state=AppealState.SUBMITTED, queue=one)
        for one in (queue, other)
    )
    save(browse(sofia), "All waiting", "state=submitted", is_shared="1")
    view = SavedView.objects.get()

    def listed(client):
        return set(client.get(f"{LIST}?{view.query}").context["page"].appeals)

    assert listed(browse(sofia)) == {mine, hidden}
    assert listed(desk) == {mine}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the view a name."),
        ("   ", "Give the view a name."),
        ("x" * 61, "A name has at most 60 characters."),
        ("Mine", "There is a view of this name already."),
    ],
)
def test_a_name_that_will_not_do_is_refused_in_words(desk, name, words):
    save(desk, "Mine")

    page = save(desk, name, "state=all")

    assert words in page.content.decode()
    assert SavedView.objects.get().query == "promise=late&language=en"
    # The list that was to be saved is still there.
    assert page.redirect_chain[-1][0] == f"{LIST}?state=all"


def test_two_people_may_use_one_name(desk, browse, sam):
    save(desk, "Mine")
    save(browse(sam), "Mine")

    assert SavedView.objects.count() == 2


def test_there_is_an_end_to_views(desk, rosa):
    SavedView.objects.bulk_create(
        SavedView(owner=rosa, name=f"View {n}", query="") for n in range(MOST_VIEWS)
    )

    page = save(desk, "One more")

    assert "Delete one first." in page.content.decode()
    assert SavedView.objects.count() == MOST_VIEWS


def test_a_name_is_text_and_no_markup(desk):
    save(desk, "<b>bold</b>")

    for address in (LIST, VIEWS):
        page = desk.get(address).content.decode()
        assert "<b>bold</b>" not in page
        assert "&lt;b&gt;bold&lt;/b&gt;" in page


def test_views_are_for_people_at_the_desk(client, browse, db):
    clerk = create_customer("Carl Boone", is_staff=True)

    assert browse(clerk).get(VIEWS).status_code == 403
    assert client.get(VIEWS).status_code in {302, 403, 404}
    assert client.post(VIEWS, {"name": "x"}).status_code in {302, 403, 404}
