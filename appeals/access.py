"""The only way to fetch a record for a person: a stranger and a wrong reference get the same."""

import enum
from typing import TypeVar
from uuid import UUID

from django.contrib.auth.models import Permission
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Case, Exists, Model, OuterRef, Q, QuerySet, When
from django.utils.translation import gettext as _

from appeals.catalogue import CATALOGUE
from appeals.errors import AppealNotFound
from appeals.models import (
    AffectedDecision,
    AlarmState,
    Appeal,
    BulkStep,
    CaseEvent,
    ConflictOfInterest,
    CreditLine,
    DecisionReason,
    EvidenceDocument,
    EvidenceUpload,
    ExportRecord,
    Incident,
    LineDecision,
    Notice,
    PolicyPage,
    QualityReview,
    Representative,
    RestoreProposal,
    ReviewerProfile,
    ReviewQueue,
    RuleAlarm,
    SavedView,
    TreatmentAnswer,
)
from appeals.models.independence import bar_between
from appeals.prepared import prepared
from appeals.states import AppealState, EvidenceState
from portal.models import Customer

Row = TypeVar("Row", bound=Model)


def _one(rows: QuerySet[Row], **lookup: object) -> Row:
    try:
        return rows.get(**lookup)
    except ObjectDoesNotExist:
        raise AppealNotFound(_("We could not find this page.")) from None


# --- who is who at the desk --------------------------------------------------------------------


def is_supervisor(person: Customer) -> bool:
    return person.is_staff and person.has_perm("appeals.supervise_appeal")


def is_reviewer(person: Customer) -> bool:
    return person.is_staff and person.has_perm("appeals.review_appeal")


def is_approver(person: Customer) -> bool:
    """May be the second pair of eyes."""
    return person.is_staff and person.has_perm("appeals.approve_appeal")


def is_auditor(person: Customer) -> bool:
    """Reads everything and changes nothing, unless another role lets them."""
    return person.is_staff and person.has_perm("appeals.audit_appeal")


def checks_quality(person: Customer) -> bool:
    return person.is_staff and person.has_perm("appeals.check_quality")


def edits_catalogue(person: Customer) -> bool:
    return person.is_staff and person.has_perm("appeals.edit_catalogue")


def may_export(person: Customer) -> bool:
    return person.is_staff and person.has_perm("appeals.export_appeal")


def sees_all_queues(person: Customer) -> bool:
    return is_supervisor(person) or is_auditor(person)


def works_on_appeals(person: Customer) -> bool:
    """Does something at the desk; an auditor only reads there."""
    return is_reviewer(person) or is_approver(person) or is_supervisor(person)


def sees_quality(person: Customer) -> bool:
    """May look up what was read again; who reads it is `checks_quality`."""
    return checks_quality(person) or sees_all_queues(person)


class Reach(enum.Enum):
    """Which queues somebody's roles open to them; a restricted one asks for clearance as well."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


def reach_of(person: Customer) -> Reach:
    if sees_all_queues(person):
        return Reach.ALL
    return Reach.OWN if is_reviewer(person) or is_approver(person) else Reach.NONE


def clearance_of(person: Customer | int) -> Exists:
    """Whether the person is cleared for restricted cases, asked inside another query."""
    return Exists(ReviewerProfile.objects.filter(person=person, is_cleared=True))


def not_hidden_from(person: Customer, appeal: str = "") -> Q:
    """For rows that belong to appeals (`appeal` is the way there): restricted ones only if cleared.

    Where a page shows rows of appeals without starting from `list_cases`.
    """
    is_open = Q(**{f"{appeal}is_restricted": False, f"{appeal}queue__is_restricted": False})
    own = Q(**{f"{appeal}customer": person}) | conflict_of(person, appeal)
    return (is_open | Q(clearance_of(person))) & ~own


def decisions_seen_by(person: Customer, decision: str = "") -> Q:
    """For decisions, and rows that belong to one (`decision` is the way there): as their cases.

    What rests on a reason for cleared members only, or is under appeal before them, is theirs.
    """
    restricted = ReviewQueue.objects.filter(is_restricted=True).values_list("key", flat=True)
    keys = set(restricted)
    codes = [code for code, reason in CATALOGUE.reasons.items() if reason.is_guarded(keys)]
    key = OuterRef(f"{decision}pk")
    reasons = DecisionReason.objects.filter(decision=key, code__in=codes)
    cases = Appeal.objects.filter(Q(is_restricted=True) | Q(queue__is_restricted=True))
    guarded = Exists(reasons) | Exists(cases.filter(decision=key))
    return ~guarded | Q(clearance_of(person))


def conflict_of(person: Customer | int, appeal: str = "") -> Q:
    """Whether the person declared a conflict with its customer or itself; `appeal` leads there.

    Two short lists a query, rather than a question a row.
    """
    standing = ConflictOfInterest.objects.standing().filter(person=person, appeal__isnull=False)
    about_it = Q(**{f"{appeal}pk__in": standing.values("appeal")})
    return about_it | conflict_with(person, f"{appeal}customer")


def conflict_with(person: Customer | int, customer: str) -> Q:
    standing = ConflictOfInterest.objects.standing().filter(person=person, customer__isnull=False)
    return Q(**{f"{customer}__in": standing.values("customer")})


def instructions_seen_by(person: Customer) -> Q:
    """Instructions to the ledger that are not about a restricted case."""
    of_restores = Q(restore__queue__is_restricted=False) | Q(clearance_of(person))
    return (Q(outcome__isnull=False) & not_hidden_from(person, "outcome__appeal__")) | (
        (Q(restore__isnull=False) & of_restores & ~Q(restore__decision__customer=person))
        # Nothing guarded is put right with the others: see appeals.actions.remedy_obstacles.
        | (Q(affected__isnull=False) & ~Q(affected__decision__customer=person))
    )


# --- a customer's own things -------------------------------------------------------------------


def list_lines(customer: Customer) -> QuerySet[CreditLine]:
    return CreditLine.objects.filter(customer=customer).order_by("reference")


def list_decisions(customer: Customer) -> QuerySet[LineDecision]:
    """The decisions the customer has been told of: those with a notice, newest first."""
    return LineDecision.objects.filter(customer=customer, notice__isnull=False).order_by(
        "-decided_at", "-pk"
    )


def get_decision(customer: Customer, reference: str) -> LineDecision:
    rows = list_decisions(customer).select_related("line", "notice")
    return _one(rows, reference=reference)


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
    return _one(rows, reference=reference)


def list_helped(person: Customer) -> QuerySet[Appeal]:
    """Sent appeals of others in which this person may act for them, by a standing authority."""
    standing = Representative.objects.standing().filter(person=person)
    rows = Appeal.objects.filter(pk__in=standing.values("appeal"))
    return rows.exclude(state=AppealState.DRAFT).order_by("-created_at", "-pk")


def get_appeal_to_act_in(person: Customer, reference: str) -> Appeal:
    """One's own appeal, or one in which one acts for its customer."""
    rows = Appeal.objects.filter(Q(customer=person) | Q(pk__in=list_helped(person).values("pk")))
    rows = rows.select_related("decision__line", "decision__notice", "queue", "customer")
    return _one(rows, reference=reference)


def acts_in(person: Customer, appeal: Appeal) -> bool:
    """Whether this person may send papers and answer in the appeal."""
    return appeal.customer_id == person.pk or list_helped(person).filter(pk=appeal.pk).exists()


def get_representation(person: Customer, reference: str) -> Representative:
    """The standing authority in this appeal, for the one who gave it and the one who has it."""
    rows = Representative.objects.standing().filter(Q(appeal__customer=person) | Q(person=person))
    return _one(rows.select_related("appeal__customer", "person"), appeal__reference=reference)


def find_treatment(appeal: Appeal) -> TreatmentAnswer | None:
    """What its customer, whose appeal this was fetched as, said of how we treated them."""
    return TreatmentAnswer.objects.filter(appeal=appeal).first()


def get_own_evidence(customer: Customer, public_id: UUID) -> EvidenceDocument:
    rows = EvidenceDocument.objects.filter(appeal__customer=customer).exclude(
        state__in=[EvidenceState.REMOVED, EvidenceState.ERASED]
    )
    return _one(rows.select_related("appeal"), public_id=public_id)


def get_own_upload(customer: Customer, public_id: UUID) -> EvidenceUpload:
    """A file on its way, for who sends it: the customer, or who acts for them."""
    acts = Q(appeal__customer=customer) | Q(appeal__in=list_helped(customer).values("pk"))
    rows = EvidenceUpload.objects.filter(acts, by=customer)
    return _one(rows.select_related("appeal"), public_id=public_id)


def get_evidence_to_read(person: Customer, public_id: UUID) -> EvidenceDocument:
    """A paper of one's own, or of an appeal in which one acts for its customer."""
    helped = Q(appeal__in=list_helped(person).values("pk"))
    rows = EvidenceDocument.objects.filter(Q(appeal__customer=person) | helped)
    return _one(rows.select_related("appeal"), public_id=public_id, state=EvidenceState.READY)


# --- the lender's app --------------------------------------------------------------------------


def get_customer(reference: str) -> Customer:
    """The customer a service with the right to read them asks for; staff are not customers."""
    return _one(Customer.objects.filter(is_staff=False), reference=reference)


# --- the reviewer's desk -----------------------------------------------------------------------


def list_queues(person: Customer) -> QuerySet[ReviewQueue]:
    """The queues this member of staff works in, or all for who oversees them.

    A restricted queue is there for cleared people only, whatever else they may do.
    """
    return queues_within(person.pk, reach_of(person))


def queues_within(person: int, reach: Reach) -> QuerySet[ReviewQueue]:
    """`list_queues`, for a query that is put together once: the person is only a key there."""
    open_to = ReviewQueue.objects.filter(Q(is_restricted=False) | clearance_of(person))
    if reach == Reach.ALL:
        return open_to
    return open_to.filter(members=person) if reach == Reach.OWN else open_to.none()


def list_cases(person: Customer) -> QuerySet[Appeal]:
    """Appeals this member of staff may open: sent ones in own queues, never one's own case.

    Nor one they declared a conflict of interest in: to stay away is not to read it either.
    Every list, count, search and export of appeals for staff begins here.
    """
    return cases_within(person.pk, reach_of(person))


def cases_within(person: int, reach: Reach) -> QuerySet[Appeal]:
    """`list_cases`, for a query that is put together once: the person is only a key there."""
    queues = queues_within(person, reach).values("pk")
    sent = Appeal.objects.exclude(state=AppealState.DRAFT).filter(queue__in=queues)
    return sent.filter(
        Q(is_restricted=False) | clearance_of(person),
        ~Q(customer=person) & ~conflict_of(person),
    )


@prepared
def _case(person: int, reference: str, *, reach: Reach) -> QuerySet[Appeal]:
    rows = cases_within(person, reach).filter(reference=reference)
    return rows.select_related(
        "decision__line", "customer", "queue", "routed_by", "reserved_for", "claim__reviewer"
    )


def get_case(person: Customer, reference: str) -> Appeal:
    found = _case(person.pk, reference, reach=reach_of(person))
    if not found:
        raise AppealNotFound(_("We could not find this page."))
    return found[0]


def get_case_evidence(person: Customer, public_id: UUID) -> EvidenceDocument:
    """A paper of a case, once it has been found safe to open."""
    being_read = list_quality_reviews(person).filter(reader=person).values("outcome__appeal")
    rows = EvidenceDocument.objects.filter(
        Q(appeal__in=list_cases(person).values("pk")) | Q(appeal__in=being_read),
        state=EvidenceState.READY,
    )
    return _one(rows.select_related("appeal"), public_id=public_id)


def list_quality_reviews(person: Customer) -> QuerySet[QualityReview]:
    """Sampled cases this person may look up: never their own, decided or approved by them.

    A restricted case is there for cleared people only, as everywhere.
    """
    if not sees_quality(person):
        return QualityReview.objects.none()
    open_to = Q(outcome__appeal__is_restricted=False, queue__is_restricted=False)
    seen = QualityReview.objects.filter(open_to | clearance_of(person))
    own = Q(decided_by=person) | Q(outcome__appeal__customer=person)
    approved = Q(outcome__approved_by=person)
    made = Q(outcome__decision_made_by=person)
    # A condition on a column that may be blank: `exclude` of each by itself keeps the blanks.
    seen = seen.exclude(own).exclude(approved).exclude(made)
    return seen.filter(~conflict_of(person, "outcome__appeal__"))


def list_to_read_again(person: Customer) -> QuerySet[QualityReview]:
    """Sampled cases nobody has read yet, which this person had no part in and may judge."""
    took_part = Exists(CaseEvent.objects.filter(appeal=OuterRef("outcome__appeal"), by=person))
    unread = list_quality_reviews(person).filter(read_at__isnull=True).exclude(took_part)
    return unread.alias(bar=bar_between(person.pk, "outcome__appeal__")).filter(bar__isnull=True)


def get_quality_review(person: Customer, key: int) -> QualityReview:
    rows = list_quality_reviews(person).select_related(
        "outcome__appeal__decision__line",
        "outcome__appeal__customer",
        "outcome__decided_by",
        "queue",
        "reader",
    )
    return _one(rows, pk=key)


def list_restores(person: Customer) -> QuerySet[RestoreProposal]:
    """Proposed restores of the queues this person works in or oversees.

    Never of their own line, nor of a customer they declared a conflict of interest with.
    """
    rows = RestoreProposal.objects.filter(queue__in=list_queues(person).values("pk"))
    conflicts = conflict_with(person, "decision__customer")
    return rows.exclude(decision__customer=person).filter(~conflicts)


def list_incidents(person: Customer) -> QuerySet[Incident]:
    """Incidents are for who oversees the whole desk, or audits it; newest first."""
    rows = Incident.objects.order_by("-opened_at", "-pk")
    return rows if sees_all_queues(person) else rows.none()


def get_incident(person: Customer, reference: str) -> Incident:
    rows = list_incidents(person).select_related("alarm", "opened_by", "closed_by")
    return _one(rows, reference=reference)


def get_affected(person: Customer, incident: Incident, key: int) -> AffectedDecision:
    """A decision of an incident's frozen scope that this person may see."""
    rows = AffectedDecision.objects.filter(incident=incident)
    return _one(rows.filter(decisions_seen_by(person, "decision__")), pk=key)


def get_restore(person: Customer, key: int) -> RestoreProposal:
    return _one(list_restores(person), pk=key)


def list_colleagues(appeal: Appeal) -> QuerySet[Customer]:
    """Who works in the appeal's queue and may be handed it."""
    assert appeal.queue_id is not None  # a sent appeal has one
    return colleagues_in(appeal.queue_id, appeal.customer_id, is_restricted=appeal.is_restricted)


def colleagues_in(queue: int, customer: int, *, is_restricted: bool) -> QuerySet[Customer]:
    """`list_colleagues`, for a query that is put together once."""
    members = Customer.objects.filter(review_queues=queue, is_staff=True, is_active=True)
    if is_restricted:
        members = members.filter(reviewer_profile__is_cleared=True)
    return members.exclude(pk=customer).order_by("name", "pk")


def list_who_may_open(appeal: Appeal) -> QuerySet[Customer]:
    """The staff for whom `list_cases` holds this appeal."""
    assert appeal.queue_id is not None  # a sent appeal has one
    return who_may_open(
        appeal.queue_id, appeal.customer_id, appeal.pk, is_guarded=is_guarded(appeal)
    )


def who_may_open(queue: int, customer: int, appeal: int, *, is_guarded: bool) -> QuerySet[Customer]:
    """`list_who_may_open`, for a query that is put together once."""
    members = ReviewQueue.members.through.objects.filter(reviewqueue=queue).values("customer")
    works = _with_right("review_appeal", "approve_appeal") & Q(pk__in=members)
    oversees = _with_right("supervise_appeal", "audit_appeal")
    people = _staff().filter(works | oversees)
    return _who_may_see(people, customer, appeal, is_guarded=is_guarded).order_by("name", "pk")


def list_supervisors(appeal: Appeal) -> QuerySet[Customer]:
    """Who answers for the appeal's queue and may see it, whether or not they work in it."""
    guarded = is_guarded(appeal)
    return supervisors_for(appeal.customer_id, appeal.pk, is_guarded=guarded)


def supervisors_for(customer: int, appeal: int | None, *, is_guarded: bool) -> QuerySet[Customer]:
    """Who oversees the desk and may see what this customer asked for."""
    people = _staff().filter(_with_right("supervise_appeal"))
    return _who_may_see(people, customer, appeal, is_guarded=is_guarded).order_by("name", "pk")


def is_guarded(appeal: Appeal) -> bool:
    """Whether cleared people only may see it: itself or its queue is restricted."""
    return appeal.is_restricted or bool(appeal.queue and appeal.queue.is_restricted)


def list_all_supervisors() -> QuerySet[Customer]:
    """Who oversees the whole desk, by name."""
    return _staff().filter(_with_right("supervise_appeal")).distinct().order_by("name", "pk")


def _staff() -> QuerySet[Customer]:
    return Customer.objects.filter(is_staff=True, is_active=True)


def _with_right(*codenames: str) -> Q:
    rights = Permission.objects.filter(codename__in=codenames, content_type__app_label="appeals")
    own = Customer.objects.filter(user_permissions__in=rights).values("pk")
    by_role = Customer.objects.filter(groups__permissions__in=rights).values("pk")
    return Q(is_superuser=True) | Q(pk__in=own) | Q(pk__in=by_role)


def _who_may_see(
    people: QuerySet[Customer], customer: int, appeal: int | None, *, is_guarded: bool
) -> QuerySet[Customer]:
    """Without the customer, who stays away and, where it is guarded, who is not cleared."""
    if is_guarded:
        people = people.filter(reviewer_profile__is_cleared=True)
    about = Q(customer=customer)
    if appeal is not None:
        about |= Q(appeal=appeal)
    away = ConflictOfInterest.objects.standing().filter(about).values("person")
    return people.exclude(pk=customer).exclude(pk__in=away)


def get_colleague(appeal: Appeal, key: str) -> Customer:
    return _one(list_colleagues(appeal), pk=int(key) if key.isdecimal() else 0)


# --- what staff keep of their work ---------------------------------------------------------------


def list_views(person: Customer | int) -> QuerySet[SavedView]:
    """The person's own views and those that are shown to everybody at the desk."""
    return SavedView.objects.filter(Q(owner=person) | Q(is_shared=True))


def get_view(person: Customer, key: int) -> SavedView:
    """A view this person may change: their own, and a supervisor also what is shared."""
    changeable = Q(owner=person)
    if is_supervisor(person):
        changeable |= Q(is_shared=True)
    return _one(SavedView.objects.filter(changeable), pk=key)


def list_exports(person: Customer) -> QuerySet[ExportRecord]:
    """Who took which list out of the house."""
    rows = ExportRecord.objects.all()
    return rows if sees_all_queues(person) else rows.none()


def list_steps(person: Customer) -> QuerySet[BulkStep]:
    """Steps over many cases; which of those cases a person sees is asked of `list_cases`."""
    rows = BulkStep.objects.all()
    return rows if sees_all_queues(person) else rows.none()


def get_step(person: Customer, key: int) -> BulkStep:
    return _one(list_steps(person).select_related("by", "undoes", "undone_by_step__by"), pk=key)


# --- alarms about rules ------------------------------------------------------------------------


def list_alarms(person: Customer) -> QuerySet[RuleAlarm]:
    """For who oversees the desk; those nobody took first, then the newest."""
    rows = RuleAlarm.objects.all() if sees_all_queues(person) else RuleAlarm.objects.none()
    is_open = Case(When(state=AlarmState.OPEN, then=0), default=1)
    return rows.select_related("changed_by").order_by(is_open, "-found_at", "-pk")


def get_alarm(person: Customer, reference: str) -> RuleAlarm:
    return _one(list_alarms(person), reference=reference)
