"""Which papers help: taken from the catalogue, by the reasons the customer disputes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from appeals.catalogue import CATALOGUE, DocumentKind
from appeals.catalogue.loader import Texts
from appeals.models import DocumentRequest, Ground

# These are done in front of a camera or a person; there is no file to send.
NO_PAPERS = frozenset({"liveness_check"})


@dataclass(frozen=True)
class Suggestion:
    """A disputed reason and the papers that can answer it."""

    ground: Ground
    papers: tuple[DocumentKind, ...]


def suggest(grounds: Iterable[Ground]) -> list[Suggestion]:
    """For each disputed reason that papers can answer, those papers."""
    found = [Suggestion(ground, papers_named(_keys_of(ground))) for ground in grounds]
    return [suggestion for suggestion in found if suggestion.papers]


def papers_named(keys: Iterable[str]) -> tuple[DocumentKind, ...]:
    """The kinds with these keys that can be sent as a file; a key we do not know is left out."""
    return tuple(
        CATALOGUE.documents[key]
        for key in keys
        if key in CATALOGUE.documents and key not in NO_PAPERS
    )


def kinds_to_offer(
    grounds: Sequence[Ground], asked: DocumentRequest | None = None
) -> list[DocumentKind]:
    """What a reviewer asked for, then what helps with each reason; each kind once."""
    keys = [*(asked.kinds if asked else ())]
    for ground in grounds:
        keys += _keys_of(ground)
    return list(papers_named(dict.fromkeys(keys)))


def _keys_of(ground: Ground) -> list[str]:
    return [kind.key for kind in ground.decision_reason.reason.papers]


def kind_name(key: str) -> str:
    """The kind's name in the reader's language; empty for something else."""
    kind = CATALOGUE.documents.get(key)
    return _in_own_language(kind.label) if kind else ""


def ground_title(ground: Ground) -> str:
    """The disputed reason in the reader's language."""
    return _in_own_language(ground.decision_reason.reason.title)


def _in_own_language(texts: Texts) -> str:
    return texts.get(get_language() or "en") or texts["en"]
