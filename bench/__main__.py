"""Run the benchmark's tables: python -m bench [TABLE ...] [--quick] [--runs N].

Each table starts with engines of its own, prints what it found beside the goal, and keeps it in
bench/results/. The command fails where anything was lost or sent twice, not where a goal is missed.
"""

import argparse
import signal
import sys
import time
from importlib import import_module

from bench.engines import own_engines

TABLES = ("email", "sms", "expansion", "urgent", "growth", "kills", "memory")
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
    for name in asked.tables or TABLES:
        began = time.monotonic()
        _run(name, runs, is_quick=asked.quick)
        sys.stdout.write(f"{name}: {(time.monotonic() - began) / 60:.1f} minutes\n\n")
    return 0


def _run(name: str, runs: int, *, is_quick: bool) -> None:
    with own_engines() as local:
        # Only now: these are models, and models want Django set up.
        plan = import_module("bench.plan").Plan(local, runs, is_quick)
        import_module(f"bench.{name}").measure(plan)


if __name__ == "__main__":
    sys.exit(main())
