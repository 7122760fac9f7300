"""Set one letter as a tagged PDF (PDF/UA-1), or say which characters no font of ours can print."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from notifications.letters.fonts import families_for, folders, library

TEMPLATE = "notifications/letters/letter.typ"
# How typst says it: the standard forbids the empty box, so the letter is refused.
NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class CannotPrint(Exception):
    """No font of ours has these characters."""

    def __init__(self, characters: str) -> None:
        super().__init__(" ".join(f"U+{ord(character):04X}" for character in characters))
        self.characters = characters


class CannotSet(Exception):
    """Our template and this letter do not go together."""


def typeset(letter: dict[str, Any]) -> bytes:
    """Return the letter's PDF; CannotPrint if a character of it would be an empty box."""
    given = {**letter, "fonts": families_for(str(letter["lang"]))}
    template = _template()
    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=library(folders()),
        ignore_system_fonts=True,
        sys_inputs={"letter": json.dumps(given, ensure_ascii=False)},
    )
    try:
        pdf = compiler.compile(format="pdf", pdf_standards="ua-1")
    except typst.TypstError as error:
        if refused := NO_GLYPH.search(error.message):
            raise CannotPrint(_unescaped(refused[1])) from error
        raise CannotSet(error.message) from error
    if not isinstance(pdf, bytes):
        raise TypeError("A PDF is one file.")
    return pdf


@cache
def _template() -> Path:
    return Path(settings.BASE_DIR) / "templates" / TEMPLATE


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
