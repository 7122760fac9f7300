"""PDFs of notices made behind the scenes: all of them, each once, whatever happens half-way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.actions.ingest import ingest
from appeals.models import DueDocument, Notice, NoticeDocument, PaperFault
from appeals.notice_paper import making, store
from appeals.notice_paper.printing import print_notice
from appeals.paper_tasks import make_papers
from appeals.periodic import print_due_notices
from tests.appeals.builders import create_decision, create_line
from tests.appeals.feeds import as_bytes, feed_line
from tests.appeals.notice_papers import (
    download,
    drawer,
    files_in,
    paper_of,
    print_all,
    stored,
)

__all__ = ["drawer"]
pytestmark = pytest.mark.django_db


def lease_over() -> None:
    DueDocument.objects.update(look_at=timezone.now())


def test_a_feed_owes_its_papers_and_the_clock_has_them_made(drawer):
    ingest([as_bytes(feed_line()) for _ in range(3)], source="t")
    assert DueDocument.objects.count() == 3

    print_due_notices()
    make_papers()

    assert not DueDocument.objects.exists()
    for notice in Notice.objects.all():
        languages = notice.documents.values_list("language", flat=True)
        assert set(languages) == {"en", "zh-hans"}
    assert len(files_in(drawer)) == 6


def test_a_stored_paper_is_what_was_written_down_of_it(drawer):
    decision = create_decision()
    print_all()

    paper = paper_of(decision.notice)

    content = stored(paper)
    assert content.startswith(b"%PDF-")
    assert (len(content), store.stored_hash(paper)) == (paper.size, paper.sha256)
    assert paper.pages >= 1


def test_the_same_versions_print_the_same_bytes_again():
    notice = create_decision().notice
    print_all()

    again = print_notice(Notice.objects.get(pk=notice.pk), "zh-hans")

    paper = paper_of(notice, "zh-hans")
    assert again.sha256 == paper.sha256
    assert again.source_sha256 == paper.source_sha256
    versions = ("template_version", "typst_version", "fonts_version")
    assert [getattr(again, one) for one in versions] == [getattr(paper, one) for one in versions]


def test_a_paper_is_never_changed_or_deleted():
    notice = create_decision().notice
    print_all()

    for change in (
        lambda: NoticeDocument.objects.update(sha256="0" * 64),
        lambda: NoticeDocument.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            change()
    assert notice.documents.count() == 2


def test_what_the_customer_had_made_is_not_made_again(browser, decision, drawer):
    first = download(browser, decision)

    print_all()

    assert download(browser, decision) == first
    assert len(files_in(drawer)) == NoticeDocument.objects.count() == 2


def test_of_two_made_at_once_the_first_stays_and_no_file_is_left_over(
    browser, decision, drawer, monkeypatch
):
    def while_the_customer_asks(notice, language):
        printed = print_notice(notice, language)
        with monkeypatch.context() as calm:
            calm.setattr(making, "print_notice", print_notice)
            download(browser, decision, language)
        return printed

    monkeypatch.setattr(making, "print_notice", while_the_customer_asks)
    print_all()

    assert NoticeDocument.objects.count() == 2
    names = decision.notice.documents.values_list("stored_name", flat=True)
    assert sorted(names) == [str(path.relative_to(drawer)) for path in files_in(drawer)]


def test_a_worker_that_dies_half_way_leaves_its_notice_to_the_next(decision, drawer, monkeypatch):
    def die(notice, language):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(making, "print_notice", die)
        with pytest.raises(KeyboardInterrupt):
            print_all()

    assert print_all() == 0  # Leased: somebody might still be at it.
    lease_over()
    assert print_all() == 1
    assert len(files_in(drawer)) == 2


def test_a_notice_that_kills_every_worker_is_held_and_others_are_made(decision, monkeypatch):
    good = create_decision()
    killer = decision.notice.pk

    def die(notice, language):
        if notice.pk == killer:
            raise KeyboardInterrupt
        return print_notice(notice, language)

    monkeypatch.setattr(making, "print_notice", die)
    for _ in range(making.MAX_TRIES + 1):
        try:
            while making.make_some(1) is not None:
                pass
        except KeyboardInterrupt:
            lease_over()
    while making.make_some(1) is not None:
        pass

    assert good.notice.documents.count() == 2
    due = DueDocument.objects.get()
    assert (due.pk, due.fault, due.detail) == (killer, PaperFault.BROKEN, making.NO_RESULT)


def test_a_storage_that_is_away_is_asked_again_and_no_try_is_counted(decision, monkeypatch):
    def away(pdf, now):
        raise ConnectionError("no answer")

    with monkeypatch.context() as outage:
        outage.setattr(store, "keep", away)
        for _ in range(making.MAX_TRIES + 3):
            assert print_all() == 0
            lease_over()

    due = DueDocument.objects.get()
    assert (due.tries, due.fault) == (0, "")
    assert print_all() == 1


def test_a_notice_that_was_altered_is_not_printed(decision):
    with connection.cursor() as cursor:  # as only somebody inside the database can
        cursor.execute("SET LOCAL session_replication_role = replica")
        content = {**decision.notice.content, "fr": {}}
        Notice.objects.update(content=content)
        cursor.execute("SET LOCAL session_replication_role = origin")

    print_all()

    assert DueDocument.objects.get().fault == PaperFault.ALTERED
    assert not NoticeDocument.objects.exists()


def test_a_part_that_no_template_tells_is_told_all_the_same_or_holds_the_paper(
    decision, monkeypatch
):
    from appeals.notice_paper import sheet  # noqa: PLC0415

    # As if the notice had a part that the paper was never told of.
    monkeypatch.setattr(sheet, "TOLD", sheet.TOLD - {"rights"})
    assert print_all() == 1
    other = create_decision()
    monkeypatch.setattr(sheet, "TOLD", sheet.TOLD - {"bodies"})

    print_all()

    due = DueDocument.objects.get()
    assert (due.pk, due.fault) == (other.notice.pk, PaperFault.BROKEN)
    assert "bodies" in due.detail


def test_words_that_the_paper_lacks_hold_it(decision, monkeypatch):
    from appeals.notice_paper import sheet  # noqa: PLC0415

    monkeypatch.setitem(sheet.PARTS, "rights", lambda _content, _language: None)

    print_all()

    due = DueDocument.objects.get()
    assert due.fault == PaperFault.WORDS
    assert due.detail.startswith(decision.notice.content["en"]["rights"][0][:40])


def test_a_cause_is_told_once_and_a_new_one_again(alice):
    create_decision(alice, line=create_line(alice, product="Credit 𠮷"))
    print_all()
    first = DueDocument.objects.get().held_at
    DueDocument.objects.update(staff_told_at=timezone.now(), look_at=timezone.now())

    print_all()

    due = DueDocument.objects.get()
    assert due.held_at == first
    assert due.staff_told_at is not None
    assert due.look_at > timezone.now() + timedelta(hours=23)


def test_files_without_a_row_are_deleted_after_a_while(decision, drawer):
    print_all()
    kept = files_in(drawer)
    lost = store.keep(b"half", timezone.now())

    assert store.erase_orphans() == 0
    assert store.erase_orphans(timezone.now() + timedelta(hours=2)) == 1

    assert not store.notice_storage().exists(lost)
    assert files_in(drawer) == kept


def test_the_command_makes_all_that_is_due(capsys):
    for _ in range(3):
        create_decision()

    call_command("print_notices", limit=1)
    call_command("print_notices")

    assert not DueDocument.objects.exists()
    assert "are held" in capsys.readouterr().out


def test_each_notice_costs_as_many_queries_as_the_last(decision):
    def cost(notices: int) -> int:
        for _ in range(notices):
            create_decision()
        with CaptureQueriesContext(connection) as queries:
            print_all()
        return len(queries)

    print_all()
    one = cost(1)
    assert cost(4) - one == 3 * (cost(2) - one)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_every_paper_once(drawer):
    for _ in range(12):
        create_decision()
    start = Barrier(2)

    def work(_number):
        start.wait(timeout=10)
        try:
            done = 0
            while (made := making.make_some(2)) is not None:
                done += made
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(work, range(2)))

    assert sum(done) == 12
    assert len(files_in(drawer)) == NoticeDocument.objects.count() == 24
    assert not DueDocument.objects.exists()
