"""Find Chromium for the browser tests, or say which package to install: never skip them."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
MISSING = (
    "The browser tests need Chromium, and none is on PATH.\n"
    "Install it (Debian: apt-get install chromium fonts-noto-cjk; Fedora: dnf install chromium; "
    "or Google Chrome), then run this again."
)


def find_chromium() -> str:
    """Return the path of a Chromium on PATH, or nothing."""
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def install_chromium() -> None:
    """Install Debian's package, if we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *PACKAGES],
    ):
        subprocess.run(["apt-get", *words], env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> str:
    if not find_chromium():
        install_chromium()
    return "" if find_chromium() else MISSING


if __name__ == "__main__":
    sys.exit(main() or 0)
