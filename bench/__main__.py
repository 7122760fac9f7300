"""Run the benchmark's tables: python -m bench [TABLE ...] [--quick] [--runs N].

Each table starts with engines of its own, prints what it found beside the goal, and keeps it in
bench/results/. The command fails where anything was lost or sent twice, not where a goal is missed.
"""

import argparse
import signal
import subprocess
import sys
import time
from importlib import import_module

from bench.engines import own_engines

TABLES = (
    "email",
    "sms",
    "expansion",
    "urgent",
    "growth",
    "kills",
    "memory",
    "desk_claims",
    "desk_pages",
    "desk_dashboard",
    "desk_keys",
    "fairness_page",
    "why_page",
    "upload_cut",
    "notices",
    "papers",
    "remedy",
    "phone_pages",
    "hostile",
    "watching",
)
RUNS = 5


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], metavar="TABLE")
    parser.add_argument("--quick", action="store_true", help="small numbers, once, nothing kept")
    parser.add_argument("--runs", type=int, default=0, help="how often (default 5, quick 1)")
    asked = parser.parse_args()
    # Whatever ends us, the engines and the workers end too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    runs = asked.runs or (1 if asked.quick else RUNS)
    tables = asked.tables or TABLES
    if len(tables) == 1:
        _run(tables[0], runs, is_quick=asked.quick)
        return 0
    return max(_in_own_process(name, runs, is_quick=asked.quick) for name in tables)


def _in_own_process(name: str, runs: int, *, is_quick: bool) -> int:
    """Run one table where nothing is left of another one's engines."""
    words = [name, f"--runs={runs}", *(["--quick"] if is_quick else [])]
    command = [sys.executable, "-W", "ignore", "-m", "bench", *words]
    return subprocess.run(command, check=False).returncode


def _run(name: str, runs: int, *, is_quick: bool) -> None:
    began = time.monotonic()
    with own_engines() as local:
        # Only now: these are models, and models want Django set up.
        plan = import_module("bench.plan").Plan(local, runs, is_quick)
        import_module(f"bench.{name}").measure(plan)
    sys.stdout.write(f"{name}: {(time.monotonic() - began) / 60:.1f} minutes\n\n")


if __name__ == "__main__":
    sys.exit(main())
