"""The text of a Notice in every language we speak, from a decision, the catalogue and a pack.

The words are data in two languages, as in the catalogue: a notice is written once in both, kept
for good, and must not depend on which translations happen to be compiled.

`Notice.content` is `{"en": {...}, "zh-hans": {...}}`, and each language holds:

    headline, line                 what changed, and of which account: texts
    before, after                  {"label", "value"}: the limit before and now
    share_left                     percent of the old limit left, or None
    figures                        texts: used, left to spend, who decided
    unchanged, effective, automated
                                   texts: what stays, from when, who decided and what to ask for
    policy                         {"title", "text"} or None
    reasons                        in order, each {"code", "rank", "origin", "title", "explanation",
                                   "pairs": [{"label", "value"}], "counterfactual",
                                   "what_you_can_do", "papers": [{"key", "label"}], "restricted"}
    deadline                       until when to appeal; empty for good news
    rights                         the pack's fixed paragraphs, in order; empty for good news
    bodies                         who outside can help, each {"key", "name", "help", "address",
                                   "site", "phone"}; notices of earlier versions have no such key

Texts may be empty, lists too; nothing else is left out. A reader takes what it knows and leaves
the rest.
"""

from appeals.notice_text.causes import Cause, cause_name, cause_text
from appeals.notice_text.compose import compose
from appeals.notice_text.frozen import TEMPLATE_VERSION, canonical_text, sha256_of
from appeals.notice_text.subject import Lender, NoticeHeld, NoticeReason, NoticeSubject

__all__ = [
    "TEMPLATE_VERSION",
    "Cause",
    "Lender",
    "NoticeHeld",
    "NoticeReason",
    "NoticeSubject",
    "canonical_text",
    "cause_name",
    "cause_text",
    "compose",
    "sha256_of",
]
