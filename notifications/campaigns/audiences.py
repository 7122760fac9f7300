"""Whom a campaign tells: audiences with a name, which the database itself can read out.

This package knows only customers. An app that knows more about them registers audiences of its
own: `people` turns the audience's parameters into a query, and nothing but the query is used, so
that ten million people never pass through this process.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from notifications.campaigns.errors import CampaignError

Parameters = dict[str, str]
# A page waits for a count longer than for anything else: ten million people are read for it.
COUNT_PATIENCE = "25s"
SAMPLE = 10

_PLACEHOLDER = re.compile(r"%%|%s")


class AudienceForm(forms.Form):
    """What an audience needs to know; an empty answer asks for nothing."""

    def parameters(self) -> Parameters:
        """Return the answers in the form they are kept in."""
        answers = self.cleaned_data.items()
        return {name: str(answer) for name, answer in answers if answer not in (None, "")}


@dataclass(frozen=True)
class Audience:
    """One kind of audience.

    `people` returns one row a person: recipient_id (bigint), about, path and context (text; the
    last one JSON). It should be quick to read from any recipient_id on, in that order.
    """

    name: str
    label: str | Promise
    form: type[AudienceForm]
    people: Callable[[Parameters], QuerySet[Any, Any]]
    # The types of message that make sense for it.
    types: tuple[str, ...] = ("announcement",)


@dataclass(frozen=True)
class SamplePerson:
    """Somebody a campaign would tell."""

    reference: str
    language: str
    jurisdiction: str
    region: str
    path: str


_AUDIENCES: dict[str, Audience] = {}


def register_audience(audience: Audience) -> None:
    """Let campaigns be made for this audience."""
    _AUDIENCES[audience.name] = audience


def list_audiences() -> list[Audience]:
    return list(_AUDIENCES.values())


def get_audience(name: str) -> Audience:
    try:
        return _AUDIENCES[name]
    except KeyError:
        raise CampaignError(_("There is no audience of this name any more.")) from None


def audience_sql(name: str, parameters: Parameters) -> tuple[str, dict[str, Any]]:
    """Return an audience as SQL and its values, named so that a larger statement can hold it."""
    statement, values = get_audience(name).people(parameters).query.sql_with_params()
    names = [f"audience_{number}" for number in range(len(values))]
    count = itertools.count()
    named = _PLACEHOLDER.sub(
        lambda found: found[0] if found[0] == "%%" else f"%({names[next(count)]})s", statement
    )
    return named, dict(zip(names, values, strict=True))


def count_audience(name: str, parameters: Parameters) -> int:
    """Return how many people an audience has today."""
    people = get_audience(name).people(parameters).values("recipient_id")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [COUNT_PATIENCE])
        return people.count()


def sample_audience(name: str, parameters: Parameters) -> list[SamplePerson]:
    """Return the first few people of an audience, for a person to look at."""
    statement, values = audience_sql(name, parameters)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT person.reference, person.locale, person.jurisdiction, person.region, first.path
            FROM (
                SELECT recipient_id, path FROM ({statement}) AS audience
                ORDER BY recipient_id LIMIT %(sample)s
            ) AS first
            JOIN portal_customer AS person ON person.id = first.recipient_id
            ORDER BY person.id
            """,  # noqa: S608 - the ORM wrote the audience, its values are parameters
            {**values, "sample": SAMPLE},
        )
        names = dict(settings.LANGUAGES)
        return [
            SamplePerson(reference, names.get(language, language), *place)
            for reference, language, *place in cursor.fetchall()
        ]
