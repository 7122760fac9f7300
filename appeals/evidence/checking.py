"""The check of one document, from claiming it to its result; harmless when done twice."""

import contextlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog
from django.db.models import F
from django.utils import timezone

from appeals.evidence import results, sandbox, storage
from appeals.evidence.limits import CHECK_LEASE, MAX_TRIES, RETRY_PAUSES, SCANNER_PATIENCE
from appeals.evidence.preparing import prepare
from appeals.evidence.refusals import Refusal, Refused
from appeals.models import EvidenceDocument, VirusScan
from appeals.models.evidence import GONE
from appeals.scanning import ScannerAway, VirusFound, is_scanner_set, scan
from appeals.states import EvidenceState
from portal.storage.errors import BrokenSeal, StorageAway

logger = structlog.get_logger(__name__)

# The sweep leaves a fresh document to the doorbell that was rung for it.
DOORBELL_PATIENCE = timedelta(seconds=5)
# A file without a row is what a process left that died between the two.
ORPHAN_DAYS = 35
LONGEST_REQUEST = timedelta(hours=1)


@dataclass(frozen=True)
class Checked:
    """What the check found out about a file that may be kept."""

    inspection: sandbox.Inspection
    virus_scan: VirusScan
    stored_name: str
    stored_sha256: str


def check_evidence(document_id: int) -> None:
    """Check one waiting document and write down the result; nothing happens to any other."""
    document = _claim(document_id)
    if document is None:
        return
    try:
        _accept(document, _check(document))
    except Refused as refused:
        _refuse(document, refused.code)
    except (ScannerAway, StorageAway) as error:
        _put_back(document, because=str(error))
    except BrokenSeal as error:
        logger.error("evidence file is broken", document=str(document.public_id), error=str(error))
        _refuse(document, Refusal.TECHNICAL)
    except FileNotFoundError:
        logger.error("evidence file is gone", document=str(document.public_id))
        _refuse(document, Refusal.TECHNICAL)
    except (sandbox.SandboxFailed, OSError) as error:
        logger.warning("evidence check failed", document=str(document.public_id), error=str(error))
        _let_go(document)
    except Exception:
        # Nothing we know of, such as the task's own time limit: no reason to keep it till the
        # lease runs out.
        _let_go(document)
        raise


def _claim(document_id: int) -> EvidenceDocument | None:
    now = timezone.now()
    free = EvidenceDocument.objects.filter(
        pk=document_id, state=EvidenceState.WAITING, check_after__lte=now
    )
    if not free.update(check_after=now + CHECK_LEASE, tries=F("tries") + 1):
        return None  # another worker has it, or it is done
    return EvidenceDocument.objects.get(pk=document_id)


def _check(document: EvidenceDocument) -> Checked:
    if document.tries > MAX_TRIES:
        logger.error("evidence given up", document=str(document.public_id), tries=MAX_TRIES)
        raise Refused(Refusal.TECHNICAL)
    with storage.workshop(document.stored_name) as source:
        virus_scan = _scan(source)
        target = source.with_name("target")
        inspection = sandbox.inspect(source, target)
        if not inspection.is_rewritten:
            return Checked(inspection, virus_scan, document.stored_name, document.sha256)
        with target.open("rb") as clean:
            digest = storage.sha256_of(clean)
            return Checked(inspection, virus_scan, storage.keep(clean), digest)


def _scan(source: Path) -> VirusScan:
    if not is_scanner_set():
        return VirusScan.NOT_SCANNED
    try:
        with source.open("rb") as content:
            scan(content)
    except VirusFound as error:
        raise Refused(Refusal.VIRUS) from error
    return VirusScan.CLEAN


def _accept(document: EvidenceDocument, checked: Checked) -> None:
    is_ours = results.finish(
        document,
        state=EvidenceState.READY,
        media_type=checked.inspection.media_type,
        pages=checked.inspection.pages,
        virus_scan=checked.virus_scan,
        stored_name=checked.stored_name,
        stored_sha256=checked.stored_sha256,
    )
    if checked.stored_name != document.stored_name:
        _erase_quietly(document.stored_name if is_ours else checked.stored_name)
    if is_ours:
        document.refresh_from_db()
        prepare(document)


def _refuse(document: EvidenceDocument, code: Refusal) -> None:
    if results.refuse(document, code):
        logger.info("evidence refused", document=str(document.public_id), refusal=code.value)
        document.refresh_from_db()
        erase_evidence(document)


def _put_back(document: EvidenceDocument, *, because: str) -> None:
    """Wait for the virus scanner or the storage; such a try does not count."""
    logger.warning("evidence check must wait", document=str(document.public_id), error=because)
    EvidenceDocument.objects.filter(
        pk=document.pk, state=EvidenceState.WAITING, tries=document.tries
    ).update(check_after=timezone.now() + SCANNER_PATIENCE, tries=F("tries") - 1)


def _let_go(document: EvidenceDocument) -> None:
    """Have it tried again soon, MAX_TRIES times in all."""
    EvidenceDocument.objects.filter(
        pk=document.pk, state=EvidenceState.WAITING, tries=document.tries
    ).update(check_after=timezone.now() + RETRY_PAUSES[min(document.tries, MAX_TRIES) - 1])


def erase_evidence(document: EvidenceDocument) -> None:
    """Delete the bytes of a document that is not kept; what fails is swept up later."""
    if document.stored_name and document.state in GONE:
        with contextlib.suppress(OSError):
            # A paper that was used again in another appeal keeps its file there.
            kept = EvidenceDocument.objects.kept().filter(stored_name=document.stored_name)
            if not kept.exists():
                storage.erase(document.stored_name, pages=document.pages or 0)
            EvidenceDocument.objects.filter(pk=document.pk).update(stored_name="")


def _erase_quietly(name: str) -> None:
    with contextlib.suppress(OSError):  # then it is an orphan, and swept up as one
        storage.erase(name)


# --- what the clock does ------------------------------------------------------------------------


def documents_to_check(now: datetime, *, most: int = 100) -> list[int]:
    """Waiting documents whose doorbell was lost, or whose worker was; oldest first."""
    waiting = EvidenceDocument.objects.filter(
        state=EvidenceState.WAITING, check_after__lt=now - DOORBELL_PATIENCE
    )
    return list(waiting.order_by("uploaded_at").values_list("pk", flat=True)[:most])


def erase_leftovers() -> int:
    """Delete the files of documents that are not kept and are still there."""
    leftovers = EvidenceDocument.objects.filter(state__in=GONE).exclude(stored_name="")
    erased = 0
    for document in leftovers.order_by("uploaded_at")[:500]:
        erase_evidence(document)
        erased += 1
    return erased


def erase_orphans(now: datetime) -> int:
    """Delete files of the last weeks that belong to no document; today's may yet get one."""
    today = (now - LONGEST_REQUEST).date()
    erased = 0
    for age in range(1, ORPHAN_DAYS + 1):
        for name in _orphans(today - timedelta(days=age)):
            _erase_quietly(name)
            erased += 1
    return erased


def _orphans(day: date) -> set[str]:
    stored = storage.names_of(day)
    owners = {storage.owner_of(name) for name in stored}
    rows = EvidenceDocument.objects.filter(stored_name__in=owners)
    owned = set(rows.values_list("stored_name", flat=True))
    return {name for name in stored if storage.owner_of(name) not in owned}
