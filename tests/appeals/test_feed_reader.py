"""Reading a feed from a file, plain or gzipped, line by line."""

import gzip

import pytest

from appeals.feed import MAX_LINE_BYTES, FeedUnreadable, open_feed


def read(path):
    with open_feed(str(path)) as feed:
        return list(feed.lines())


def test_plain_and_gzipped_files_read_the_same(tmp_path):
    plain, packed = tmp_path / "a.ndjson", tmp_path / "a.ndjson.gz"
    plain.write_bytes(b"one\ntwo\nthree")
    packed.write_bytes(gzip.compress(b"one\ntwo\n", mtime=0) + gzip.compress(b"three"))

    assert read(plain) == read(packed) == [b"one\n", b"two\n", b"three"]


def test_what_is_gzipped_is_seen_by_its_bytes_not_by_its_name(tmp_path):
    packed = tmp_path / "a.ndjson"
    packed.write_bytes(gzip.compress(b"one\n", mtime=0))

    assert read(packed) == [b"one\n"]


def test_an_empty_file_has_no_lines(tmp_path):
    (tmp_path / "a").write_bytes(b"")

    assert read(tmp_path / "a") == []


def test_a_byte_order_mark_is_passed_over(tmp_path):
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfone\n\xef\xbb\xbftwo\n")

    assert read(tmp_path / "a") == [b"one\n", b"\xef\xbb\xbftwo\n"]


def test_of_a_line_that_is_too_long_only_the_beginning_is_held(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 5_000_000 + b"\nnext\n")

    long, following = read(tmp_path / "a")

    assert MAX_LINE_BYTES < len(long) <= MAX_LINE_BYTES + 2
    assert following == b"next\n"


def test_lines_are_read_one_at_a_time_and_the_position_follows(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 99 + b"\n" + b"y" * 99 + b"\n")

    with open_feed(str(tmp_path / "a")) as feed:
        lines = feed.lines()
        next(lines)
        assert (feed.size, feed.position) == (200, 100)
        next(lines)
        assert feed.position == 200


def test_what_was_read_of_a_cut_off_file_is_given_before_the_complaint(tmp_path):
    packed = tmp_path / "a.gz"
    packed.write_bytes(gzip.compress(b"".join(b"line %d\n" % n for n in range(50_000)))[:-2000])
    seen: list[bytes] = []

    with open_feed(str(packed)) as feed, pytest.raises(FeedUnreadable) as broken:
        seen.extend(feed.lines())

    assert "damaged or cut off after line" in broken.value.message
    assert "The lines before that were taken." in broken.value.message


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.gz", b"plain\n", "is called .gz but is not a gzip file"),
        ("a.gz", b"", "is called .gz but is not a gzip file"),
        ("a.gz", b"\x1f\x8bnonsense", "damaged or cut off after line 0"),
        ("a.gz", gzip.compress(b"one\n", mtime=0) + b"rubbish", "damaged or cut off after line 1"),
    ],
)
def test_a_file_that_is_no_gzip_file_is_said_to_be_none(tmp_path, name, content, complaint):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(FeedUnreadable, match=complaint):
        read(tmp_path / name)


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path):
    with pytest.raises(FeedUnreadable, match="cannot be read: No such file"):
        read(tmp_path / "nowhere")
    with pytest.raises(FeedUnreadable, match="cannot be read: Is a directory"):
        read(tmp_path)
