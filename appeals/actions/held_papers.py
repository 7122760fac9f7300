"""A paper sent before joins another appeal of the same customer, without being sent again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.actions.events import record
from appeals.actions.evidence import Purpose, hold_appeal, refuse_too_much
from appeals.errors import NotAllowed, WrongState
from appeals.evidence.held import is_still_good
from appeals.models import Appeal, EventKind, EvidenceDocument
from appeals.models.evidence import KEPT
from portal.models import Customer


@transaction.atomic
def use_held_paper(
    *, appeal: Appeal, paper: EvidenceDocument, by: Customer, purpose: Purpose
) -> EvidenceDocument:
    """Add a row of its own to this appeal that leads to the same file. Used twice is used once.

    The file stays as long as the last appeal that uses it: each row ends by itself.
    """
    if appeal.customer_id != by.pk or paper.appeal.customer_id != by.pk:
        raise NotAllowed(_("Only the person whose appeal it is can add papers to it."))
    locked = hold_appeal(appeal)
    if not locked.accepts_evidence:
        raise WrongState(_("No more papers can be added: a reviewer has already decided."))
    # Held against being erased in this moment: whoever comes second sees what the first one did.
    source = EvidenceDocument.objects.select_for_update(no_key=True).get(pk=paper.pk)
    here = locked.evidence.filter(sha256=source.sha256, state__in=KEPT).first()
    if here:
        return here
    now = timezone.now()
    if not is_still_good(source, now):
        raise WrongState(_("This paper can no longer be used again. Please send a newer one."))
    refuse_too_much(locked, source.size)
    document = EvidenceDocument.objects.create(
        appeal=locked,
        ground=purpose.ground,
        request=purpose.request,
        came_from=source,
        first_received_at=source.received_at,
        uploaded_at=now,
        **{name: getattr(source, name) for name in TAKEN_OVER},
    )
    if locked.is_draft:
        Appeal.objects.filter(pk=locked.pk).update(saved_at=now)
    else:
        record(locked, EventKind.EVIDENCE_ADDED, by, document=str(document.public_id))
    return document


# What was found out about the file holds for it in every appeal.
TAKEN_OVER = (
    "kind",
    "original_name",
    "stored_name",
    "size",
    "media_type",
    "pages",
    "sha256",
    "stored_sha256",
    "state",
    "virus_scan",
    "checked_at",
    "dated_on",
)
