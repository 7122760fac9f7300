"""The first line of a decision's frozen notice, in the reader's language."""

from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from appeals.models import LineDecision


def with_headline(rows: QuerySet[LineDecision]) -> QuerySet[LineDecision]:
    """Add `headline` without loading the whole notice."""
    language = get_language() or "en"
    return rows.annotate(
        headline=Coalesce(
            KT(f"notice__content__{language}__headline"), KT("notice__content__en__headline")
        )
    )
