"""Finds every text people read and what its catalogue lacks, in Python alone.

Django's own makemessages needs the gettext programs; a fresh clone has only Python.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PACKAGES = ("portal", "appeals", "notifications")
TEMPLATE_SUFFIXES = {".html", ".txt"}
NAMES = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True)
class Text:
    """One text to translate: its id (a pair for singular and plural), context and place."""

    id: str | tuple[str, ...]
    context: str | None
    place: str


def used_texts(root: Path) -> Iterator[Text]:
    """Every text that the code and the templates under `root` mark for translation."""
    for package in PACKAGES:
        yield from texts_in_code(root / package, root)
    yield from texts_in_templates(root / "templates", root)


def texts_in_code(folder: Path, root: Path) -> Iterator[Text]:
    for path in sorted(folder.rglob("*.py")):
        yield from _texts(path.read_text(), str(path.relative_to(root)))


def texts_in_templates(folder: Path, root: Path) -> Iterator[Text]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in TEMPLATE_SUFFIXES:
            place = str(path.relative_to(root))
            yield from _texts(_flat(templatize(path.read_text(), origin=place)), place)


def _flat(source: str) -> str:
    """What a template becomes is no Python with a meaning in its indents."""
    return "\n".join(line.lstrip() for line in source.splitlines())


def _texts(source: str, place: str) -> Iterator[Text]:
    found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS)
    for line, message, _comments, context in found:
        yield Text(id=message, context=context, place=f"{place}:{line}")


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def missing(catalogue: Catalog, texts: Iterator[Text]) -> list[Text]:
    """The texts that have no translation, each once."""
    lacking: dict[tuple[object, str | None], Text] = {}
    for text in texts:
        entry = catalogue.get(text.id, text.context)
        if entry is None or entry.fuzzy or not _is_full(entry.string):
            lacking.setdefault((text.id, text.context), text)
    return list(lacking.values())


def _is_full(translation: str | list[str] | tuple[str, ...] | None) -> bool:
    return all(translation) if isinstance(translation, (list, tuple)) else bool(translation)


def unused(catalogue: Catalog, texts: Iterator[Text]) -> list[str]:
    """Translations of texts that nothing uses any more."""
    used = {(_key(text.id), text.context) for text in texts}
    entries = (entry for entry in catalogue if entry.id)
    return [str(entry.id) for entry in entries if (_key(entry.id), entry.context) not in used]


def unfillable(catalogue: Catalog) -> list[str]:
    """Translations that break when they are filled: a name their source lacks, or a bare `%`."""
    return [str(entry.id) for entry in catalogue if entry.id and not _can_be_filled(entry)]


def _can_be_filled(entry: Message) -> bool:
    sources, told = _all(entry.id), _all(entry.string)
    if not any("%(" in source or "%%" in source for source in sources):
        return True
    # Zero is a number and a word.
    given = {name: 0 for source in sources for name in NAMES.findall(source)}
    try:
        return all(text % given is not None for text in told)
    except (KeyError, TypeError, ValueError):
        return False


def _all(message: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [message] if isinstance(message, str) else list(message or ())


def _key(message: str | list[str] | tuple[str, ...]) -> str:
    return message[0] if isinstance(message, (list, tuple)) else message


def add_missing(path: Path, lacking: list[Text]) -> None:
    """Write empty entries for the texts that lack one, so that a translator finds them."""
    catalogue = read_catalogue(path)
    for text in lacking:
        catalogue.add(text.id, context=text.context)
    with path.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, omit_header=False)
