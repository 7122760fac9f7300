"""What the parts about papers need, so that any page can include them with `appeal` alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.translation import ngettext

from appeals.evidence import limits
from appeals.evidence.held import papers_to_offer
from appeals.evidence.naming import shown_size
from appeals.evidence.passes import make_pass
from appeals.evidence.suggestions import ground_title, kind_name
from appeals.evidence.wording import how_to, refusal_text, words_of_refusal
from appeals.forms.evidence import PaperForm
from appeals.models import Appeal, DataCopy, DocumentRequest, EvidenceDocument, EvidenceUpload
from appeals.models.evidence import KEPT
from appeals.states import EvidenceState, UploadState

register = template.Library()
register.filter("kind_name", kind_name)
register.filter("ground_title", ground_title)
register.filter("refusal_text", refusal_text)
register.filter("how_to", how_to)
register.filter("file_size", shown_size)
register.filter("words_of_refusal", words_of_refusal)

# A check takes a second; what takes longer waits for something, and need not be asked so often.
IMPATIENT = timedelta(minutes=1)


DAYS_A_MONTH = 30.4


@register.simple_tag(takes_context=True)
def copy_pass(context: Context, copy: DataCopy) -> str:
    """What a link to the copy of one's data carries."""
    return make_pass(copy.file_key, context["request"].user.pk)


@register.filter
def newer_than(days: int) -> str:
    """How old a paper may be, in months where that is what people count in."""
    months = round(days / DAYS_A_MONTH)
    if days < 60:
        text = ngettext("not older than %d day", "not older than %d days", days)
        return text % days
    return ngettext("not older than %d month", "not older than %d months", months) % months


@register.filter
def waiting(documents: Iterable[EvidenceDocument]) -> list[EvidenceDocument]:
    """Those whose check is not done."""
    return [row for row in documents if row.state == EvidenceState.WAITING]


@register.filter
def ask_again_after(documents: list[EvidenceDocument]) -> str:
    """How long the page waits before it looks whether a check is done."""
    newest = max(row.uploaded_at for row in documents)
    return "2s" if timezone.now() - newest < IMPATIENT else "15s"


@dataclass(frozen=True)
class Room:
    """What is held and what fits in; `papers` are those of the files that have arrived."""

    papers: int
    files: int
    size: int
    max_files: int = limits.MAX_APPEAL_FILES
    max_size: int = limits.MAX_APPEAL_BYTES
    max_file_size: int = limits.MAX_FILE_BYTES

    @property
    def is_full(self) -> bool:
        return self.papers >= self.max_files


@register.filter
def room(documents: Iterable[EvidenceDocument], uploads: Iterable[EvidenceUpload]) -> Room:
    """How much of the appeal's room these take, with what is on its way; refused ones take none."""
    held = [row.size for row in documents if row.state in KEPT]
    coming = [row.length for row in uploads if row.is_receiving]
    return Room(papers=len(held), files=len(held + coming), size=sum(held + coming))


@register.simple_tag
def uploads_of(appeal: Appeal) -> list[EvidenceUpload]:
    """Files that did not become papers, newest last: to go on with, or to read why."""
    seen = [UploadState.RECEIVING, UploadState.REFUSED, UploadState.EXPIRED]
    return list(appeal.uploads.filter(state__in=seen))


@register.simple_tag
def papers_held(appeal: Appeal, form: PaperForm) -> list[EvidenceDocument]:
    """Papers of the kinds this form asks for that the customer sent before: two queries."""
    kinds = [key for key, _name in form.kinds if key]
    own = appeal.evidence.filter(state__in=KEPT).values_list("sha256", flat=True)
    return papers_to_offer(appeal, kinds, timezone.now(), own=own) if kinds else []


@register.simple_tag(takes_context=True)
def paper_pass(context: Context, document: EvidenceDocument) -> str:
    """What the links to its pages and to its download carry, for whoever reads this page."""
    return make_pass(document.public_id, context["request"].user.pk)


@register.simple_tag
def paper_form(appeal: Appeal, asked: DocumentRequest | None = None) -> PaperForm:
    """The two questions about a paper, for this appeal: one query."""
    grounds = list(appeal.grounds.select_related("decision_reason"))
    return PaperForm(grounds=grounds, asked=asked)
