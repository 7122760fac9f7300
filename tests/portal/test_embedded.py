import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from portal import embedded
from portal.embedded import host, keys, postgres
from portal.embedded.host import EngineError

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def local() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="recourse-engines-") as folder:
        # As a checkout that other users may walk into.
        Path(folder).chmod(0o711)
        yield Path(folder) / "local"


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, local: Path) -> Iterator[Callable[[Path], None]]:
    """Use a directory for the engines; they are gone after the test."""
    monkeypatch.setenv("ENVIRONMENT", "test")
    folders: list[Path] = []

    def use_folder(folder: Path) -> None:
        monkeypatch.setenv("RECOURSE_LOCAL", str(folder))
        folders.append(folder)

    yield use_folder
    for folder in folders:
        monkeypatch.setenv("RECOURSE_LOCAL", str(folder))
        embedded.remove()


def ask(statement: str) -> object:
    with psycopg.connect(embedded.database_url()) as connection:
        cursor = connection.execute(statement)
        while cursor.nextset():
            pass
        row = cursor.fetchone()
        assert row
        return row[0]


def postmaster_pid() -> int:
    pid_file = host.engine_dir("postgres") / "data" / "postmaster.pid"
    return int(pid_file.read_text().splitlines()[0])


def test_both_engines_start_answer_and_stop(use, local):
    use(local)
    embedded.start(durable=False)

    assert embedded.is_up() == {"postgresql": True, "redis": True}
    assert ask("SELECT current_setting('server_version_num')::int / 10000") == 18
    assert redis.from_url(embedded.redis_url()).ping()

    embedded.stop()
    assert embedded.is_up() == {"postgresql": False, "redis": False}


def test_nobody_else_can_reach_them(use, local):
    use(local)
    embedded.start(durable=False)

    assert ask("SELECT current_setting('listen_addresses')") == ""
    assert host.socket_dir("postgres").stat().st_mode & 0o077 == 0
    assert (host.socket_dir("redis") / "redis.sock").stat().st_mode & 0o077 == 0
    assert redis.from_url(embedded.redis_url()).config_get("port") == {"port": "0"}


def test_data_outlives_a_machine_switched_off(use, local):
    use(local)
    embedded.start()
    ask("SELECT 7 AS n INTO kept; SELECT 1")
    pid = postmaster_pid()
    os.kill(pid, signal.SIGKILL)
    with redis.from_url(embedded.redis_url()) as client:
        os.kill(client.info()["process_id"], signal.SIGKILL)
    wait_until_dead(pid)
    # After a restart the number in the pid file is some other program's: ours will do.
    pid_file = host.engine_dir("postgres") / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    embedded.start()

    assert ask("SELECT n FROM kept") == 7
    assert embedded.is_up() == {"postgresql": True, "redis": True}


def wait_until_dead(pid: int) -> None:
    subprocess.run(["tail", f"--pid={pid}", "-f", "/dev/null"], timeout=20, check=True)


def test_two_commands_at_once_start_one_server(use, local):
    use(local)
    code = "from portal import embedded; embedded.start(durable=False)"
    commands = [subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT_DIR) for _ in range(4)]

    assert [command.wait(timeout=60) for command in commands] == [0, 0, 0, 0]
    assert ask("SELECT 1") == 1


def test_a_path_too_long_for_a_socket_gets_a_short_one(use, local):
    use(local / ("deep" * 30))
    embedded.start(durable=False)

    assert len(os.fsencode(host.socket_dir("postgres"))) <= host.LONGEST_SOCKET_DIR
    assert ask("SELECT 1") == 1
    assert redis.from_url(embedded.redis_url()).ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's engines run as somebody else")
def test_root_may_keep_its_checkout_to_itself(use, local):
    local.mkdir(mode=0o700)
    use(local)
    embedded.start(durable=False)

    assert ask("SELECT 1") == 1
    assert not host.engine_dir("postgres").is_relative_to(local)


def test_data_of_another_version_is_refused_in_words(use, local):
    use(local)
    data = host.engine_dir("postgres") / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("14\n")

    with pytest.raises(EngineError, match="make clean"):
        postgres.start(durable=False)


def test_what_is_configured_is_not_started(monkeypatch, use, local):
    use(local)
    monkeypatch.setenv("DATABASE_URL", "postgresql://db.example/recourse")
    embedded.start(durable=False)

    assert embedded.is_up() == {"postgresql": False, "redis": True}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, (True, True)),
        ({"DATABASE_URL": "postgresql://db/x"}, (False, False)),  # production by default
        ({"DATABASE_URL": "postgresql://db/x", "ENVIRONMENT": "development"}, (False, True)),
        ({"REDIS_URL": "redis://r", "ENVIRONMENT": "development"}, (True, False)),
        ({"ENVIRONMENT": "production"}, (False, False)),
        ({"DATABASE_URL_FILE": "/run/secrets/db"}, (False, False)),
    ],
)
def test_production_never_gets_our_engines(monkeypatch, environment, expected):
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE", "ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert embedded.needed() == expected


def test_a_machine_makes_its_secrets_once(use, local):
    use(local)
    first = (keys.secret_key(), keys.vapid_private_key())

    assert (keys.secret_key(), keys.vapid_private_key()) == first
    assert len(first[0]) >= 50
    assert (local / "secret_key").stat().st_mode & 0o777 == 0o600
    # 65 bytes, uncompressed: what a browser's pushManager takes.
    assert len(keys.vapid_public_key(first[1])) == 87


def test_a_command_starts_them_and_leaves_them_up(use, local):
    use(local)
    command = [sys.executable, "manage.py", "check"]

    subprocess.run(command, cwd=PROJECT_DIR, check=True, capture_output=True)
    assert embedded.is_up() == {"postgresql": True, "redis": True}

    stop = subprocess.run(
        [sys.executable, "manage.py", "engines", "stop"],
        cwd=PROJECT_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    assert "postgresql: down" in stop.stdout
