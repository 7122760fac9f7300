"""A customer's own things, and those of whom they act for."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from appeals.access.fetching import one_of
from appeals.errors import AppealNotFound
from appeals.models import (
    Appeal,
    CreditLine,
    EvidenceDocument,
    EvidenceUpload,
    LineDecision,
    Notice,
    PolicyPage,
    Representative,
    TreatmentAnswer,
)
from appeals.states import EvidenceState
from portal.models import Customer


def list_lines(customer: Customer) -> QuerySet[CreditLine]:
    return CreditLine.objects.filter(customer=customer).order_by("reference")


def list_decisions(customer: Customer) -> QuerySet[LineDecision]:
    """The decisions the customer has been told of: those with a notice, newest first."""
    return LineDecision.objects.filter(customer=customer, notice__isnull=False).order_by(
        "-decided_at", "-pk"
    )


def get_decision(customer: Customer, reference: str) -> LineDecision:
    rows = list_decisions(customer).select_related("line", "notice")
    return one_of(rows, reference=reference)


def find_policy_page(decision: LineDecision) -> PolicyPage | None:
    """The page of the policy it carries out, if there is one to show; the decision is theirs."""
    notice = decision.notice
    reference = (decision.policy or {}).get("ref")
    # A guarded decision names no policy in its notice, so nothing here does.
    if not reference or not notice.content[notice.language]["policy"]:
        return None
    return PolicyPage.objects.filter(reference=reference, is_shown=True).first()


def get_policy_page(decision: LineDecision) -> PolicyPage:
    page = find_policy_page(decision)
    if page is None:
        raise AppealNotFound(_("We could not find this page."))
    return page


def list_notices(customer: Customer) -> QuerySet[Notice]:
    return Notice.objects.filter(decision__customer=customer).order_by("-created_at", "-pk")


def list_appeals(customer: Customer) -> QuerySet[Appeal]:
    return Appeal.objects.filter(customer=customer).order_by("-created_at", "-pk")


def get_appeal(customer: Customer, reference: str) -> Appeal:
    rows = list_appeals(customer).select_related(
        "decision__line", "decision__notice", "queue", "customer"
    )
    return one_of(rows, reference=reference)


def list_helped(person: Customer) -> QuerySet[Appeal]:
    """Appeals of others in which this person may act for them, by a standing authority.

    A draft is there if it was given while the customer still wrote. Sending it, and everything
    else of the customer, is nobody's but theirs: the actions and `get_appeal` see to that.
    """
    standing = Representative.objects.standing().filter(person=person)
    rows = Appeal.objects.filter(pk__in=standing.values("appeal"))
    return rows.order_by("-created_at", "-pk")


def get_appeal_to_act_in(person: Customer, reference: str) -> Appeal:
    """One's own appeal, or one in which one acts for its customer."""
    rows = Appeal.objects.filter(Q(customer=person) | Q(pk__in=list_helped(person).values("pk")))
    rows = rows.select_related("decision__line", "decision__notice", "queue", "customer")
    return one_of(rows, reference=reference)


def acts_in(person: Customer, appeal: Appeal) -> bool:
    """Whether this person may write in a draft, send papers and answer in the appeal."""
    return appeal.customer_id == person.pk or list_helped(person).filter(pk=appeal.pk).exists()


def get_representation(person: Customer, reference: str) -> Representative:
    """The standing authority in this appeal, for the one who gave it and the one who has it."""
    rows = Representative.objects.standing().filter(Q(appeal__customer=person) | Q(person=person))
    return one_of(rows.select_related("appeal__customer", "person"), appeal__reference=reference)


def find_treatment(appeal: Appeal) -> TreatmentAnswer | None:
    """What its customer, whose appeal this was fetched as, said of how we treated them."""
    return TreatmentAnswer.objects.filter(appeal=appeal).first()


def get_own_evidence(customer: Customer, public_id: UUID) -> EvidenceDocument:
    rows = EvidenceDocument.objects.filter(appeal__customer=customer).exclude(
        state__in=[EvidenceState.REMOVED, EvidenceState.ERASED]
    )
    return one_of(rows.select_related("appeal"), public_id=public_id)


def get_own_upload(customer: Customer, public_id: UUID) -> EvidenceUpload:
    """A file on its way, for who sends it: the customer, or who acts for them."""
    acts = Q(appeal__customer=customer) | Q(appeal__in=list_helped(customer).values("pk"))
    rows = EvidenceUpload.objects.filter(acts, by=customer)
    return one_of(rows.select_related("appeal"), public_id=public_id)


def get_evidence_to_read(person: Customer, public_id: UUID) -> EvidenceDocument:
    """A paper of one's own, or of an appeal in which one acts for its customer."""
    helped = Q(appeal__in=list_helped(person).values("pk"))
    rows = EvidenceDocument.objects.filter(Q(appeal__customer=person) | helped)
    return one_of(rows.select_related("appeal"), public_id=public_id, state=EvidenceState.READY)


def get_customer(reference: str) -> Customer:
    """The customer a service with the right to read them asks for; staff are not customers."""
    return one_of(Customer.objects.filter(is_staff=False), reference=reference)
