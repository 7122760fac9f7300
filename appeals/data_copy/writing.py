"""Writes the ZIP piece by piece: memory stays the same however much is held about a person."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from appeals.data_copy.notice_files import notice_files
from appeals.data_copy.paper_files import paper_files
from appeals.data_copy.sections import SECTIONS
from portal.lib.dates import format_moment
from portal.models import Customer

SCHEMA = Path(__file__).with_name("schema.json")
SCHEMA_VERSION: str = json.loads(SCHEMA.read_bytes())["version"]
PIECE_BYTES = 1024 * 1024
# Pictures and PDFs are packed as they are; words shrink.
AS_IT_IS, SMALLER = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def write_copy(customer: Customer, file: IO[bytes], now: datetime) -> dict[str, int]:
    """Write everything held about the person, and return how much of each kind that was."""
    counts: dict[str, int] = {}
    with zipfile.ZipFile(file, "w", SMALLER) as archive, override(customer.locale):
        archive.write(SCHEMA, "schema.json")
        for section in SECTIONS:
            with archive.open(f"data/{section.name}.json", "w") as part:
                counts[section.name] = write_list(section.read(customer), part)
        missing: list[str] = []
        counts["papers"] = _add(archive, paper_files(customer), missing)
        counts["notice_pdfs"] = _add(archive, notice_files(customer), missing)
        archive.writestr("README.txt", _read_me(customer, now, missing))
    return counts


def write_list(rows: Iterable[Mapping[str, Any]], part: IO[bytes]) -> int:
    """A JSON list, a record a line; how many there were."""
    count = 0
    part.write(b"[")
    for row in rows:
        text = json.dumps(row, ensure_ascii=False, separators=(", ", ": "))
        part.write((",\n" if count else "\n").encode() + text.encode())
        count += 1
    part.write(b"\n]\n" if count else b"]\n")
    return count


def sha256_of(file: IO[bytes]) -> tuple[str, int]:
    """The hash and the length of the whole file, which is then wound back."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    return digest.hexdigest(), size


def _add(
    archive: zipfile.ZipFile, files: Iterable[tuple[str, IO[bytes] | None]], missing: list[str]
) -> int:
    """Add what is there and name what is not; how many were added."""
    count = 0
    for name, content in files:
        if content is None:
            missing.append(name)
            continue
        entry = zipfile.ZipInfo(name)
        entry.compress_type = AS_IT_IS
        entry.external_attr = 0o600 << 16
        with content, archive.open(entry, "w", force_zip64=True) as part:
            shutil.copyfileobj(content, part, PIECE_BYTES)
        count += 1
    return count


def _read_me(customer: Customer, now: datetime, missing: Sequence[str]) -> str:
    made = format_moment(now.astimezone(customer.zone), customer.locale)
    parts = [
        _("This is a copy of what we hold about you, made on %(time)s.") % {"time": made},
        _(
            "The folder “data” holds one file for each kind of record. They are JSON: other "
            "programs can read them, and so can any text editor."
        ),
        _(
            "The folder “papers” holds the papers you sent us. The folder “notices” holds our "
            "notices to you."
        ),
        _("The file “schema.json” says what each part means, in English."),
        _(
            "It holds nothing about other people, no notes among our staff, and nothing that "
            "the law forbids us to tell."
        ),
        _("Keep it safe: whoever has this file can read all of it."),
    ]
    if missing:
        words = _("These files could not be added. We are looking into it: %(names)s")
        parts.insert(-1, words % {"names": ", ".join(missing)})
    return "\n\n".join(parts)
