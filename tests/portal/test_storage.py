"""Kept files are unreadable where they lie, and come back whole or not at all."""

import io
import tracemalloc

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile, File

from portal.storage.chunks import CHUNK_BYTES
from portal.storage.errors import BrokenSeal
from portal.storage.folder import FolderShelf
from tests.portal.kept import (
    NEW,
    OLD,
    SIZES,
    SPOILED,
    content,
    keep,
    raw,
    read,
    spoil,
    storage,
    use,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    use(settings, f"file://{tmp_path}/kept")
    return tmp_path / "kept"


@pytest.mark.parametrize("size", SIZES)
def test_what_was_kept_comes_back(folder, size):
    name = keep(content(size))

    assert read(name) == content(size)
    assert storage().size(name) == size
    assert storage().exists(name)


def test_nothing_of_it_can_be_read_where_it_lies(folder):
    keep(b"%PDF-1.7 salary 4711 " * 5000)
    keep(b"%PDF-1.7 salary 4711 " * 5000, "2026/11/27/b")

    one, other = raw(folder).values()
    assert b"salary" not in one
    assert one[100:] != other[100:]  # each file has a key of its own
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_file_is_not_handed_out_at_all(folder, how):
    name = keep(content(150_000))
    assert len(read(name)) == 150_000

    spoil(folder, how)

    with pytest.raises(BrokenSeal):
        storage().open(name)


def test_a_file_under_another_files_name_does_not_open(folder):
    keep(b"mine", "2026/11/27/mine")
    keep(b"yours", "2026/11/27/yours")
    (folder / "2026/11/27/yours").replace(folder / "2026/11/27/mine")

    with pytest.raises(BrokenSeal, match="another file"):
        read("2026/11/27/mine")


def test_a_file_of_another_shelf_does_not_open(folder):
    keep(b"an export", "a", shelf="exports")
    (folder / "exports/a").replace(folder / "a")

    with pytest.raises(BrokenSeal, match="another file"):
        read("a")


def test_a_key_that_is_not_ours_opens_nothing(folder, settings):
    keep(b"a paper")
    settings.EVIDENCE_KEYS = NEW

    with pytest.raises(BrokenSeal, match="EVIDENCE_KEYS"):
        read()

    settings.EVIDENCE_KEYS = f"{NEW}\n{OLD}\n"
    assert read() == b"a paper"


def test_a_key_of_the_same_name_opens_nothing(folder, settings):
    keep(b"a paper")
    settings.EVIDENCE_KEYS = NEW.replace("new:", "old:")

    with pytest.raises(BrokenSeal):
        read()


def test_any_part_can_be_read(folder):
    data = content(3 * CHUNK_BYTES + 10)
    name = keep(data)

    with storage().open(name) as file:
        for place in (0, CHUNK_BYTES - 3, 3 * CHUNK_BYTES, 5, len(data) - 4, len(data)):
            file.seek(place)
            assert file.tell() == place
            assert file.read(7) == data[place : place + 7]
        assert file.seek(-4, io.SEEK_END) == len(data) - 4
        assert b"".join(iter(lambda: file.read(50_000), b"")) == data[-4:]


def test_a_source_that_gives_little_at_a_time_is_kept_whole(folder):
    class Trickle(io.BytesIO):
        def read(self, size=-1, /):
            return super().read(min(size, 777))

    data = content(150_000)
    storage().save("a", File(Trickle(data)))

    assert read("a") == data


def test_a_file_that_was_read_is_kept_from_its_beginning(folder):
    source = ContentFile(b"all of it")
    source.read()

    storage().save("a", source)

    assert read("a") == b"all of it"


def test_a_file_that_is_gone_is_gone(folder):
    with pytest.raises(FileNotFoundError):
        read("2026/11/27/never")
    with pytest.raises(FileNotFoundError):
        storage().listdir("2031")
    storage().delete("2026/11/27/never")

    name = keep(b"a paper")
    storage().delete(name)
    storage().delete(name)

    assert not storage().exists(name)
    assert raw(folder) == {}


def test_a_name_is_used_once(folder):
    first, second = keep(b"first", "a"), keep(b"second", "a")

    assert first != second
    assert (read(first), read(second)) == (b"first", b"second")
    with pytest.raises(FileExistsError):
        FolderShelf(folder).put("a", io.BytesIO(b"third, at the same moment"))
    assert read("a") == b"first"


def test_a_process_that_dies_half_way_leaves_no_file(folder, monkeypatch):
    class Dies(io.BytesIO):
        def read(self, size=-1, /):
            if self.tell() > 0:
                raise OSError("the disk is full")
            return super().read(size)

    with pytest.raises(OSError, match="full"):
        FolderShelf(folder).put("a", Dies(b"x" * 5_000_000))

    assert raw(folder) == {}
    assert not storage().exists("a")


@pytest.mark.parametrize("name", ["../a", "2026/../../a", ".draft-a", "2026/.draft-0"])
def test_no_name_leads_out_of_the_folder_or_to_half_files(folder, name):
    with pytest.raises(SuspiciousFileOperation):
        storage().open(name)


def test_a_kept_file_has_no_address(folder):
    name = keep(b"a paper")

    with pytest.raises(NotImplementedError):
        storage().url(name)
    with pytest.raises(NotImplementedError):
        storage().path(name)
    with pytest.raises(ValueError, match="only read"):
        storage().open(name, "wb")


def test_memory_stays_small_however_large_the_file(folder):
    class Zeros(io.RawIOBase):
        left = 60_000_000

        def readable(self):
            return True

        def readinto(self, buffer):
            given = min(self.left, len(buffer))
            buffer[:given] = bytes(given)
            self.left -= given
            return given

    tracemalloc.start()
    try:
        storage().save("large", File(io.BufferedReader(Zeros())))
        with storage().open("large") as file:
            read_back = sum(len(piece) for piece in file.chunks())
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert read_back == 60_000_000
    assert most < 4_000_000
