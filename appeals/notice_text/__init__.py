"""The text of a Notice in every language we speak, from a decision and the catalogue.

The words are data in two languages, as in the catalogue: a notice is written once in both, kept
for good, and must not depend on which translations happen to be compiled.
"""

from appeals.notice_text.compose import compose
from appeals.notice_text.frozen import TEMPLATE_VERSION, canonical_text, sha256_of
from appeals.notice_text.subject import NoticeHeld, NoticeReason, NoticeSubject

__all__ = [
    "TEMPLATE_VERSION",
    "NoticeHeld",
    "NoticeReason",
    "NoticeSubject",
    "canonical_text",
    "compose",
    "sha256_of",
]
