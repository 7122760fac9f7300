"""Hostile files and honest ones, through the door and the sandbox: what was taken, and why not."""

import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from appeals.evidence import sandbox
from appeals.evidence.arrival import look_at
from appeals.evidence.refusals import Refused
from appeals.evidence.wording import refusal_text
from bench.plan import Plan
from bench.report import Line, Result, at_most, say
from tests.hostile import DISARMED, REFUSED
from tests.hostile.honest import FILES

FEWEST = 60
SLOWEST_SECONDS = 30.0
TAKEN, DIED = "taken", "died"
NOTES = """
Every file of tests/hostile as a customer would send it: looked at while it arrives, then opened in
a process of its own under limits of time, memory and size. "Worker deaths" are checks that ended
without an answer of ours. A reason is "its own" when the file is refused with the code, and so with
the sentence, that the set says it must have. Strange files may be kept, without what they carried;
honest ones must be. The virus that only a scanner finds is in the tests, with a real clamd.
"""


@dataclass
class Tally:
    """What became of the files of one run."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    taken_wrongly: int = 0
    refused_wrongly: int = 0
    deaths: int = 0
    slowest: float = 0.0


def measure(plan: Plan) -> None:
    runs = [_run() for _ in range(plan.runs)]
    for tally in runs:
        for words in tally.wrong:
            say(words)
    codes = {code for tally in runs for code in tally.ends} - {TAKEN, DIED}
    say("refused as: " + ", ".join(f"{code} {runs[0].ends[code]}" for code in sorted(codes)))
    plan.publish(
        Result(
            name="hostile",
            title="Hostile files",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=_lines(runs, codes),
            notes=NOTES,
        )
    )


def _lines(runs: list[Tally], codes: set[str]) -> list[Line]:
    made = Line("files made by our script", [float(len(REFUSED) + len(DISARMED))], unit="files")
    made.found, made.goal = f"{len(REFUSED)} to be refused", f"at least {FEWEST}"
    made.is_reached = len(REFUSED) >= FEWEST
    sentences = Line("reasons, each with a sentence", [float(len(codes))], unit="reasons")
    sentences.found = f"{len({refusal_text(code) for code in codes})} sentences"
    counts = {
        "taken wrongly": [float(tally.taken_wrongly) for tally in runs],
        "refused for another reason": [float(len(tally.wrong)) for tally in runs],
        "worker deaths": [float(tally.deaths) for tally in runs],
        f"honest files refused, of {len(FILES)}": [float(tally.refused_wrongly) for tally in runs],
    }
    zeros = [
        at_most(Line(what, numbers, unit="files"), max(numbers), 0)
        for what, numbers in counts.items()
    ]
    slowest = Line("the slowest check", [tally.slowest for tally in runs], unit="s")
    return [made, sentences, *zeros, at_most(slowest, max(slowest.ours), SLOWEST_SECONDS, " s")]


def _run() -> Tally:
    tally = Tally()
    for specimen in REFUSED:
        end = _end_of(specimen.make(), tally)
        tally.taken_wrongly += end == TAKEN
        if end != specimen.refusal:
            tally.wrong.append(f"{specimen.name}: {end}, not {specimen.refusal}")
    for stranger in DISARMED:
        _end_of(stranger.make(), tally)
    for honest in FILES:
        end = _end_of(honest.make(), tally)
        if end != TAKEN:
            tally.refused_wrongly += 1
            say(f"{honest.name}: {end}")
    return tally


def _end_of(content: bytes, tally: Tally) -> str:
    began = time.monotonic()
    try:
        look_at(BytesIO(content), len(content))
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "source"
            source.write_bytes(content)
            sandbox.inspect(source, source.with_name("target"))
        end = TAKEN
    except Refused as refused:
        end = refused.code.value
    except sandbox.SandboxFailed:
        end, tally.deaths = DIED, tally.deaths + 1
    tally.ends[end] += 1
    tally.slowest = max(tally.slowest, time.monotonic() - began)
    return end
