"""Ingest beside raw COPY of the same rows, in one run: python -m bench.ingest [--decisions N].

Runs on a database of its own, in engines of its own, under a temporary directory.
"""

import argparse
import os
import shutil
import tempfile
from importlib import import_module
from pathlib import Path

import django
from django.core.management import call_command

from portal import embedded

DECISIONS = 5_000
REPEATS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=DECISIONS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    asked = parser.parse_args()
    local = Path(tempfile.mkdtemp(prefix="recourse-bench-"))
    # The engines' user must be able to walk in when root runs this.
    local.chmod(0o711)
    os.environ |= {"RECOURSE_LOCAL": str(local), "DJANGO_SETTINGS_MODULE": "portal.settings"}
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    try:
        embedded.start()
        django.setup()
        call_command("migrate", verbosity=0)
        # Only now: these are models, and models want Django set up.
        import_module("bench.ingest_rows").compare(asked.decisions, asked.repeats)
    finally:
        embedded.stop()
        shutil.rmtree(local, ignore_errors=True)


if __name__ == "__main__":
    main()
