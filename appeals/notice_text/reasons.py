"""One reason as the customer reads it."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from appeals.catalogue import Reason
from appeals.notice_text import words
from appeals.notice_text.formats import fact_text, fact_value

EITHER_NUMBER = re.compile(r"(\d[\d,]*) ([a-z ]+)\(s\)")


def facts_key(reason: Reason, facts: Mapping[str, Any]) -> str:
    """The facts the reason's texts name, as a key: equal facts are written only once."""
    named = reason.needed_facts | reason.counterfactual_facts
    return json.dumps({name: facts[name] for name in named if name in facts}, sort_keys=True)


@lru_cache(maxsize=8192)
def reason_text(reason: Reason, key: str, currency: str, language: str) -> dict[str, Any]:
    """The reason's part of a notice; the caller puts in the rank and changes nothing else."""
    facts = json.loads(key)
    told = {name: fact_text(name, value, currency, language) for name, value in facts.items()}
    return {
        "code": reason.code,
        "origin": words.origin_label(reason, language),
        "title": reason.title[language],
        "explanation": _filled(reason.explanation[language], told),
        "pairs": [
            {
                "label": words.fact_label(reason.code, name, language),
                "value": fact_value(name, facts[name], currency, language),
            }
            for name in _facts_to_list(reason, facts)
        ],
        "counterfactual": _counterfactual(reason, told, language),
        "what_you_can_do": _filled(reason.what_you_can_do[language], told),
        "papers": _papers(reason, language),
        "restricted": reason.is_restricted,
    }


def _filled(text: str, told: Mapping[str, str]) -> str:
    """The text with its facts in place; `1 time(s)` reads `1 time`, `3 time(s)` reads `3 times`."""
    return EITHER_NUMBER.sub(
        lambda found: f"{found[1]} {found[2]}{'' if found[1] == '1' else 's'}", text.format(**told)
    )


def _facts_to_list(reason: Reason, facts: Mapping[str, Any]) -> list[str]:
    """The facts of the texts in the catalogue's order; of a guarded reason none is listed."""
    if reason.disclosure != "full":
        return []
    is_whole = reason.counterfactual_facts <= facts.keys()
    named = reason.needed_facts | (reason.counterfactual_facts if is_whole else frozenset())
    return [name for name in words.FACT_LABELS if name in named]


def _counterfactual(reason: Reason, told: Mapping[str, str], language: str) -> str:
    """What would change it, or nothing when a fact it needs is not there."""
    if not reason.counterfactual or reason.disclosure != "full":
        return ""
    if not reason.counterfactual_facts <= told.keys():
        return ""
    return _filled(reason.counterfactual[language], told)


def _papers(reason: Reason, language: str) -> list[dict[str, str]]:
    # The list of papers can give away what the law forbids us to say.
    if reason.is_restricted:
        return []
    return [{"key": kind.key, "label": kind.label[language]} for kind in reason.papers]
