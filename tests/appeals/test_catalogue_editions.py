"""Editions of the catalogue: two people, one after the other, and nothing told before changes."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.utils import OperationalError
from django.utils import timezone

from appeals import kept_settings
from appeals.actions.catalogue import (
    go_back,
    keep_entry,
    publish,
    send_back,
    take_up,
    withdraw,
)
from appeals.actions.ingest import ingest
from appeals.actions.notices import make_notice
from appeals.catalogue import CATALOGUE
from appeals.catalogue.editions import (
    DOCUMENTS,
    REASONS,
    document_values,
    fingerprint,
    merged,
    reason_values,
)
from appeals.errors import BadInput, NotAllowed, WrongState
from appeals.models import (
    CatalogueChange,
    CatalogueEdition,
    LineDecision,
    Notice,
    RejectedLine,
    SettingsVersion,
)
from appeals.notice_text import compose
from appeals.states import AppealState
from tests.appeals.builders import create_appeal, create_decision, create_queue, create_reviewer
from tests.appeals.editors import NEW_WORDS, ask, create_editor, keep, publish_words
from tests.appeals.feeds import as_bytes, feed_line, reason
from tests.appeals.subjects import given, subject

CODE = "BUR-UTIL-HIGH"
SHIPPED_WORDS = CATALOGUE.shipped.reasons[CODE].explanation["en"]


@pytest.fixture
def edith(db):
    return create_editor("Edith Rowe")


@pytest.fixture
def emil(db):
    return create_editor("Emil Novak")


def explained(content, language="en", rank=0):
    return content[language]["reasons"][rank]["explanation"]


# --- An edition laid over the file (no database) -------------------------------------------------


def edition(number=1, **reasons):
    return merged(CATALOGUE.shipped, {REASONS: {CODE: reasons}, DOCUMENTS: {}}, number)


def test_an_edition_changes_what_it_names_and_nothing_else():
    catalogue = edition(**NEW_WORDS)

    assert catalogue.version == f"{CATALOGUE.shipped.version}+1"
    assert catalogue.reason(CODE).explanation == NEW_WORDS["explanation"]
    assert catalogue.reason(CODE).title == CATALOGUE.shipped.reasons[CODE].title
    others = [code for code in catalogue.reasons if code != CODE]
    assert all(catalogue.reasons[code] is CATALOGUE.shipped.reasons[code] for code in others)
    assert catalogue.left_out == ()


def test_edition_nought_is_the_file():
    assert merged(CATALOGUE.shipped, {}, 0) is CATALOGUE.shipped


def test_a_kind_of_paper_is_renamed_wherever_a_reason_names_it():
    label = {"en": "Pay slips", "zh-hans": "工资条"}
    catalogue = merged(CATALOGUE.shipped, {DOCUMENTS: {"payslip": {"label": label}}}, 3)

    naming = [one for one in catalogue.reasons.values() if "payslip" in one.evidence]
    assert naming
    assert all(
        label in [kind.label for kind in one.papers if kind.key == "payslip"] for one in naming
    )


def test_a_retired_kind_is_named_no_more_and_still_known():
    catalogue = merged(CATALOGUE.shipped, {DOCUMENTS: {"payslip": {"is_active": False}}}, 3)

    listing = [one for one in catalogue.reasons.values() if "payslip" in one.evidence]
    assert listing
    assert all(kind.key != "payslip" for one in listing for kind in one.papers)
    assert catalogue.document("payslip").label["en"] == "Recent payslips"


@pytest.mark.parametrize(
    ("content", "left_out"),
    [
        ({REASONS: {"GONE-CODE": {"title": {"en": "A", "zh-hans": "B"}}}}, "reasons GONE-CODE "),
        (
            {REASONS: {CODE: {"explanation": {"en": "You use {share}%.", "zh-hans": "{share}%"}}}},
            f"reasons {CODE} explanation",
        ),
        ({REASONS: {CODE: {"disclosure": "restricted"}}}, f"reasons {CODE} disclosure"),
        ({REASONS: {CODE: {"queue": "no_such"}}}, f"reasons {CODE} queue"),
        ({REASONS: {CODE: {"evidence": ["no_such"]}}}, f"reasons {CODE} evidence"),
        ({DOCUMENTS: {"payslip": {"max_age_days": -1}}}, "documents payslip max_age_days"),
        ({DOCUMENTS: {"rent": {"label": {"en": "Rent", "zh-hans": ""}}}}, "documents rent label"),
    ],
)
def test_what_a_newer_file_cannot_take_is_left_out_and_the_files_text_stands(content, left_out):
    catalogue = merged(CATALOGUE.shipped, content, 9)

    assert catalogue.left_out == (left_out,)
    assert catalogue.reasons.keys() == CATALOGUE.shipped.reasons.keys()
    assert reason_values(catalogue.reason(CODE)) == reason_values(CATALOGUE.shipped.reasons[CODE])
    assert document_values(catalogue.document("payslip")) == document_values(
        CATALOGUE.shipped.documents["payslip"]
    )
    assert "rent" not in catalogue.documents


def test_texts_that_fit_only_together_go_out_together():
    """Half of it would tell the customer less than the engine sent."""
    catalogue = edition(
        explanation={"en": "You use {util_pct}%.", "zh-hans": "您已使用{util_pct}%。"},
        what_you_can_do={"en": "Our rule is {limit_pct}", "zh-hans": "规则是{limit_pct}%"},
    )

    assert explained(compose(subject(reasons=(given(CODE),)), catalogue)) == explained(
        compose(subject(reasons=(given(CODE),)))
    )


def test_a_notice_is_written_from_one_edition_even_when_the_next_comes_in_between():
    old, new = CATALOGUE.shipped, edition(**NEW_WORDS)
    written = subject(reasons=(given(CODE),))

    first, second = compose(written, old), compose(written, new)
    CATALOGUE.hold(new)

    assert "Our line is" in explained(second)
    assert "Our rule starts at" in explained(first)
    assert compose(written, old) == first
    assert compose(written) == second


# --- From a draft to an edition ------------------------------------------------------------------


def test_a_new_text_is_in_the_next_notice_and_not_in_the_old_one(
    edith, emil, django_capture_on_commit_callbacks
):
    old = create_decision(with_notice=False)
    make_notice(decision=old)
    before = Notice.objects.get(decision=old)

    with django_capture_on_commit_callbacks(execute=True):
        made = publish_words(edith, emil)
    new = create_decision(with_notice=False)
    make_notice(decision=new)
    after = Notice.objects.get(decision=new)

    assert (made.number, made.made_by, made.published_by) == (1, edith, emil)
    assert before.catalogue_version == CATALOGUE.shipped.version
    assert after.catalogue_version == f"{CATALOGUE.shipped.version}+1"
    assert "Our line is 80%" in explained(after.content, rank=1)
    assert "我们的标准为80%" in explained(after.content, "zh-hans", rank=1)
    kept = Notice.objects.get(pk=before.pk)
    assert (kept.content, kept.sha256) == (before.content, before.sha256)
    assert "Our rule starts at 80%" in explained(kept.content, rank=1)


def test_the_feed_is_taken_in_with_the_new_texts(edith, emil, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(edith, emil)

    run = ingest([as_bytes(feed_line(reasons=[reason(CODE)]))], source="test")

    assert (run.created, run.rejected) == (1, 0)
    assert "Our line is" in explained(Notice.objects.get().content)


def test_a_retired_reason_is_refused_in_words_and_old_decisions_keep_it(
    edith, emil, django_capture_on_commit_callbacks
):
    appeal = create_appeal(create_decision(), state=AppealState.SUBMITTED)
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(edith, emil, is_active=False)

    run = ingest([as_bytes(feed_line(reasons=[reason(CODE)]))], source="test")

    assert (run.created, run.rejected) == (0, 1)
    assert "this reason is retired" in RejectedLine.objects.get().error
    codes = [row.reason.code for row in appeal.decision.reasons.all()]
    assert CODE in codes
    assert LineDecision.objects.count() == 1


def test_one_draft_holds_all_an_editor_changes(edith):
    keep(edith, CODE, **NEW_WORDS)
    keep(edith, "BUR-NEW-ACCOUNTS", title={"en": "Many new accounts", "zh-hans": "新开账户多"})
    keep(edith, "payslip", DOCUMENTS, max_age_days=60)

    draft = CatalogueChange.objects.get()
    assert draft.changes[REASONS][CODE]["explanation"] == [
        dict(CATALOGUE.shipped.reasons[CODE].explanation),
        NEW_WORDS["explanation"],
    ]
    assert draft.changes[DOCUMENTS] == {"payslip": {"max_age_days": [90, 60]}}


def test_a_text_put_back_leaves_the_draft(edith):
    keep(edith, CODE, **NEW_WORDS)
    keep(edith, CODE, explanation=dict(CATALOGUE.shipped.reasons[CODE].explanation))

    assert CatalogueChange.objects.get().changes == {REASONS: {}}


def test_saving_what_is_in_force_makes_no_draft(edith):
    with pytest.raises(BadInput, match="Nothing is different"):
        keep(edith, CODE)

    assert not CatalogueChange.objects.exists()


def test_the_second_of_two_tabs_is_refused(edith):
    values = reason_values(CATALOGUE.shipped.reasons[CODE])
    seen = fingerprint(values)
    keep_entry(by=edith, kind=REASONS, key=CODE, values={**values, **NEW_WORDS}, seen=seen)

    with pytest.raises(WrongState, match="has changed since you opened"):
        keep_entry(by=edith, kind=REASONS, key=CODE, values=values, seen=seen)

    assert CatalogueChange.objects.get().changes[REASONS][CODE]


def test_nobody_publishes_their_own_words(edith):
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))
    for act in (
        lambda: publish(change=change, by=edith, seen=fingerprint(change.changes)),
        lambda: send_back(change=change, by=edith, because="No."),
    ):
        with pytest.raises(NotAllowed, match="A second person"):
            act()

    assert not CatalogueEdition.objects.exists()


def test_the_database_wants_two_people_too(edith):
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))
    for write in (
        lambda: CatalogueChange.objects.update(state="published", decided_by=edith),
        lambda: CatalogueChange.objects.update(state="published", decided_by=None),
        lambda: CatalogueEdition.objects.create(
            number=1,
            change=change,
            content={},
            base_version="1",
            made_by=edith,
            published_by=edith,
            published_at=timezone.now(),
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_an_edition_and_a_settled_change_never_change(edith, emil):
    made = publish_words(edith, emil)
    withdrawn = keep(edith, "BUR-NEW-ACCOUNTS", is_active=False)
    withdraw(change=withdrawn, by=edith)

    for write in (
        lambda: CatalogueEdition.objects.update(content={}),
        made.delete,
        lambda: CatalogueChange.objects.filter(pk=made.change_id).update(note="Other words."),
        lambda: CatalogueChange.objects.filter(pk=withdrawn.pk).update(state="waiting"),
        withdrawn.delete,
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            write()


def test_a_supervisor_may_publish_and_may_not_write(edith):
    sofia = create_reviewer("Sofia Lind", is_supervisor=True)
    with pytest.raises(NotAllowed, match="Only editors"):
        keep(sofia, CODE, **NEW_WORDS)

    assert publish_words(edith, sofia).published_by == sofia


def test_a_reviewer_may_neither_write_nor_publish(edith):
    rosa = create_reviewer("Rosa Vega", queue=create_queue())
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))

    with pytest.raises(NotAllowed):
        keep(rosa, CODE, is_active=False)
    for act in (
        lambda: publish(change=change, by=rosa, seen=fingerprint(change.changes)),
        lambda: send_back(change=change, by=rosa, because="No."),
        lambda: withdraw(change=change, by=rosa),
        lambda: take_up(change=change, by=rosa),
    ):
        with pytest.raises(NotAllowed):
            act()
    change.refresh_from_db()
    assert change.state == "waiting"


def test_what_was_sent_back_is_taken_up_mended_and_published(edith, emil):
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))
    send_back(change=change, by=emil, because="Say “rule”, not “line”.")
    take_up(change=change, by=edith)
    better = {
        "en": "You use {util_pct}% of all your limits. Our rule is {limit_pct}%.",
        "zh-hans": NEW_WORDS["explanation"]["zh-hans"],
    }

    again = ask(edith, keep(edith, CODE, explanation=better))

    assert again.pk == change.pk
    assert again.answer == "Say “rule”, not “line”."
    made = publish(change=again, by=emil, seen=fingerprint(again.changes))
    assert made.content[REASONS][CODE] == {"explanation": better}


def test_what_waits_is_not_changed_under_the_reader(edith, emil):
    """The editor takes it up, changes it and asks again, while the second person reads."""
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))
    seen = fingerprint(change.changes)
    take_up(change=change, by=edith)
    keep(edith, "BUR-NEW-ACCOUNTS", is_active=False)
    ask(edith, change)

    with pytest.raises(WrongState, match="not as you saw it"):
        publish(change=change, by=emil, seen=seen)

    assert not CatalogueEdition.objects.exists()


def test_a_second_draft_must_end_before_the_first_is_taken_up(edith):
    first = ask(edith, keep(edith, CODE, **NEW_WORDS))
    second = keep(edith, "BUR-NEW-ACCOUNTS", is_active=False)

    with pytest.raises(WrongState, match="Finish or withdraw"):
        take_up(change=first, by=edith)
    withdraw(change=second, by=edith)
    take_up(change=first, by=edith)

    first.refresh_from_db()
    assert first.state == "draft"


def test_a_change_about_a_text_that_moved_on_is_refused(
    edith, emil, django_capture_on_commit_callbacks
):
    late = ask(edith, keep(edith, CODE, **NEW_WORDS))
    other = {"en": "You use {util_pct}% of {limit_pct}%.", "zh-hans": "{util_pct}%，{limit_pct}%。"}
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(emil, edith, explanation=other)

    with pytest.raises(WrongState, match=f"{CODE} has changed since this was written"):
        publish(change=late, by=emil, seen=fingerprint(late.changes))

    assert CatalogueEdition.objects.count() == 1


def test_changes_of_different_texts_both_come_into_force(
    edith, emil, django_capture_on_commit_callbacks
):
    hers = ask(edith, keep(edith, CODE, **NEW_WORDS))
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(emil, edith, "BUR-NEW-ACCOUNTS", review_by="two")
        publish(change=hers, by=emil, seen=fingerprint(hers.changes))

    assert CATALOGUE.current.edition == 2
    assert CATALOGUE.reason("BUR-NEW-ACCOUNTS").review_by == "two"
    assert CATALOGUE.reason(CODE).explanation == NEW_WORDS["explanation"]


def test_going_back_is_an_edition_of_its_own(edith, emil, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publish_words(edith, emil)
    draft = go_back(by=edith, number=0)
    change = ask(edith, draft, "The old words were clearer.")
    with django_capture_on_commit_callbacks(execute=True):
        made = publish(change=change, by=emil, seen=fingerprint(change.changes))

    assert (made.number, made.content) == (2, {REASONS: {}, DOCUMENTS: {}})
    assert CATALOGUE.reason(CODE).explanation["en"] == SHIPPED_WORDS
    assert CATALOGUE.version == f"{CATALOGUE.shipped.version}+2"

    with django_capture_on_commit_callbacks(execute=True):
        again = ask(edith, go_back(by=edith, number=1), "No, the new ones.")
        publish(change=again, by=emil, seen=fingerprint(again.changes))
    assert CATALOGUE.reason(CODE).explanation == NEW_WORDS["explanation"]
    with pytest.raises(BadInput, match="Nothing is different"):
        go_back(by=edith, number=3)


def test_going_back_retires_a_kind_that_was_not_there_then(
    edith, emil, django_capture_on_commit_callbacks
):
    label = {"en": "Rent contract", "zh-hans": "租房合同"}
    change = ask(edith, keep(edith, "rent_contract", DOCUMENTS, label=label))
    with django_capture_on_commit_callbacks(execute=True):
        publish(change=change, by=emil, seen=fingerprint(change.changes))
    assert CATALOGUE.document("rent_contract").sensitive

    back = ask(edith, go_back(by=edith, number=0), "Not needed.")
    with django_capture_on_commit_callbacks(execute=True):
        publish(change=back, by=emil, seen=fingerprint(back.changes))

    assert CATALOGUE.document("rent_contract").label == label
    assert not CATALOGUE.document("rent_contract").is_active


# --- Other processes -----------------------------------------------------------------------------


def test_another_process_sees_it_when_it_looks_again(
    edith, emil, settings, django_assert_num_queries
):
    publish_words(edith, emil)  # Nothing rings on commit here: this is some other process.
    kept_settings.forget()
    settings.KEPT_SETTINGS_SECONDS = 0
    assert CATALOGUE.reason(CODE).explanation["en"] == SHIPPED_WORDS

    with django_assert_num_queries(2):  # The numbers, then the edition.
        kept_settings.look_again()
    assert CATALOGUE.reason(CODE).explanation == NEW_WORDS["explanation"]

    with django_assert_num_queries(1):
        kept_settings.look_again()


def test_between_two_looks_nothing_is_asked(settings, db, django_assert_num_queries):
    settings.KEPT_SETTINGS_SECONDS = 60
    kept_settings.forget()
    kept_settings.look_again()

    with django_assert_num_queries(0):
        for _ in range(100):
            kept_settings.look_again()


def test_a_database_that_is_away_leaves_what_is_held(settings, monkeypatch):
    settings.KEPT_SETTINGS_SECONDS = 0
    CATALOGUE.hold(edition(4, **NEW_WORDS))

    def gone(*_args):
        raise OperationalError

    monkeypatch.setattr(SettingsVersion.objects, "values_list", gone)
    kept_settings.look_again()

    assert CATALOGUE.current.edition == 4


def test_a_page_and_a_task_begin_with_what_is_in_force(edith, emil, settings, client):
    publish_words(edith, emil)
    settings.KEPT_SETTINGS_SECONDS = 0
    kept_settings.forget()

    client.get("/help/")
    assert CATALOGUE.current.edition == 1

    kept_settings.forget()
    kept_settings.before_task(task=type("Task", (), {"name": "notifications.sweep"}))
    assert CATALOGUE.current.edition == 0
    kept_settings.before_task(task=type("Task", (), {"name": "appeals.watch_deadlines"}))
    assert CATALOGUE.current.edition == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_two_editions_one_after_the_other():
    edith, emil = create_editor("Edith Rowe"), create_editor("Emil Novak")
    hers = ask(edith, keep(edith, CODE, **NEW_WORDS))
    his = ask(emil, keep(emil, "BUR-NEW-ACCOUNTS", review_by="two"))
    together = threading.Barrier(2)
    refused: list[Exception] = []

    def publish_it(change, by):
        try:
            together.wait(30)
            publish(change=change, by=by, seen=fingerprint(change.changes))
        except (WrongState, IntegrityError) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=publish_it, args=pair) for pair in ((hers, emil), (his, edith))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not refused
    assert list(CatalogueEdition.objects.values_list("number", flat=True)) == [2, 1]
    last = CatalogueEdition.objects.get(number=2).content[REASONS]
    assert last.keys() == {CODE, "BUR-NEW-ACCOUNTS"}
    assert CATALOGUE.current.edition == 2


@pytest.mark.django_db(transaction=True)
def test_one_change_is_published_once_however_many_press_the_button():
    edith = create_editor("Edith Rowe")
    seconds = [create_editor(f"Emil{n} Novak") for n in range(4)]
    change = ask(edith, keep(edith, CODE, **NEW_WORDS))
    together = threading.Barrier(4)
    answers: list[object] = []

    def publish_it(by):
        try:
            together.wait(30)
            answers.append(publish(change=change, by=by, seen=fingerprint(change.changes)))
        except WrongState as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish_it, args=(person,)) for person in seconds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sum(isinstance(one, CatalogueEdition) for one in answers) == 1
    assert sum(isinstance(one, WrongState) for one in answers) == 3
    assert CatalogueEdition.objects.count() == 1
