"""`make test`: every check, quick ones first, on engines of its own; the first failure ends it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

from portal import embedded
from tests import chromium, scanner
from tests.production import PRODUCTION

PROJECT_DIR = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = (sys.executable, "manage.py")
LOWEST_COVERAGE = 90

console = Console(highlight=False)


@dataclass(frozen=True)
class Step:
    title: str
    command: Sequence[str | Path]
    environment: dict[str, str] = field(default_factory=dict)


QUICK = [
    Step("format", (BIN / "ruff", "format", "--check", "--quiet", ".")),
    Step("lint", (BIN / "ruff", "check", "--quiet", ".")),
    Step("imports run one way", (BIN / "lint-imports",)),
]
THOROUGH = [
    Step("types", (BIN / "mypy",)),
    Step(
        "production settings", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION
    ),
    Step("no migration missing", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Step("nothing untranslated", (*MANAGE, "check_translations")),
    Step(
        "tests",
        (
            *(BIN / "pytest", "-n", "auto", "-q"),
            *("--cov", "--cov-report=term", f"--cov-fail-under={LOWEST_COVERAGE}"),
        ),
    ),
]


def main(words: Sequence[str]) -> int:
    steps = QUICK if "quick" in words else [*QUICK, *THOROUGH]
    complaint = "" if "quick" in words else chromium.main() or scanner.main()
    if complaint:
        console.print(complaint, style="red")
        return 1
    local = Path(tempfile.mkdtemp(prefix="recourse-checks-"))
    # The engines' user must be able to walk in when root runs this.
    local.chmod(0o711)
    os.environ |= {"RECOURSE_LOCAL": str(local), "ENVIRONMENT": "test"}
    try:
        return _run_all(steps)
    except KeyboardInterrupt:
        return 130
    finally:
        embedded.remove()


def _run_all(steps: Sequence[Step]) -> int:
    started = time.monotonic()
    for step in steps:
        console.rule(step.title, align="left")
        code = _run(step)
        if code:
            console.print(f"make test stopped: {step.title} (exit {code}).", style="red")
            return code
    console.rule(align="left")
    console.print(f"All {len(steps)} checks passed in {time.monotonic() - started:.0f} s.")
    return 0


def _run(step: Step) -> int:
    started = time.monotonic()
    command = [str(word) for word in step.command]
    result = subprocess.run(
        command, cwd=PROJECT_DIR, env={**os.environ, **step.environment}, check=False
    )
    console.print(f"{time.monotonic() - started:.1f} s", style="dim")
    return result.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
