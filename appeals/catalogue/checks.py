"""What is wrong with an edited entry of the catalogue, in words, under the field to mend.

A field of a text is named with its language, `explanation.en`; another one by itself, `queue`.
"""

import re
import string
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from appeals.catalogue.facts import FACT_KINDS, UNPRINTABLE, FactKind
from appeals.catalogue.loader import LANGUAGES, Catalogue, Reason

Problems = dict[str, list[str]]
Texts = Mapping[str, str]

LONGEST: Mapping[str, int] = {
    "title": 80,
    "explanation": 300,
    "what_you_can_do": 240,
    "counterfactual": 240,
    "label": 80,
}
# Told in every notice: the facts of these must be given by the engine.
TOLD = ("explanation", "what_you_can_do")
LONGEST_AGE_DAYS = 3650
MOST_PAPERS = 10
CURRENCY_BEFORE = re.compile(r"(?:[$€£¥￥]|USD|EUR|GBP|CNY|RMB|人民币|美元)\s*$", re.IGNORECASE)
CURRENCY_AFTER = re.compile(
    r"^\s*(?:[$€£¥￥]|元|美元|欧元|英镑|USD|EUR|GBP|CNY|RMB|dollars?\b|euros?\b|pounds?\b|yuan\b)",
    re.IGNORECASE,
)
PERCENT_AFTER = re.compile(r"^\s*(?:%|％|percent\b|per cent\b)", re.IGNORECASE)


def reason_problems(shipped: Reason, values: Mapping[str, Any], known: Catalogue) -> Problems:
    """What is wrong with a reason that would have these values; nothing when it can be used."""
    problems: Problems = {}
    for field in ("title", *TOLD, "counterfactual"):
        texts = values[field]
        if texts is None and getattr(shipped, field) is None:
            continue
        for name, problem in _text_problems(field, texts or {}, _usable(shipped, field)):
            problems.setdefault(name, []).append(problem)
    if not problems:
        problems |= _facts_not_told(shipped, values)
    problems |= _evidence_problems(values["evidence"], known)
    problems |= _handling_problems(shipped, values, known)
    return problems


def document_problems(values: Mapping[str, Any]) -> Problems:
    """What is wrong with a kind of document that would have these values."""
    problems: Problems = {}
    for name, problem in _text_problems("label", values["label"] or {}, frozenset()):
        problems.setdefault(name, []).append(problem)
    age = values["max_age_days"]
    if age is not None and not (isinstance(age, int) and 1 <= age <= LONGEST_AGE_DAYS):
        problems["max_age_days"] = [
            _("Give 1 to %(most)s days, or leave it blank for any age.")
            % {"most": LONGEST_AGE_DAYS}
        ]
    return problems


def usable_facts(shipped: Reason, field: str) -> tuple[str, ...]:
    """The facts a text of this reason may name, in the order of the alphabet."""
    return tuple(sorted(_usable(shipped, field)))


def _usable(shipped: Reason, field: str) -> frozenset[str]:
    if field in TOLD:
        return shipped.needed_facts
    if field == "counterfactual":
        return shipped.needed_facts | shipped.counterfactual_facts
    return frozenset()


# --- one text in both languages ------------------------------------------------------------------


def _text_problems(field: str, texts: Texts, usable: frozenset[str]) -> Iterator[tuple[str, str]]:
    named: dict[str, frozenset[str]] = {}
    for language in LANGUAGES:
        text = texts.get(language, "")
        found = list(_one_text(text, LONGEST[field], usable))
        yield from ((f"{field}.{language}", problem) for problem in found)
        if not found:
            named[language] = facts_named(text)
    if len(named) == len(LANGUAGES):
        yield from _named_in_one_only(field, named)


def _one_text(text: Any, longest: int, usable: frozenset[str]) -> Iterator[str]:
    if not isinstance(text, str) or not text.strip():
        yield _("Write this text in both languages.")
        return
    if len(text) > longest:
        yield _("At most %(most)s characters; this has %(count)s.") % {
            "most": longest,
            "count": len(text),
        }
    if UNPRINTABLE.search(text):
        yield _("Write it in one line, without hidden characters.")
    try:
        pieces = list(string.Formatter().parse(text))
    except ValueError:
        yield _("A brace stands alone. A fact is written as {name}, with both braces.")
        return
    yield from _fact_problems(pieces, usable)


def facts_named(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _fact_problems(pieces: list[Any], usable: frozenset[str]) -> Iterator[str]:
    for number, (before, name, form, conversion) in enumerate(pieces):
        if name is None:
            if "{" in before or "}" in before:
                yield _("Write no braces but those around the name of a fact.")
            continue
        if form or conversion or not name:
            yield _("Write a fact as {name} and nothing else inside the braces.")
        elif name not in usable:
            yield _unusable(name, usable)
        else:
            after = pieces[number + 1][0] if number + 1 < len(pieces) else ""
            yield from _form_problems(name, before, after)


def _unusable(name: str, usable: frozenset[str]) -> str:
    if not usable:
        return _("This text can hold no facts; {%(name)s} is one.") % {"name": name}
    return _("There is no fact {%(name)s} here. Use %(usable)s.") % {
        "name": name,
        "usable": _listed(usable),
    }


def _form_problems(name: str, before: str, after: str) -> Iterator[str]:
    """Whether the words around a fact suit how it is written: amounts bring their currency."""
    kind = FACT_KINDS.get(name)
    if kind is FactKind.PERCENT and not PERCENT_AFTER.search(after):
        yield _("{%(name)s} is a bare number: write %% after it.") % {"name": name}
    if kind is FactKind.MONEY and (CURRENCY_BEFORE.search(before) or CURRENCY_AFTER.search(after)):
        yield _("{%(name)s} is written with its currency: leave yours out.") % {"name": name}


def _named_in_one_only(
    field: str, named: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, str]]:
    everywhere = frozenset().union(*named.values())
    for language, names in named.items():
        missing = everywhere - names
        if missing:
            told = _("The other language tells %(facts)s; tell it here too.")
            yield f"{field}.{language}", told % {"facts": _listed(missing)}


# --- the entry as a whole ------------------------------------------------------------------------


def _facts_not_told(shipped: Reason, values: Mapping[str, Any]) -> Problems:
    """The engine sends these so that the customer is told them: no edition may leave one out."""
    told = frozenset().union(
        *(facts_named(text) for field in TOLD for text in values[field].values())
    )
    missing = shipped.needed_facts - told
    if not missing:
        return {}
    problem = _("This reason must tell %(facts)s, here or in “what you can do”.") % {
        "facts": _listed(missing)
    }
    return {f"explanation.{language}": [problem] for language in LANGUAGES}


def _evidence_problems(keys: Any, known: Catalogue) -> Problems:
    if not isinstance(keys, list) or any(key not in known.documents for key in keys):
        return {"evidence": [_("There is no such kind of paper.")]}
    if len(set(keys)) != len(keys):
        return {"evidence": [_("A kind of paper is named twice.")]}
    if len(keys) > MOST_PAPERS:
        return {"evidence": [_("At most %(most)s kinds of paper.") % {"most": MOST_PAPERS}]}
    return {}


def _handling_problems(shipped: Reason, values: Mapping[str, Any], known: Catalogue) -> Problems:
    problems: Problems = {}
    if values["queue"] not in known.queues:
        problems["queue"] = [_("There is no such queue.")]
    elif shipped.disclosure != "full" and values["queue"] != shipped.queue:
        problems["queue"] = [
            _("Details of this reason are guarded, so its appeals stay in their queue.")
        ]
    if values["review_by"] not in ("one", "two"):
        problems["review_by"] = [_("Choose one person or two.")]
    elif shipped.review_by == "two" and values["review_by"] != "two":
        problems["review_by"] = [_("This reason was shipped for two people and keeps them.")]
    if not isinstance(values["is_active"], bool):
        problems["is_active"] = [_("Say whether it is in use.")]
    return problems


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))
