"""Where the engines live on this machine, and as whom they run."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent

# A Unix socket path must fit in 107 bytes on Linux and 103 on macOS, file name included.
LONGEST_SOCKET_DIR = 80


class EngineError(Exception):
    """An embedded engine could not be started; the message says what to do."""


def local_dir() -> Path:
    return Path(os.environ.get("RECOURSE_LOCAL") or PROJECT_DIR / ".local").absolute()


def unprivileged_uid() -> int | None:
    """Return the user the engines run as when we are root, which PostgreSQL refuses to be."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 65534


def is_reachable(path: Path) -> bool:
    """Say whether the user the engines run as can walk to this directory."""
    if unprivileged_uid() is None:
        return True
    return all(folder.stat().st_mode & 0o001 for folder in [path, *path.parents])


def _key() -> str:
    return hashlib.sha256(str(local_dir()).encode()).hexdigest()[:12]


def _owned(path: Path) -> Path:
    """Make a directory that only the engines' user (and root) can open."""
    path.mkdir(parents=True, exist_ok=True)
    uid = unprivileged_uid()
    if uid is not None and path.stat().st_uid == 0:
        os.chown(path, uid, -1)
    if path.stat().st_uid != (os.geteuid() if uid is None else uid):
        raise EngineError(_not_ours(path))
    path.chmod(0o700)
    return path


def _not_ours(path: Path) -> str:
    return f"{path} belongs to another user. Be that user, or remove it, then try again."


def _fallback(base: Path) -> Path:
    folder = _fallback_in(base)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o711)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise EngineError(_not_ours(folder))
    return folder


def _fallback_in(base: Path) -> Path:
    return base / f"recourse-{os.geteuid()}-{_key()}"


def _fallbacks() -> list[Path]:
    bases = ("/var/tmp", "/tmp", tempfile.gettempdir())  # noqa: S108
    return [_fallback_in(Path(base)) for base in bases]


def engine_dir(name: str) -> Path:
    """Return the directory an engine keeps its files in."""
    local = local_dir()
    try:
        local.mkdir(parents=True, exist_ok=True)
        if is_reachable(local):
            return _owned(local / name)
    except PermissionError as error:
        raise EngineError(_not_ours(local)) from error
    # A checkout under /root: the engines' user cannot get there.
    return _owned(_fallback(Path("/var/tmp")) / name)  # noqa: S108 - survives a restart


def socket_dir(name: str) -> Path:
    """Return a directory short enough to hold an engine's Unix socket."""
    folder = engine_dir(name)
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_DIR:
        return folder
    base = Path(tempfile.gettempdir())
    if len(os.fsencode(base)) > LONGEST_SOCKET_DIR - 40 or not is_reachable(base):
        base = Path("/tmp")  # noqa: S108 - a private directory is made inside
    return _owned(_fallback(base) / name)


def package_dir(package: str) -> Path:
    """Return a wheel's directory, copied to where the engines' user can read it if need be."""
    source = _installed_dir(package)
    if is_reachable(source):
        return source
    target = _fallback(Path("/var/tmp")) / "wheels" / package  # noqa: S108
    _copy_wheel(source, target)
    return target


def _installed_dir(package: str) -> Path:
    # Where portal/bootstrap.py unpacks a wheel that has no fellow for this Python.
    unpacked = Path(sys.prefix) / "engines" / package
    if unpacked.exists():
        return unpacked
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(f"{package} is not installed. Run: make setup")
    return Path(spec.submodule_search_locations[0])


def _copy_wheel(source: Path, target: Path) -> None:
    stamp = target / ".copied-from"
    version = f"{source} {source.stat().st_mtime_ns}"
    if stamp.exists() and stamp.read_text() == version:
        return
    for folder in (source, source.with_name(f"{source.name}.libs")):
        if folder.exists():
            destination = target.with_name(folder.name)
            shutil.rmtree(destination, ignore_errors=True)
            shutil.copytree(folder, destination)
    stamp.write_text(version)


def run(command: list[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a program as the engines' user and hand back what it said."""
    uid = unprivileged_uid()
    try:
        return subprocess.run(  # noqa: S603 - our own wheels' programs
            command,
            cwd=cwd,
            user=uid,
            group=None if uid is None else _group_of(uid),
            extra_groups=None if uid is None else [],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,  # Ctrl-C is for the web server; the engines stop after it
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": str(cwd)},
            timeout=120,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EngineError(f"{Path(command[0]).name} could not be run: {error}") from error


def _group_of(uid: int) -> int:
    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid


@contextlib.contextmanager
def start_lock() -> Iterator[None]:
    """Let one process at a time start or stop the engines."""
    local = local_dir()
    try:
        local.mkdir(parents=True, exist_ok=True)
        lock = (local / "engines.lock").open("w")
    except PermissionError as error:
        raise EngineError(_not_ours(local)) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remove() -> None:
    """Remove the engines' files, wherever they had to be put."""
    for folder in (local_dir(), *_fallbacks()):
        shutil.rmtree(folder, ignore_errors=True)
