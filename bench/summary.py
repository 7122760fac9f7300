"""Write the newest results as tables for a document: python -m bench.summary."""

import json
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    newest: dict[str, dict[str, Any]] = {}
    for path in sorted(RESULTS.glob("*.json")):
        result = json.loads(path.read_text(encoding="utf-8"))
        newest[result["name"]] = result
    if not newest:
        sys.stdout.write("There are no results yet. Run: make bench\n")
        return 1
    for result in newest.values():
        sys.stdout.write(f"{_table(result)}\n")
    return 0


def _table(result: dict[str, Any]) -> str:
    lines = [
        f"**{result['title']}** ({result['date']}, {result['runs']} run(s), medians)",
        "",
        "| what | Recourse | beside | found | goal | reached |",
        "|---|---|---|---|---|---|",
    ]
    for line in result["lines"]:
        beside = f"{line['beside']}: {_middle(line['theirs'])}" if line["theirs"] else ""
        reached = {True: "yes", False: "**no**", None: ""}[line["is_reached"]]
        ours = f"{_middle(line['ours'])} {line['unit']}".strip()
        cells = (line["what"], ours, beside, line["found"], line["goal"], reached)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _middle(numbers: list[float]) -> str:
    middle = sorted(numbers)[len(numbers) // 2]
    return f"{middle:,.0f}" if middle >= 100 else f"{middle:.1f}"


if __name__ == "__main__":
    sys.exit(main())
