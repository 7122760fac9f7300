"""Print every benchmark's table, each measured in a process of its own: python -m bench."""

import subprocess
import sys

TABLES = ("bench.ingest", "bench.deliveries")


def main() -> int:
    commands = ([sys.executable, "-W", "ignore", "-m", name] for name in TABLES)
    return max(subprocess.run(command, check=False).returncode for command in commands)


if __name__ == "__main__":
    sys.exit(main())
