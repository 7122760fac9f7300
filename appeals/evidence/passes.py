"""Passes: what a link to a page or a download carries, for one person, one paper and some minutes.

A pass opens nothing by itself: who may see the paper is asked again at each opening. It ends what a
link can do that was left behind, in a history or in somebody's mail, while rights stay as they are.
"""

from uuid import UUID

from django.core import signing

from appeals.evidence.limits import SITTING

_SIGNER = signing.TimestampSigner(salt="appeals.evidence.pass")


def make_pass(public_id: UUID, person_id: int) -> str:
    """The signature and its time alone: whom and what it is for is known when it comes back."""
    words = _words(public_id, person_id)
    return _SIGNER.sign(words).removeprefix(f"{words}{_SIGNER.sep}")


def is_good(given: str, public_id: UUID, person_id: int) -> bool:
    """Whether it was made for this person and this paper, not longer than a sitting ago."""
    try:
        _SIGNER.unsign(f"{_words(public_id, person_id)}{_SIGNER.sep}{given}", max_age=SITTING)
    except signing.BadSignature:
        return False
    return True


def _words(public_id: UUID, person_id: int) -> str:
    return f"{public_id}.{person_id}"
