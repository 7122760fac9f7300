"""The buttons of the why page: each right with where it leads from this decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from appeals import rights
from appeals.catalogue.packs import Body
from appeals.models import Appeal, LineDecision
from appeals.rights import Rights, rights_of
from appeals.views.rights_words import BUTTONS, SLUGS, ButtonWords

ASKED_BY_FORM = {kind.value: slug for slug, kind in SLUGS.items()}


@dataclass(frozen=True)
class Button:
    key: str
    words: ButtonWords
    address: str


@dataclass(frozen=True)
class BureauBlock:
    """The bureau whose report was used, in the reader's language."""

    name: str
    address: str
    site: str
    phone: str


@dataclass(frozen=True)
class RightsOnPage:
    buttons: list[Button]
    bureau: BureauBlock | None


def rights_on_page(
    decision: LineDecision,
    content: Mapping[str, Any],
    appeal: Appeal | None,
    *,
    can_be_appealed: bool,
) -> RightsOnPage:
    """What can be asked for here, each with its address; asks the database nothing."""
    given = rights_of(decision, content, timezone.now())
    found = [(key, _address(key, decision, appeal, can_be_appealed)) for key in given.keys]
    return RightsOnPage(
        [Button(key, BUTTONS[key], address) for key, address in found if address],
        _block(given),
    )


def _address(key: str, decision: LineDecision, appeal: Appeal | None, can: bool) -> str:  # noqa: FBT001
    """Empty where it leads nowhere from here: a newer decision stands, or it is answered."""
    reference = decision.reference
    if key in ASKED_BY_FORM and key != rights.EXPLAIN:
        return reverse("appeals:ask", args=[reference, ASKED_BY_FORM[key]])
    if key == rights.EXPLAIN:
        return reverse("appeals:how", args=[reference])
    if key == rights.CORRECT_FACT:
        return reverse("appeals:choose_fact", args=[reference])
    if key == rights.DATA_COPY:
        return reverse("appeals:data_copies")
    return _address_of_appeal(key, reference, appeal, can)


def _address_of_appeal(key: str, reference: str, appeal: Appeal | None, can: bool) -> str:  # noqa: FBT001
    if appeal is None:
        return reverse("appeals:start", args=[reference]) if can else ""
    if key == rights.SEND_PAPERS:
        takes = appeal.accepts_evidence
        return reverse("appeals:documents", args=[appeal.reference]) if takes else ""
    return reverse("appeals:appeal", args=[appeal.reference])


def _block(given: Rights) -> BureauBlock | None:
    body = given.bureau
    if body is None:
        return None
    return BureauBlock(
        in_language(body.name), in_language(body.address or {}), body.site, body.phone
    )


def in_language(texts: Mapping[str, str]) -> str:
    return texts.get(get_language() or "en") or texts.get("en", "")


@dataclass(frozen=True)
class Helper:
    """Somebody outside, in the reader's language."""

    name: str
    help: str
    site: str
    phone: str


def helpers(bodies: list[Body]) -> list[Helper]:
    return [Helper(in_language(b.name), in_language(b.help), b.site, b.phone) for b in bodies]
