"""`manage.py ingest_decisions`, as somebody at a terminal sees it."""

import gzip
import io
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from appeals.models import (
    FeedRun,
    LineDecision,
    RejectedLine,
)
from tests.appeals.feeds import as_feed, feed_line

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_good_file_ends_with_its_counts(tmp_path):
    (tmp_path / "feed.ndjson.gz").write_bytes(gzip.compress(as_feed(feed_line(), feed_line())))

    out = run("ingest_decisions", str(tmp_path / "feed.ndjson.gz"))

    for heading in ("read", "created", "unchanged", "conflicts", "rejected", "seconds", "rows/s"):
        assert heading in out
    assert [word for word in out.split() if word.isdigit()][:5] == ["2", "2", "0", "0", "0"]
    assert LineDecision.objects.count() == 2


def test_refused_lines_end_with_1_and_say_where_they_are(tmp_path):
    (tmp_path / "feed").write_bytes(as_feed(feed_line(), {"decision_id": "x"}))

    with pytest.raises(CommandError, match="1 line not taken: see Rejected feed lines") as ended:
        run("ingest_decisions", str(tmp_path / "feed"))

    assert ended.value.returncode == 1
    assert (LineDecision.objects.count(), RejectedLine.objects.count()) == (1, 1)


def test_a_file_that_is_not_there_ends_with_2(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file") as ended:
        run("ingest_decisions", str(tmp_path / "nowhere"))

    assert ended.value.returncode == 2
    assert not FeedRun.objects.exists()


def test_a_file_cut_off_keeps_what_was_read_and_ends_with_2(tmp_path):
    whole = gzip.compress(as_feed(*(feed_line() for _ in range(300))))
    (tmp_path / "feed.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(CommandError, match="The lines before that were taken") as ended:
        run("ingest_decisions", str(tmp_path / "feed.gz"))

    assert ended.value.returncode == 2
    assert LineDecision.objects.count() == FeedRun.objects.get().created > 0


def test_standard_input_is_read_too(monkeypatch):
    pipe = io.BufferedReader(io.BytesIO(as_feed(feed_line())))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=pipe))

    run("ingest_decisions", "-")

    assert FeedRun.objects.get().source == "standard input"
    assert LineDecision.objects.count() == 1
