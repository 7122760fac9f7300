"""What can be seen of a file at once, while the customer still holds it in their hand."""

from typing import IO

from appeals.evidence.limits import MAX_FILE_BYTES
from appeals.evidence.others import refusal_of
from appeals.evidence.refusals import Refusal, Refused
from appeals.evidence.sniffing import HEAD_BYTES, MediaType, sniff


def look_at(content: IO[bytes], size: int) -> MediaType:
    """The type of a file by its first bytes; Refused with the reason if it is none of ours."""
    if not size:
        raise Refused(Refusal.EMPTY)
    if size > MAX_FILE_BYTES:
        raise Refused(Refusal.TOO_BIG)
    content.seek(0)
    media_type = sniff(content.read(HEAD_BYTES))
    if media_type is None:
        raise Refused(refusal_of(content))
    return media_type
