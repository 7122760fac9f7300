"""Which reasons a notice may tell, and the gate: half a notice goes to nobody.

A notice goes out when every reason is in the catalogue, complete, in order of weight and allowed
to be disclosed, when one of those told may stand alone, when what rests on a place of residence is
justified where the law asks for it, and (see `blocks`) when every required paragraph is filled. How
many are told is the pack's to say.
"""

from collections.abc import Sequence
from itertools import pairwise

from appeals.catalogue import Catalogue, Reason
from appeals.catalogue.packs import Pack
from appeals.notice_text.causes import Cause
from appeals.notice_text.subject import NoticeHeld, NoticeReason, NoticeSubject

Shown = tuple[Reason, NoticeReason]


def reasons_to_show(subject: NoticeSubject, catalogue: Catalogue, pack: Pack) -> list[Shown]:
    """The principal reasons in order, once all of them can be shown whole; else NoticeHeld."""
    pairs = [(_in_catalogue(given.code, catalogue), given) for given in subject.reasons]
    _check_complete(pairs)
    _check_order(subject.reasons)
    _check_residence(subject, pack)
    rules = pack.notice
    most = rules.max_reasons
    shown = pairs[:most] + [pair for pair in pairs[most:] if pair[0].code == rules.extra_reason]
    for reason, _ in shown:
        if reason.disclosure not in rules.disclosures:
            raise NoticeHeld(Cause.NOT_DISCLOSABLE, reason=reason.code, pack=pack.name)
    if subject.is_adverse and not any(reason.show_alone for reason, _ in shown):
        codes = ", ".join(reason.code for reason, _ in shown)
        raise NoticeHeld(Cause.NOT_SPECIFIC, reason=codes)
    return shown


def _in_catalogue(code: str, catalogue: Catalogue) -> Reason:
    try:
        return catalogue.reason(code)
    except KeyError:
        raise NoticeHeld(Cause.UNKNOWN_REASON, reason=code) from None


def _check_complete(pairs: Sequence[Shown]) -> None:
    for reason, given in pairs:
        if missing := sorted(reason.needed_facts - given.facts.keys()):
            raise NoticeHeld(Cause.INCOMPLETE, reason=reason.code, facts=", ".join(missing))


def _check_order(reasons: Sequence[NoticeReason]) -> None:
    for before, after in pairwise(reasons):
        if before.weight is not None and after.weight is not None and after.weight > before.weight:
            raise NoticeHeld(Cause.OUT_OF_ORDER, reason=after.code)


def _check_residence(subject: NoticeSubject, pack: Pack) -> None:
    rule = pack.notice.residence
    if rule is None or not subject.is_adverse or subject.is_justified:
        return
    for given in subject.reasons:
        if given.code in rule.reasons:
            named = (subject.policy or {}).get("ref") or "–"
            raise NoticeHeld(Cause.RESIDENCE, reason=given.code, pack=pack.name, policy=named)
