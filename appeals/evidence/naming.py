"""The name a customer gave a file, made fit to show and to offer for download."""

import re
import unicodedata

from django.utils.translation import gettext as _

from appeals.evidence.limits import MAX_NAME_LENGTH, MEGABYTE
from appeals.evidence.sniffing import EXTENSIONS, MediaType

# Control characters, invisible ones (which turn the reading direction round), half surrogates,
# private ones, unassigned ones, and separators of lines.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
LONGEST_EXTENSION = 10


def clean_name(given: str) -> str:
    """One line of visible characters without a path, at most MAX_NAME_LENGTH long."""
    name = unicodedata.normalize("NFC", given.replace("\\", "/")).rpartition("/")[2]
    visible = "".join(
        " " if unicodedata.category(char) in UNSEEN and char.isspace() else char
        for char in name
        if char.isspace() or unicodedata.category(char) not in UNSEEN
    )
    plain = re.sub(r'[<>:"|?*%;]', "_", " ".join(visible.split())).strip(" .")
    return _shortened(plain) or _("Document")


def _shortened(name: str) -> str:
    if len(name) <= MAX_NAME_LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        return name[: MAX_NAME_LENGTH - 1] + "…"
    return stem[: MAX_NAME_LENGTH - len(extension) - 2] + "…." + extension


def download_name(name: str, media_type: str) -> str:
    """The shown name with the extension of what the file really is."""
    extension = EXTENSIONS.get(MediaType(media_type), "bin") if media_type else "bin"
    stem, _dot, old = name.rpartition(".")
    kept = stem if stem and len(old) <= LONGEST_EXTENSION else name
    return f"{kept}.{extension}"


def shown_size(size: int) -> str:
    """`20 MB`, `1.3 MB` or `42 KB`, on one line."""
    if size < MEGABYTE:
        return f"{max(1, round(size / 1024))}\N{NO-BREAK SPACE}KB"
    return f"{round(size / MEGABYTE, 1):g}\N{NO-BREAK SPACE}MB"
