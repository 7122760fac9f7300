"""Who else works here: colleagues who may be handed a case, and who oversees it."""

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from appeals.access.fetching import one_of
from appeals.access.guarded import is_guarded
from appeals.models import Appeal, ConflictOfInterest, ReviewQueue
from portal.models import Customer


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
    return one_of(list_colleagues(appeal), pk=int(key) if key.isdecimal() else 0)
