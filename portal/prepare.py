"""What every start needs first: engines, tables, translations, static files."""

import hashlib
import os
import sys
import time
from collections.abc import Callable

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from rich.console import Console

from portal import embedded

console = Console(highlight=False)


def step(title: str, work: Callable[[], object]) -> None:
    """Do one thing with its name on the terminal, and say how long it took."""
    started = time.monotonic()
    with console.status(title):
        work()
    console.print(f"  {title:<32}{time.monotonic() - started:5.1f} s")


def prepare() -> None:
    step("PostgreSQL and Redis", embedded.start)
    django.setup()
    step("Translations", lambda: call_command("compile_translations", verbosity=0))
    step("Tables", lambda: call_command("migrate", interactive=False, verbosity=0))
    step("Static files", _collect_static_files)
    if not settings.IS_PRODUCTION:
        step("Kept files", _seal_kept_files)


def _seal_kept_files() -> None:
    """Encrypt what was kept before kept files were encrypted, and follow a change of keys."""
    call_command("rotate_evidence_keys", seal_plain=True, quiet=True)


def _collect_static_files() -> None:
    """Collect and compress them if one changed: doing it each time costs seconds."""
    stamp = settings.STATIC_ROOT / ".collected"
    digest = _static_digest()
    if not stamp.exists() or stamp.read_text() != digest:
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(digest)


def _static_digest() -> str:
    """Sum up our own files by time and size, the packages' by their pinned versions."""
    own = sorted(path for folder in settings.STATICFILES_DIRS for path in folder.rglob("*"))
    marks = [f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in own]
    marks.append((settings.BASE_DIR / "requirements.txt").read_text())
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    was_up = all(embedded.is_up().values())
    try:
        prepare()
    except (embedded.EngineError, CommandError) as error:
        console.print(f"{error}", style="red")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    finally:
        if not was_up:
            embedded.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
