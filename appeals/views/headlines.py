"""Single lines of a decision's frozen notice, in the reader's language."""

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from appeals.models import Appeal, LineDecision


def with_headline(rows: QuerySet[LineDecision]) -> QuerySet[LineDecision]:
    """Add `headline` without loading the whole notice."""
    return rows.annotate(headline=Coalesce(_headline(get_language() or "en"), _headline("en")))


def with_line_words(rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
    """Add `line_words`: which line it is about, as its notice names it."""
    return rows.annotate(
        line_words=Coalesce(_line_words(get_language() or "en"), _line_words("en"))
    )


def _headline(language: str) -> KeyTextTransform:
    return KeyTextTransform("headline", KeyTransform(language, "notice__content"))


def _line_words(language: str) -> KeyTextTransform:
    return KeyTextTransform("line", KeyTransform(language, "decision__notice__content"))
