"""`manage.py rotate_evidence_keys`: every file comes under the new key, wherever it is stopped."""

import io
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from portal.storage import rotation
from portal.storage.envelope import read_head
from portal.storage.locks import only_once
from portal.storage.sealed import SealedStorage
from tests.portal.kept import NEW, OLD, content, keep, raw, read, spoil, storage, use

pytestmark = pytest.mark.django_db
NAMES = ("2025/01/31/x", "2026/11/27/a", "2026/11/27/b")


@pytest.fixture
def folder(settings, tmp_path):
    use(settings, f"file://{tmp_path}/kept")
    for name in NAMES:
        keep(content(100_000) + name.encode(), name)
    keep(b"an export", "e", shelf="exports")
    settings.EVIDENCE_KEYS = f"{NEW},{OLD}"
    return tmp_path / "kept"


def rotate(**options):
    out = io.StringIO()
    call_command("rotate_evidence_keys", stdout=out, stderr=out, **options)
    return out.getvalue()


def keys_in(folder):
    return {name: read_head(file).key_id for name, file in raw(folder).items()}


def bodies_in(folder):
    return {name: file[read_head(file).size :] for name, file in raw(folder).items()}


def test_every_file_comes_under_the_new_key_and_the_old_one_may_go(folder, settings):
    before = bodies_in(folder)

    said = rotate()

    assert set(keys_in(folder).values()) == {"new"}
    assert bodies_in(folder) == before  # only the heads were written anew
    assert "4 files, 4 changed." in said
    assert "No file needs key old any more." in said
    settings.EVIDENCE_KEYS = NEW
    assert read("2026/11/27/a") == content(100_000) + b"2026/11/27/a"
    assert read("e", shelf="exports") == b"an export"


def test_run_twice_it_changes_nothing_the_second_time(folder):
    rotate()
    before = raw(folder)

    assert "4 files, 0 changed." in rotate()
    assert raw(folder) == before


def test_a_look_changes_nothing_and_counts_the_keys(folder):
    before = raw(folder)

    said = rotate(check=True)

    assert raw(folder) == before
    assert "old: 4" in said
    assert "may be removed" not in said


def test_stopped_half_way_every_file_opens_and_the_next_run_ends_it(folder, monkeypatch):
    done = SealedStorage.rewrap

    def fails(self, name):
        if name == "2026/11/27/a":
            raise OSError("the disk is full")
        done(self, name)

    monkeypatch.setattr(SealedStorage, "rewrap", fails)
    with pytest.raises(CommandError, match="--after evidence/2025/01/31/x"):
        rotate()
    monkeypatch.undo()
    assert sorted(keys_in(folder).values()) == ["new", "old", "old", "old"]
    for name in NAMES:
        assert read(name).endswith(name.encode())

    rotate(after="evidence/2025/01/31/x")

    assert set(keys_in(folder).values()) == {"new"}


def test_after_a_place_only_what_lies_behind_it_is_done(folder):
    said = rotate(after="evidence/2026/11/27/a")

    assert keys_in(folder) == {
        "2025/01/31/x": "old",
        "2026/11/27/a": "old",
        "2026/11/27/b": "new",
        "exports/e": "new",
    }
    assert "may be removed" not in said  # it has not seen everything


def test_on_request_the_contents_are_encrypted_anew(folder):
    before = bodies_in(folder)

    rotate(reencrypt=True)

    assert set(keys_in(folder).values()) == {"new"}
    assert not [name for name, body in bodies_in(folder).items() if body == before[name]]
    assert read("2026/11/27/b").endswith(b"2026/11/27/b")


def test_plain_files_are_sealed_only_when_that_is_said(folder):
    (folder / "2024/05/06").mkdir(parents=True)
    (folder / "2024/05/06/p").write_bytes(b"%PDF-1.7 from before")

    with pytest.raises(CommandError, match="1 files could not be opened"):
        rotate()
    assert (folder / "2024/05/06/p").read_bytes() == b"%PDF-1.7 from before"
    assert "plain: 1" in rotate(check=True)

    rotate(seal_plain=True)

    assert read("2024/05/06/p") == b"%PDF-1.7 from before"
    assert b"PDF" not in (folder / "2024/05/06/p").read_bytes()


def test_a_spoiled_file_is_named_and_keeps_the_old_key_alive(folder):
    spoil(folder, "bit of the wrapped key")
    out = io.StringIO()

    with pytest.raises(CommandError, match="Keep every key"):
        call_command("rotate_evidence_keys", stdout=out, stderr=out)

    assert "evidence/2026/11/27/a: its head was altered" in out.getvalue()
    assert "may be removed" not in out.getvalue()
    assert keys_in(folder)["2026/11/27/b"] == "new"


def test_what_is_deleted_meanwhile_does_not_come_back(folder, monkeypatch):
    looked = SealedStorage.head

    def deleted_after_the_look(self, name):
        head = looked(self, name)
        if name == "2026/11/27/a":
            self.delete(name)
        return head

    monkeypatch.setattr(SealedStorage, "head", deleted_after_the_look)

    assert "4 files, 3 changed." in rotate()
    assert "2026/11/27/a" not in raw(folder)


def test_half_files_of_a_dead_process_are_swept(folder, monkeypatch):
    draft = folder / "2026/11/27/.draft-0123"
    draft.write_bytes(b"half")
    rotate()
    assert draft.exists()  # it may be somebody's work of this minute

    monkeypatch.setattr(rotation, "DRAFTS_LIVE_FOR", -rotation.DRAFTS_LIVE_FOR)
    rotate()

    assert not draft.exists()


@pytest.mark.django_db(transaction=True)
def test_only_one_process_rotates_at_a_time(folder):
    refusals: list[str] = []
    with only_once("rotate_evidence_keys") as is_ours:
        assert is_ours
        held = threading.Thread(target=_refused, args=(refusals,))
        held.start()
        held.join()

    assert refusals == ["Keys are being rotated by another process. Wait for its end."]
    assert set(keys_in(folder).values()) == {"old"}
    assert "4 files, 4 changed." in rotate()


def _refused(refusals):
    """Run it over a connection of its own, as another process does."""
    try:
        rotate()
    except CommandError as error:
        refusals.append(str(error))
    finally:
        connections.close_all()


def test_the_storage_itself_says_which_key_a_file_needs(folder):
    head = storage().head("2026/11/27/a")

    assert head is not None
    assert head.key_id == "old"
