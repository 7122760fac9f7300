"""What lies open while it is worked at: ours alone, in memory, and gone even after a kill."""

import signal
import stat
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils import timezone

from portal.lib import private_files
from portal.lib.private_files import clear_abandoned, nameless, open_private, private_folder

LATER = timedelta(days=3)
# Opens a folder, says where, and works until somebody ends it.
WORKER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from portal.lib import private_files
private_files.PREFIX, private_files.MEMORY = "paper-", Path(sys.argv[1])
with private_files.private_folder(datetime.now(UTC)) as folder:
    (folder / "source").write_bytes(b"%PDF-1.7 a payslip")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def memory(tmp_path, monkeypatch):
    """A folder in the place of the machine's memory, which all its processes share."""
    place = tmp_path / "memory"
    place.mkdir()
    monkeypatch.setattr(private_files, "PREFIX", "paper-")
    monkeypatch.setattr(private_files, "MEMORY", place)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return place


@pytest.fixture
def worker(memory):
    environment = {"TMPDIR": str(memory), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(memory)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_a_folder_and_its_files_are_ours_alone_and_gone_afterwards(memory):
    with private_folder(timezone.now()) as folder:
        with open_private(folder / "source") as file:
            file.write(b"a payslip")
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "source")]
        assert modes == [0o700, 0o600]

    assert not folder.exists()


def test_open_files_lie_in_memory_where_there_is_room(memory, monkeypatch):
    """A plain folder is no memory, and a full one has no room: both leave it to `TMPDIR`."""
    disk = Path(tempfile.gettempdir())
    assert private_files.open_place() == disk
    monkeypatch.setattr("os.path.ismount", lambda path: path == memory)
    monkeypatch.setattr(private_files, "ROOM_BYTES", 1)
    assert private_files.open_place() == memory
    with private_folder(timezone.now()) as folder:
        assert folder.parent == memory

    monkeypatch.setattr(private_files, "ROOM_BYTES", 2**62)
    assert private_files.open_place() == disk
    monkeypatch.setattr(private_files, "MEMORY", memory / "nowhere")
    assert private_files.open_place() == disk


def test_a_nameless_file_is_nowhere_to_be_found(memory):
    with nameless() as file:
        file.write(b"a payslip")
        file.seek(0)
        assert file.read() == b"a payslip"
        assert [path for path in memory.parent.rglob("*") if path.is_file()] == []


def test_the_folder_of_a_living_process_stays_and_that_of_a_killed_one_goes(worker):
    process, folder = worker
    assert (folder / "source").exists()
    clear_abandoned(timezone.now() + LATER)
    assert (folder / "source").exists()

    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / "source").exists()  # nobody was there to clear it
    clear_abandoned(timezone.now())
    assert folder.exists()  # it could be one that is being made
    with private_folder(timezone.now() + timedelta(seconds=61)):
        assert not folder.exists()


def test_what_is_not_ours_is_not_touched(memory):
    others = memory / "others"
    others.mkdir()
    (others / "source").write_bytes(b"somebody's")
    (memory / "paper-link").symlink_to(others)
    (memory / "paper-file").write_bytes(b"no folder")

    clear_abandoned(timezone.now() + LATER)

    assert (others / "source").exists()
    assert (memory / "paper-link").is_symlink()
    assert (memory / "paper-file").exists()


@pytest.mark.parametrize("size", [100, 3 * 1024 * 1024])
def test_an_uploaded_file_never_has_a_name(memory, size):
    content = b"x" * size
    request = RequestFactory().post("/", {"paper": SimpleUploadedFile("payslip.pdf", content)})

    [paper] = request.FILES.getlist("paper")

    assert (paper.name, paper.size, paper.read()) == ("payslip.pdf", size, content)
    assert [path for path in memory.parent.rglob("*") if path.is_file()] == []
    request.close()
    assert paper.closed
