"""Compile the catalogues with Babel, so that no machine needs gettext installed."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(locale_dir: Path) -> list[Path]:
    """Compile each catalogue that changed since it was last compiled; return those."""
    changed = [path for path in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")) if _is_stale(path)]
    for source in changed:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        draft = source.with_suffix(".mo.new")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        # Whole or not at all: another process may be reading it.
        draft.replace(source.with_suffix(".mo"))
    return changed


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
