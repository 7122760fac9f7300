"""Reads `how.yaml`: which data a family of reasons looks at, what its rule does, in plain words."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from appeals.catalogue.loader import LANGUAGES, CatalogueError, Texts

SOURCE = Path(__file__).with_name("how.yaml")


@dataclass(frozen=True)
class Family:
    """What is said about the reasons whose codes begin so."""

    data: Texts
    source: Texts
    rule: Texts


@dataclass(frozen=True)
class How:
    """Each family under the beginning of its codes."""

    by_beginning: Mapping[str, Family]

    def of_reason(self, code: str) -> Family:
        """The family of this reason: that with the longest fitting beginning."""
        return self.by_beginning[_beginning_of(code, self.by_beginning)]


def load_how(codes: Collection[str], source: Path = SOURCE) -> How:
    """Read and check it against these reasons; CatalogueError says what is wrong."""
    tree = yaml.load(source.read_bytes(), Loader=yaml.CSafeLoader)
    families: dict[str, Family] = {}
    for entry in tree["families"]:
        family = Family(*(_texts(entry, name) for name in ("data", "source", "rule")))
        for beginning in entry["codes"]:
            if beginning in families:
                raise CatalogueError(f"how.yaml: {beginning} stands twice")
            families[beginning] = family
    used = {_beginning_of(code, families) for code in codes}
    for beginning in families.keys() - used:
        raise CatalogueError(f"how.yaml: no reason begins with {beginning}")
    return How(families)


def _beginning_of(code: str, families: Collection[str]) -> str:
    fitting = [one for one in families if code == one or code.startswith(f"{one}-")]
    if not fitting:
        raise CatalogueError(f"how.yaml: nothing says how {code} is decided")
    return max(fitting, key=len)


def _texts(entry: Mapping[str, Any], name: str) -> Texts:
    given = entry.get(name) or {}
    texts = {ours: str(given.get(theirs) or "") for ours, theirs in LANGUAGES.items()}
    if not all(texts.values()):
        raise CatalogueError(f"how.yaml: {entry['codes'][0]}: {name} is not there in each language")
    return texts
