"""The desk's list and case page: beside django-helpdesk's, and as the desk grows."""

from dataclasses import dataclass, field

from bench.desk_rows import Desk, clear_desk, make_desk
from bench.desk_site import serving_desk
from bench.peers.helpdesk_running import running_helpdesk
from bench.plan import Plan
from bench.report import Line, Result, at_most, ratio, say, times
from bench.web import Load, Site, ask

BESIDE_PEER = 50_000
FEW, MANY = 10_000, 1_000_000
DECIDED = 0.2
REQUESTS = 200
# Both sides alike: each thread has opened its connection, and prepared what it asks often.
WARM_UP = 200
CASES = 40
MOST_GROWTH = 1.3

NOTES = """
Pages a second from two gunicorn workers of eight threads each, four requests at a time over kept
connections, the client on the same two cores. django-helpdesk's list is its page and the rows that
page asks for. Our case page is a different appeal each time, with facts, grounds, papers, clocks
and history; its ticket has four follow-ups and no files.
"""


@dataclass
class Rates:
    """Pages a second of each run."""

    found: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, load: Load, *, pages: int = 1) -> None:
        rate = load.per_second / pages
        self.found.setdefault(name, []).append(rate)
        say(f"  {name}: {rate:,.1f} a second, half within {load.percentile(0.5):,.0f} ms")


def measure(plan: Plan) -> None:
    shrink = 20 if plan.is_quick else 1
    rates = Rates()
    _beside_peer(plan, rates, BESIDE_PEER // shrink)
    for count, name in ((FEW, "few"), (MANY // shrink, "many")):
        desk = make_desk(open_appeals=count, decided_appeals=int(count * DECIDED))
        with serving_desk(plan.local, desk.supervisor) as site:
            for _run in range(plan.runs):
                _ours(rates, site, desk, name)
        clear_desk()
    _publish(plan, rates, BESIDE_PEER // shrink, MANY // shrink)


def _beside_peer(plan: Plan, rates: Rates, count: int) -> None:
    desk = make_desk(open_appeals=count, decided_appeals=int(count * DECIDED))
    with (
        running_helpdesk(plan.local, count) as peer,
        serving_desk(plan.local, desk.supervisor) as site,
    ):
        ask(peer.site, [*peer.list_paths, peer.ticket], WARM_UP)
        for run in range(plan.runs):
            say(f"desk beside django-helpdesk, {count:,} open, run {run + 1}")
            _ours(rates, site, desk, "ours")
            # A list of theirs is two requests.
            rates.note("peer list", ask(peer.site, peer.list_paths, REQUESTS // 4), pages=2)
            rates.note("peer case", ask(peer.site, [peer.ticket], REQUESTS))
    clear_desk()


def _ours(rates: Rates, site: Site, desk: Desk, name: str) -> None:
    cases = [f"/admin/cases/{reference}/" for reference in desk.waiting(CASES)]
    lists = [_list_of(queue.pk) for queue in desk.queues]
    ask(site, [*lists, *cases], WARM_UP)
    rates.note(f"{name} list", ask(site, lists, REQUESTS))
    rates.note(f"{name} case", ask(site, cases, REQUESTS))


def _list_of(queue: int) -> str:
    return f"/admin/appeals/appeal/?queue={queue}"


def _publish(plan: Plan, rates: Rates, beside: int, many: int) -> None:
    found = rates.found
    lines = [
        times(
            Line(
                f"a queue's list, 25 rows, {beside:,} open",
                found["ours list"],
                beside="django-helpdesk, page and rows",
                theirs=found["peer list"],
            ),
            10,
        ),
        times(
            Line(
                "a case's page",
                found["ours case"],
                beside="django-helpdesk's ticket",
                theirs=found["peer case"],
            ),
            2,
        ),
    ]
    for what in ("list", "case"):
        line = Line(
            f"{what} at {many:,} open",
            found[f"many {what}"],
            beside=f"at {FEW:,}",
            theirs=found[f"few {what}"],
        )
        growth = ratio(found[f"few {what}"], found[f"many {what}"])
        lines.append(at_most(line, growth, MOST_GROWTH, " x the time"))
    plan.publish(
        Result(
            name="desk_pages",
            title="The desk's pages",
            runs=plan.runs,
            is_quick=plan.is_quick,
            lines=lines,
            notes=NOTES,
        )
    )
