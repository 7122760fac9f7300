#!/usr/bin/env python
"""Run a command, with the embedded engines started first when it needs them."""

import os
import sys

from django.core.management import execute_from_command_line

from portal import embedded

NEEDS_NO_ENGINE = {
    "",
    "-h",
    "--help",
    "--version",
    "help",
    "version",
    "engines",
    "collectstatic",
    "makemessages",
    "compilemessages",
    "compile_translations",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in NEEDS_NO_ENGINE and "--help" not in sys.argv:
        try:
            embedded.start()
        except embedded.EngineError as error:
            sys.exit(f"{error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
