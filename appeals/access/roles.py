"""Who is who at the desk: what somebody's roles let them see."""

import enum

from portal.models import Customer


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
