"""`manage.py verify_notices`: one byte that changed anywhere is found and named."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from appeals.models import DueDocument, Notice, NoticeDocument
from appeals.notice_paper import store, verifying
from appeals.notice_text import canonical_text, sha256_of
from portal.storage.addresses import folder_of
from portal.storage.errors import StorageAway
from tests.appeals.builders import create_decision
from tests.appeals.notice_papers import drawer, paper_of, print_all, stored
from tests.portal.kept import storage

__all__ = ["drawer"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def notices():
    """Five notices with their papers."""
    made = [create_decision().notice for _ in range(5)]
    print_all()
    return made


@pytest.fixture
def verify(capsys):
    """Run the command: how it ended, and what it said."""

    def run(*references, **options):
        capsys.readouterr()
        code = 0
        try:
            call_command("verify_notices", *references, **options)
        except CommandError as error:
            code = error.returncode
        return code, capsys.readouterr().out.splitlines()

    return run


def inside_the_database(statement: str, *values) -> None:
    """Do what no program of ours can: the triggers are off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def flip_one_bit(paper: NoticeDocument) -> None:
    path = folder_of(storage("notices").address) / paper.stored_name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def test_when_all_is_well_it_says_so_and_ends_with_nothing(verify, notices):
    code, said = verify()

    assert code == 0
    assert said == [
        "5 notices and 10 PDFs looked at, 0 notices still to be printed, 0 faults."
    ]  # fmt: skip


def test_one_bit_of_a_stored_paper_is_found(verify, notices):
    paper = paper_of(notices[2], "zh-hans")
    flip_one_bit(paper)

    code, said = verify()

    assert code == 1
    assert said[0].startswith(
        f"{notices[2].reference}: the PDF is not what was stored (zh-hans pdf, {paper.stored_name}"
    )
    assert said[1].endswith("1 faults.")


def test_one_letter_of_the_text_is_found(verify, notices):
    content = json.dumps(notices[1].content).replace("lowered your limit", "Lowered your limit")
    inside_the_database(
        "UPDATE appeals_notice SET content = %s WHERE id = %s", content, notices[1].pk
    )

    code, said = verify()

    assert code == 1
    assert said[0] == f"{notices[1].reference}: the text is not what was hashed"
    assert len(said) == 2


def test_a_text_that_was_changed_together_with_its_hash_is_found_by_its_paper(verify, notices):
    content = {**notices[0].content}
    content["en"] = {**content["en"], "headline": "We raised your limit"}
    inside_the_database(
        "UPDATE appeals_notice SET content = %s, sha256 = %s WHERE id = %s",
        json.dumps(content),
        sha256_of(canonical_text(content)),
        notices[0].pk,
    )

    assert verify()[0] == 0
    code, said = verify(deep=True)

    assert code == 1
    assert [line.partition(" (")[0] for line in said[:-1]] == [
        f"{notices[0].reference}: the PDF does not say what the notice says",
        f"{notices[0].reference}: the PDF does not say what the notice says",
    ]


def test_a_file_that_is_gone_is_found(verify, notices):
    store.erase(paper_of(notices[3]).stored_name)

    code, said = verify()

    assert code == 1
    assert said[0].startswith(f"{notices[3].reference}: the PDF is gone or cannot be opened")


def test_a_storage_that_is_away_is_no_finding(capsys, verify, notices, monkeypatch):
    def is_away(name):
        raise StorageAway("the storage did not answer")

    monkeypatch.setattr(storage("notices").shelf, "get", is_away)

    code, said = verify()

    assert code == 2
    assert said == []


def test_a_row_that_was_taken_away_is_found_and_one_that_is_due_is_none(verify, notices):
    waiting = create_decision().notice
    inside_the_database(
        "DELETE FROM appeals_noticedocument WHERE id = %s", paper_of(notices[4], "en").pk
    )

    code, said = verify()

    assert code == 1
    assert said == [
        f"{notices[4].reference}: no PDF is written down, and none is due (en)",
        "6 notices and 9 PDFs looked at, 1 notices still to be printed, 1 faults.",
    ]
    assert DueDocument.objects.get().notice == waiting


def test_a_row_that_was_added_is_found(verify, notices):
    paper = paper_of(notices[0])
    forged = {**_values(paper), "language": "fr", "stored_name": store.keep(b"%PDF", paper.made_at)}
    NoticeDocument.objects.create(**forged)

    code, said = verify()

    assert code == 1
    assert said[0].startswith(f"{notices[0].reference}: a PDF is written down that no notice has")


def test_papers_of_a_notice_that_is_gone_are_found(verify, notices):
    inside_the_database("DELETE FROM appeals_notice WHERE id = %s", notices[0].pk)

    code, said = verify()

    assert code == 1
    assert len([line for line in said if line.startswith(f"notice {notices[0].pk}: ")]) == 2
    # Or the test's own end would stumble over it.
    inside_the_database("DELETE FROM appeals_noticedocument WHERE notice_id = %s", notices[0].pk)


def _values(paper: NoticeDocument) -> dict[str, object]:
    skipped = {"id", "notice"}
    rest = {
        field.name: getattr(paper, field.name)
        for field in NoticeDocument._meta.fields
        if field.name not in skipped
    }
    return {**rest, "notice": paper.notice}


def test_only_those_asked_for_are_looked_at(verify, notices):
    flip_one_bit(paper_of(notices[2]))
    old = create_decision(noticed_at=timezone.now() - timedelta(days=30)).notice
    print_all()
    flip_one_bit(paper_of(old))

    assert verify(notices[0].reference, notices[1].reference) == (
        0,
        ["2 notices and 4 PDFs looked at, 0 notices still to be printed, 0 faults."],
    )
    assert verify(notices[2].reference)[0] == 1
    since = (timezone.now() - timedelta(days=7)).date().isoformat()
    code, said = verify(since=since)
    assert code == 1
    assert said[0].startswith(notices[2].reference)
    assert len(said) == 2


def test_what_cannot_be_looked_for_is_said(verify, notices):
    assert verify("RN-2222-2222") == (2, [])
    assert verify(since="last week") == (2, [])


def test_many_notices_are_read_a_batch_at_a_time(verify, notices, monkeypatch):
    monkeypatch.setattr(verifying, "BATCH", 2)
    flip_one_bit(paper_of(notices[4]))

    code, said = verify()

    assert code == 1
    assert said[-1].startswith("5 notices and 10 PDFs")
    assert Notice.objects.count() == 5
    assert stored(paper_of(notices[0]))
