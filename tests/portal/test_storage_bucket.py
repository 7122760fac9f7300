"""The same storage in a bucket, against a server that speaks S3's protocol."""

import pytest
from botocore.awsrequest import AWSResponse

from portal.storage import bucket
from portal.storage.errors import BrokenSeal, StorageAway
from tests.portal.buckets import SAID_BY_OTHERS, away, endpoint, s3
from tests.portal.kept import SIZES, SPOILED, content, keep, read, storage, use

__all__ = ["away", "endpoint", "s3"]
pytestmark = [pytest.mark.django_db, SAID_BY_OTHERS]
NAME = "2026/11/27/a"


def raw_in(client, name=NAME):
    return client.get_object(Bucket="papers", Key=f"kept/{name}")["Body"].read()


@pytest.mark.parametrize("size", SIZES)
def test_what_was_kept_comes_back(s3, size):
    name = keep(content(size))

    assert read(name) == content(size)
    assert storage().size(name) == size


def test_a_file_of_many_parts_comes_back(s3):
    data = content(1_000_000) * 20

    keep(data)

    assert read(NAME) == data


def test_nothing_of_it_can_be_read_where_it_lies(s3):
    keep(b"%PDF-1.7 salary 4711 " * 5000)

    assert b"salary" not in raw_in(s3)


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_object_is_not_handed_out_at_all(s3, how):
    keep(content(150_000))
    s3.put_object(Bucket="papers", Key=f"kept/{NAME}", Body=SPOILED[how](raw_in(s3)))

    with pytest.raises(BrokenSeal):
        read(NAME)


def test_an_object_that_is_gone_is_gone(s3):
    with pytest.raises(FileNotFoundError):
        read("2026/11/27/never")
    with pytest.raises(FileNotFoundError):
        storage().get_modified_time("2026/11/27/never")
    storage().delete("2026/11/27/never")

    name = keep(b"a paper")
    assert storage().get_modified_time(name) is not None
    storage().delete(name)

    assert not storage().exists(name)


def test_a_bucket_is_listed_like_a_folder(s3):
    keep(b"1", "2026/11/27/a")
    keep(b"2", "2026/11/27/b")
    keep(b"3", "2026/12/01/c")

    assert storage().listdir("2026/11/27") == ([], ["a", "b"])
    assert storage().listdir("2026") == (["11", "12"], [])
    with pytest.raises(FileNotFoundError):
        storage().listdir("2031")


def test_a_name_is_used_once(s3):
    first, second = keep(b"first"), keep(b"second")

    assert first != second
    assert (read(first), read(second)) == (b"first", b"second")


def test_a_server_that_is_away_is_said_and_loses_nothing(away):
    for ask in (lambda: keep(b"a paper"), read, lambda: storage().listdir("2026")):
        with pytest.raises(StorageAway):
            ask()
    with pytest.raises(StorageAway):
        storage().delete(NAME)


def test_a_bucket_that_is_not_there_is_no_missing_file_of_ours(s3, settings, endpoint):
    use(settings, f"s3://elsewhere?endpoint={endpoint}&region=us-east-1")

    with pytest.raises(StorageAway):
        keep(b"a paper")


def test_a_server_that_stumbles_is_asked_again(s3, monkeypatch):
    shelf = storage().shelf
    assert isinstance(shelf, bucket.BucketShelf)
    client = shelf._client
    answers = []

    def stumble(**_event):
        answers.append(1)
        if len(answers) == 1:
            return AWSResponse("http://127.0.0.1", 503, {}, _Empty())
        return None

    client.meta.events.register("before-send.s3.PutObject", stumble)

    keep(b"a paper", "2026/11/27/b")

    assert len(answers) == 2
    assert read("2026/11/27/b") == b"a paper"


class _Empty:
    def read(self, *_):
        return b""

    def stream(self, *_args, **_more):
        return iter([b""])


def test_patience_has_an_end():
    assert bucket.TRIES * (bucket.CONNECT_SECONDS + bucket.ANSWER_SECONDS) < 90
