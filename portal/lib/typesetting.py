"""Set a document as a tagged PDF (PDF/UA-1), or say which characters no font of ours can print.

The same words, template, fonts and typst give the same bytes: nothing of the clock or the machine
goes in.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from portal.lib.fonts import families_for, folders, library

# How typst says it: the standard forbids the empty box, so the document is refused.
NO_GLYPH = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


class CannotPrint(Exception):
    """No font of ours has these characters."""

    def __init__(self, characters: str) -> None:
        super().__init__(" ".join(f"U+{ord(character):04X}" for character in characters))
        self.characters = characters


class CannotSet(Exception):
    """Our template and this document do not go together."""


def typeset(template: str, given: dict[str, Any]) -> bytes:
    """Return the PDF; CannotPrint if a character of it would be an empty box.

    `template` is its name in templates/. It finds what is given under `sys.inputs.given` as JSON,
    with the fonts for `lang`, and sets it as text: nothing of it is ever read as markup.
    """
    words = {**given, "fonts": families_for(str(given["lang"]))}
    root = _templates()
    compiler = typst.Compiler(
        root / template,
        root=root,
        font_paths=library(folders()),
        ignore_system_fonts=True,
        sys_inputs={"given": json.dumps(words, ensure_ascii=False)},
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
def _templates() -> Path:
    return Path(settings.BASE_DIR) / "templates"


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
