"""The fonts of what we print: Latin ones from typst, Chinese ones from a package, more by choice.

Nothing is taken from the machine's own fonts: the same document looks the same everywhere.
"""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import typst
from django.conf import settings

CHINESE_PACKAGE = "pylopdf_fonts_zh_cn"
LATIN = "Libertinus Serif"
# The package's, and the names under which the same fonts come from elsewhere.
CHINESE_SERIF = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC")
CHINESE_SANS = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")
FONT_FILES = (".ttf", ".otf", ".ttc", ".otc")
# Typst's own that are not for running text.
NOT_FOR_TEXT = ("New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono")


def folders() -> tuple[str, ...]:
    """Where fonts are looked for: the package's folder, then those of LETTER_FONTS."""
    package = find_spec(CHINESE_PACKAGE)
    own = [str(Path(package.origin).parent)] if package and package.origin else []
    return (*own, *settings.LETTER_FONTS)


@lru_cache(maxsize=4)
def library(places: tuple[str, ...]) -> typst.Fonts:
    """Read the fonts of these folders once a process."""
    return typst.Fonts(include_system_fonts=False, font_paths=list(places))


def families_for(language: str) -> dict[str, list[str]]:
    """Return which fonts to try, in order, for the body and the headings of a document."""
    there = library(folders()).families()
    serif = [name for name in CHINESE_SERIF if name in there]
    sans = [name for name in CHINESE_SANS if name in there]
    known = {LATIN, *serif, *sans, *NOT_FOR_TEXT}
    others = [name for name in there if name not in known]
    body = [LATIN, *serif, *sans, *others]
    # Chinese print sets headings in a font without serifs, where Latin print sets them bold.
    is_chinese = language.startswith("zh")
    return {"body": body, "headings": [*sans, *body] if is_chinese else body}


def can_print_chinese() -> bool:
    return any(name in library(folders()).families() for name in (*CHINESE_SERIF, *CHINESE_SANS))


@lru_cache(maxsize=4)
def fonts_version(places: tuple[str, ...]) -> str:
    """Return a short hash over every font file: other fonts may draw the same words otherwise."""
    digest = hashlib.sha256()
    for path in _files_in(places):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _files_in(places: tuple[str, ...]) -> list[Path]:
    files = (path for place in places for path in sorted(Path(place).rglob("*")))
    return [path for path in files if path.suffix.lower() in FONT_FILES]
