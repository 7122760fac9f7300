"""The paper of a notice for who asks for it, made at once where the clock has not made it yet."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import list_all_supervisors
from appeals.errors import AppealError
from appeals.models import DueDocument, Notice, NoticeDocument
from appeals.notice_paper import making, store
from appeals.notice_paper.printing import PaperHeld
from appeals.paper_tasks import make_papers
from notifications.api import NotificationRequest, notify_many
from portal.storage.errors import StorageAway

HELD_PATH = "/admin/appeals/duedocument/"


class PaperMissing(AppealError):
    """The paper cannot be had as it should be; the page still can be read and printed."""


def document_of(*, notice: Notice, language: str) -> NoticeDocument:
    """The notice's PDF in this language; PaperMissing where it would not be the whole notice."""
    try:
        return making.paper_in(notice, language)
    except PaperHeld as held:
        raise PaperMissing(_not_now()) from held


def pdf_of(*, notice: Notice, language: str) -> bytes:
    """The bytes of the notice's PDF; never others than those whose hash was kept."""
    try:
        document = document_of(notice=notice, language=language)
        return store.read(document)
    except StorageAway as away:
        making.logger.error("paper out of reach", notice=notice.reference, error=str(away))
        raise PaperMissing(_not_now()) from away
    except store.PaperLost as lost:
        making.logger.error(
            "paper lost", notice=notice.reference, language=language, error=str(lost)
        )
        raise PaperMissing(_not_now()) from lost


def _not_now() -> str:
    return _(
        "We cannot give you this notice as a PDF right now, and we are looking into it. "
        "You can read it here, and print the page."
    )


@transaction.atomic
def tell_of_held_papers(now: datetime | None = None) -> int:
    """Tell the supervisors of papers that could not be made, each once; how many were told of."""
    now = now or timezone.now()
    rows = DueDocument.objects.filter(held_at__isnull=False, staff_told_at__isnull=True)
    taken = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True)[:1000])
    if not taken:
        return 0
    DueDocument.objects.filter(pk__in=taken).update(staff_told_at=now)
    notify_many(
        NotificationRequest(
            recipient_id=person.pk,
            type="papers_held",
            dedupe_key=f"papers:{now.isoformat()}:{person.pk}",
            context={"held": str(len(taken))},
            path=HELD_PATH,
        )
        for person in list_all_supervisors()
    )
    return len(taken)


def try_held_papers(notices: Iterable[int]) -> int:
    """Have the papers of these notices made again, now; how many will be."""
    rows = DueDocument.objects.filter(pk__in=list(notices))
    number = rows.update(look_at=timezone.now(), tries=0)
    make_papers.delay_on_commit()
    return number
