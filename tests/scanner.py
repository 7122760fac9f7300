"""Find ClamAV's daemon for the tests, or say which package to install: never skip them."""

import os
import shutil
import subprocess
import sys

PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
PACKAGE = "clamav-daemon"
MISSING = (
    "The tests of the virus scanner need ClamAV's daemon, and no clamd is on PATH.\n"
    "Install it (Debian: apt-get install --no-install-recommends clamav-daemon; Fedora: dnf "
    "install clamd), then run this again. Its signatures are not needed: the tests bring their own."
)


def find_clamd() -> str:
    """Return the path of a clamd, or nothing."""
    return shutil.which("clamd", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES])) or ""


def install_clamd() -> None:
    """Install Debian's package, if we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", PACKAGE],
    ):
        subprocess.run(["apt-get", *words], env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> str:
    if not find_clamd():
        install_clamd()
    return "" if find_clamd() else MISSING


if __name__ == "__main__":
    sys.exit(main() or 0)
