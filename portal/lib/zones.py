"""Time zones by the names people know."""

from functools import lru_cache
from itertools import groupby
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import get_timezone_location

from portal.lib.money import babel_locale

Choices = list[tuple[str, list[tuple[str, str]]]]


def zone_name(zone: str, language: str) -> str:
    """Return the place that names the zone: `New York` or `纽约`."""
    name: str = get_timezone_location(zone, locale=babel_locale(language), return_city=True)
    # A few have no name of their own and come as "Indiana/Indianapolis".
    return name.rpartition("/")[2]


@lru_cache(maxsize=4)
def zone_choices(language: str) -> Choices:
    """Return every zone under its country, both named in the reader's language."""
    countries = Locale.parse(babel_locale(language)).territories
    territories = get_global("zone_territories")
    # A zone with an alias is the same zone under an older name.
    zones = available_timezones() & territories.keys() - get_global("zone_aliases").keys()
    rows = sorted(
        (countries.get(territories[zone], ""), zone_name(zone, language), zone) for zone in zones
    )
    return [
        (country, [(zone, city) for _, city, zone in group])
        for country, group in groupby(rows, key=lambda row: row[0])
        if country
    ]


def is_zone(zone: str) -> bool:
    return zone in available_timezones()
