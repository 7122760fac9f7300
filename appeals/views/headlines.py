"""The first line of a decision's frozen notice, in the reader's language."""

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from appeals.models import LineDecision


def with_headline(rows: QuerySet[LineDecision]) -> QuerySet[LineDecision]:
    """Add `headline` without loading the whole notice."""
    return rows.annotate(headline=Coalesce(_headline(get_language() or "en"), _headline("en")))


def _headline(language: str) -> KeyTextTransform:
    return KeyTextTransform("headline", KeyTransform(language, "notice__content"))
