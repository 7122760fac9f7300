"""A reviewer asks the customer for papers, or a question."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.access import not_hidden_from
from appeals.actions.claims import check_holds
from appeals.actions.clocks import pause_clocks
from appeals.actions.events import record
from appeals.actions.gathering import check_is_not_gathered
from appeals.catalogue import CATALOGUE
from appeals.errors import BadInput
from appeals.evidence.held import held_papers, is_still_good
from appeals.models import Appeal, Claim, DocumentRequest, EventKind
from appeals.reply_texts import asking_values, fill, joined_papers, places_in
from appeals.truth import about_appeal
from notifications.api import notify
from portal.models import Customer


class HeldAlready(BadInput):
    """The customer sent this before: whoever asks all the same says so."""


# As much as the row holds.
LONGEST = 2000


@transaction.atomic
def ask_for_documents(
    *,
    appeal: Appeal,
    by: Customer,
    kinds: Sequence[str],
    message: str,
    although_held: bool = False,
) -> DocumentRequest:
    """Ask, pause the promise and let go of the case: the answer puts it back in its queue.

    Without kinds of papers it is a question. The open places of a prepared text are filled here,
    so that none of them ever reaches a customer. The reviewer who asked finds it under "Answered"
    in their work, so that they can go on. What we hold already is asked for only on purpose.
    """
    check_holds(appeal, by)
    check_is_not_gathered(appeal)
    wanted = _known(kinds)
    now = timezone.now()
    message = _filled(message.strip(), appeal, wanted, now)
    if not although_held:
        _refuse_asking_twice(appeal, wanted, by, now)
    pause_clocks(appeal, now)
    Claim.objects.filter(appeal=appeal).delete()
    request = DocumentRequest.objects.create(
        appeal=appeal, kinds=wanted, message=message, asked_by=by, asked_at=now
    )
    record(appeal, EventKind.DOCUMENTS_ASKED, by, request=request.pk, kinds=", ".join(wanted))
    notify(
        recipient=appeal.customer,
        type="documents_asked" if wanted else "question_asked",
        dedupe_key=f"appeal:{appeal.reference}:documents-asked:{request.pk}",
        context={"reference": appeal.reference},
        path=f"/appeals/{appeal.reference}/",
        about=about_appeal(appeal),
    )
    return request


def _refuse_asking_twice(appeal: Appeal, kinds: Sequence[str], by: Customer, now: datetime) -> None:
    # A paper of a case this reviewer may not know of is none that we speak of.
    rows = held_papers(appeal.customer_id, kinds).filter(not_hidden_from(by, "appeal__"))
    held = {row.kind: row for row in reversed(rows) if is_still_good(row, now)}
    if held:
        language = get_language() or "en"
        named = [CATALOGUE.document(key).label for key in held]
        raise HeldAlready(
            _("We have this already, and it is not too old: %(papers)s. Ask all the same?")
            % {"papers": joined_papers([one.get(language, one["en"]) for one in named], language)},
            field="kinds",
        )


def _known(kinds: Sequence[str]) -> list[str]:
    in_use = {key for key, kind in CATALOGUE.documents.items() if kind.is_active}
    if not in_use.issuperset(kinds):
        raise BadInput(_("There is no such kind of paper."), field="kinds")
    return list(dict.fromkeys(kinds))


def _filled(message: str, appeal: Appeal, kinds: Sequence[str], now: datetime) -> str:
    """The message with every open place filled, in the customer's language."""
    if not message:
        raise BadInput(_("Write to the customer what you need and why."), field="message")
    if "papers" in places_in(message) and not kinds:
        raise BadInput(_("Tick the papers you ask for, or take {papers} out."), field="kinds")
    filled = fill(message, request_values(appeal, kinds, now))
    if left := places_in(filled):
        names = ", ".join(f"{{{place}}}" for place in left)
        raise BadInput(
            _("Nothing is known to put in the place of %(names)s.") % {"names": names},
            field="message",
        )
    if len(filled) > LONGEST:
        raise BadInput(_("Write at most 2,000 characters."), field="message")
    return filled


def request_values(appeal: Appeal, kinds: Sequence[str], now: datetime) -> dict[str, str]:
    """What the open places of a request to this customer are filled with."""
    person = appeal.customer
    values = asking_values(
        reference=appeal.reference,
        last4=appeal.decision.line.last4,
        today=now.astimezone(person.zone).date(),
        language=person.locale,
    )
    if kinds:
        labels = [CATALOGUE.document(key).label for key in kinds]
        names = [label.get(person.locale, label["en"]) for label in labels]
        values["papers"] = joined_papers(names, person.locale)
    return values
