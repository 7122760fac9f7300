"""`make run`: the whole portal on one machine, from nothing to the printed address."""

import contextlib
import fcntl
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import connections
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Message, Printer

from portal import embedded
from portal.port import complaint
from portal.prepare import console, prepare, step

PROJECT_DIR = Path(__file__).resolve().parent.parent
INTERRUPTED = 130
STOP_PATIENCE_SECONDS = 30
ORDERLY = ("(rc=0)\n", "(rc=-15)\n")


class AlreadyRunning(Exception):
    pass


class QuietPrinter(Printer):
    """Honcho's printer without its own talk, except of a process that failed."""

    def write(self, message: Message) -> None:
        words = str(message.data)
        is_failure = "stopped (rc=" in words and not words.endswith(ORDERLY)
        if message.name != "system" or is_failure:
            super().write(message)


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if words:
        return _stop() or (_remove() if words == ["remove"] else 0)
    port = os.environ.setdefault("PORT", "8000")
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    fault = complaint(port)
    if fault:
        console.print(fault, style="red")
        return 1
    return _run()


def _run() -> int:
    try:
        with _only_one():
            try:
                with _ctrl_c_is_heard():
                    prepare()
                    _load_sample()
                return _serve()
            finally:
                console.print("\nStopping PostgreSQL and Redis.")
                embedded.stop()
    except AlreadyRunning:
        console.print("It is running already, from another terminal. To end it: make stop")
        return 1
    except (embedded.EngineError, CommandError) as error:
        console.print(f"{error}", style="red")
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


@contextlib.contextmanager
def _ctrl_c_is_heard() -> Iterator[None]:
    """Stop on Ctrl-C even where a library swallowed the interrupt while it was being loaded."""
    pressed = False

    def note(_signal: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def quiet(unraisable: "sys.UnraisableHookArgs") -> None:
        # Raised in a destructor or a weakref's callback it is lost, but noted: nothing to print.
        if unraisable.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(unraisable)

    before = signal.signal(signal.SIGINT, note)
    hook_before, sys.unraisablehook = sys.unraisablehook, quiet
    try:
        yield
    finally:
        sys.unraisablehook = hook_before
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _load_sample() -> None:
    if "load_sample" in get_commands():
        step("Sample feed and demo people", lambda: call_command("load_sample", verbosity=0))


def _serve() -> int:
    """Run the Procfile until a process ends or Ctrl-C; return 0 when it was asked to stop."""
    connections.close_all()
    # Honcho forks a reader for each process, and we the welcome, with Django already loaded;
    # there are no threads that a fork could hurt.
    multiprocessing.set_start_method("fork", force=True)
    manager = Manager(QuietPrinter(sys.stdout))
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "PYTHONUNBUFFERED": "1",
        # Three processes need not each check the whole site, a second apiece.
        "CELERY_SKIP_CHECKS": "1",
    }
    procfile = parse_procfile((PROJECT_DIR / "Procfile").read_text())
    for name, command in procfile.processes.items():
        manager.add_process(name, command, env=environment, cwd=str(PROJECT_DIR))
    signal.signal(signal.SIGHUP, _terminal_closed)
    console.print("\nStarting the web server and the workers.\n")
    with _welcome():
        manager.loop()
    return 0 if manager.returncode in {130, 143} else int(manager.returncode or 0)


@contextlib.contextmanager
def _welcome() -> Iterator[None]:
    """Have the address printed by a process of its own, as soon as the portal is ready."""
    welcome = multiprocessing.Process(target=_say_welcome, daemon=True)
    welcome.start()
    try:
        yield
    finally:
        welcome.terminate()
        welcome.join()


def _say_welcome() -> None:
    try:
        call_command("welcome", wait=True)
    except CommandError as error:
        console.print(f"{error}", style="red")


def _terminal_closed(_signal: int, _frame: FrameType | None) -> None:
    """Stop as on Ctrl-C, with nobody left to print to."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    os.kill(os.getpid(), signal.SIGTERM)


def _lock_path() -> Path:
    local = embedded.local_dir()
    local.mkdir(parents=True, exist_ok=True)
    return local / "run.lock"


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    with _lock_path().open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _stop() -> int:
    """End a running portal, if there is one, and the engines."""
    try:
        with _only_one():
            embedded.stop()
    except AlreadyRunning:
        os.kill(int(_lock_path().read_text()), signal.SIGTERM)
        return _wait_until_stopped()
    console.print("Stopped.")
    return 0


def _remove() -> int:
    embedded.remove()
    console.print("The development data is gone.")
    return 0


def _wait_until_stopped() -> int:
    deadline = time.monotonic() + STOP_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(AlreadyRunning), _only_one():
            console.print("Stopped.")
            return 0
        time.sleep(0.2)
    console.print("It does not stop.", style="red")
    return 1


if __name__ == "__main__":
    code = main(sys.argv[1:])
    if code == INTERRUPTED:
        # All is stopped. Where the key was pressed while a library ran a text as code, as
        # `dataclass` does, Python would end itself by the signal, whatever we return.
        sys.stdout.flush()
        os._exit(code)
    sys.exit(code)
