"""The figures in plain sentences, for pages, reports and tables."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.formats import get_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from appeals.fairness.aspects import FEWEST, MEANS, Aspect
from appeals.fairness.chance import Estimate
from appeals.fairness.comparing import Compared, Table
from appeals.models import Dimension, Source

Words = Promise | str
CLOSE = 0.1
DIMENSIONS: dict[str, Words] = {
    Dimension.LANGUAGE: gettext_lazy("Language"),
    Dimension.REGION: gettext_lazy("Region"),
    "age_band": gettext_lazy("Age band"),
}
TITLES: dict[Aspect, Words] = {
    Aspect.CUT: gettext_lazy("Lines cut"),
    Aspect.SIZE: gettext_lazy("Share of the limit lost"),
    Aspect.APPEALED: gettext_lazy("Cuts appealed"),
    Aspect.ASKED: gettext_lazy("Asked for papers"),
    Aspect.DAYS: gettext_lazy("Days waited for the answer"),
    Aspect.DROPPED: gettext_lazy("Appeals given up"),
    Aspect.OVERTURNED: gettext_lazy("Answers that gave something back"),
}
WHOLES: dict[Aspect, Words] = {
    Aspect.CUT: gettext_lazy("Lines"),
    Aspect.SIZE: gettext_lazy("Cuts"),
    Aspect.APPEALED: gettext_lazy("Cuts"),
    Aspect.ASKED: gettext_lazy("Appeals sent"),
    Aspect.DAYS: gettext_lazy("Answers"),
    Aspect.DROPPED: gettext_lazy("Appeals begun"),
    Aspect.OVERTURNED: gettext_lazy("Answers"),
}
TIMES: dict[Aspect, Words] = {
    Aspect.CUT: gettext_lazy("%(who)s are cut %(times)s times as often as the others"),
    Aspect.APPEALED: gettext_lazy("%(who)s appeal %(times)s times as often as the others"),
    Aspect.ASKED: gettext_lazy(
        "%(who)s are asked for papers %(times)s times as often as the others"
    ),
    Aspect.DROPPED: gettext_lazy("%(who)s give up %(times)s times as often as the others"),
    Aspect.OVERTURNED: gettext_lazy(
        "%(who)s get something back %(times)s times as often as the others"
    ),
}
MORE_OR_LESS: dict[Aspect, tuple[Words, Words]] = {
    Aspect.DAYS: (
        gettext_lazy("%(who)s wait %(days)s days longer"),
        gettext_lazy("%(who)s wait %(days)s days less"),
    ),
    Aspect.SIZE: (
        gettext_lazy("%(who)s lose %(points)s points more of their limit"),
        gettext_lazy("%(who)s lose %(points)s points less of their limit"),
    ),
}
LANGUAGES: dict[str, Words] = {
    "en": gettext_lazy("Customers reading English"),
    "zh-hans": gettext_lazy("Customers reading Chinese"),
}
LANGUAGE_NAMES: dict[str, Words] = {
    "en": gettext_lazy("English"),
    "zh-hans": gettext_lazy("Chinese"),
}


def dimension_name(dimension: str) -> str:
    return str(DIMENSIONS.get(dimension, dimension))


def group_name(dimension: str, group: str) -> str:
    if not group:
        return _("Not known")
    if dimension == Dimension.LANGUAGE:
        return str(LANGUAGE_NAMES.get(group, group))
    return group


def who(dimension: str, group: str) -> str:
    """The group as the subject of a sentence."""
    if not group:
        return _("Customers of whom this is not known")
    if dimension == Dimension.LANGUAGE and group in LANGUAGES:
        return str(LANGUAGES[group])
    words = (
        _("Customers in %(group)s")
        if dimension == Dimension.REGION
        else _("Customers in the group %(group)s")
    )
    return words % {"group": group}


def sentence(table: Table) -> str:
    """What stands out most, and whether that is likely to be chance."""
    row = table.strongest
    if row is None and table.rows:
        return _("Nothing to compare yet: it has happened to nobody.")
    if row is None:
        return _("Too few to compare: a group needs %(fewest)s.") % {"fewest": FEWEST}
    return sentence_of(table.dimension, table.aspect, row)


def sentence_of(dimension: str, aspect: Aspect, row: Compared) -> str:
    finding = _finding(aspect, row, who(dimension, row.group))
    if row.is_unlikely:
        return _("%(finding)s; the difference is unlikely to be chance.") % {"finding": finding}
    return _("%(finding)s; that may be chance.") % {"finding": finding}


def _finding(aspect: Aspect, row: Compared, whom: str) -> str:
    if aspect in MEANS:
        apart = row.value - row.others
        words = str(MORE_OR_LESS[aspect][apart < 0])
        return words % {
            "who": whom,
            "days": decimal(abs(apart)),
            "points": decimal(100 * abs(apart)),
        }
    times = row.ratio.value if row.ratio else 1.0
    # Near one a second digit says which way.
    places = 2 if abs(times - 1) < CLOSE else 1
    return str(TIMES[aspect]) % {"who": whom, "times": decimal(times, places)}


def denominator(source: Source | None) -> str:
    """Of how many the cut lines are: that changes what their share means."""
    if source == Source.LENDER:
        return _("Lines: all that the lender reported for the group. A line counts once a month.")
    return _(
        "Lines: those this portal holds, that is, lines about which a decision came in. Of all the "
        "lender's lines the shares are lower. A line counts once a month."
    )


# --- numbers ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spelling:
    """How one language writes figures; looked up once, for a table has hundreds."""

    marks: dict[int, str]
    interval: str

    def decimal(self, value: float, places: int = 1) -> str:
        return f"{value:,.{places}f}".translate(self.marks)

    def with_interval(self, estimate: Estimate | None, places: int = 2, scale: float = 1.0) -> str:
        """`1.42 (1.10 to 1.83)`."""
        if estimate is None:
            return "–"
        return self.interval % {
            "value": self.decimal(scale * estimate.value, places),
            "low": self.decimal(scale * estimate.low, places),
            "high": self.decimal(scale * estimate.high, places),
        }


def spelling() -> Spelling:
    """That of the language in which the page is written."""
    return _spelling_of(get_language() or "en")


@lru_cache
def _spelling_of(language: str) -> Spelling:
    point, comma = (
        get_format(name, language) for name in ("DECIMAL_SEPARATOR", "THOUSAND_SEPARATOR")
    )
    with override(language):
        interval = _("%(value)s (%(low)s to %(high)s)")
    return Spelling(str.maketrans({".": point, ",": comma}), interval)


def decimal(value: float, places: int = 1) -> str:
    return spelling().decimal(value, places)


def value_text(aspect: Aspect, value: float) -> str:
    if aspect == Aspect.DAYS:
        return decimal(value)
    return f"{decimal(100 * value)}%"


def chance_text(row: Compared) -> str:
    if row.is_unlikely:
        return _("unlikely to be chance")
    return _("may be chance")


@dataclass(frozen=True)
class Side:
    """One more figure of a table: its heading, and its text for a row."""

    heading: str
    texts: list[str]


def sides(table: Table) -> list[Side]:
    """The figures beside each group's own, with their intervals at 95 percent."""
    rows, write = table.rows, spelling().with_interval
    points = 1 if table.aspect == Aspect.DAYS else 100
    difference = Side(
        _("Days apart") if table.aspect == Aspect.DAYS else _("Points apart"),
        [write(row.difference, 1, points) for row in rows],
    )
    if table.aspect in MEANS:
        in_deviations = [write(row.standardised) for row in rows]
        return [difference, Side(_("Standardised difference"), in_deviations)]
    return [
        Side(_("Ratio"), [write(row.ratio) for row in rows]),
        difference,
        Side(_("Odds ratio"), [write(row.odds) for row in rows]),
        Side(_("Odds ratio within risk bands"), [write(row.within) for row in rows]),
    ]
