"""Members of staff: made by another member of staff, who never learns their password."""

import structlog
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from appeals.actions.roles import make_roles
from portal.lib.references import new_reference
from portal.models import Customer
from portal.sign_in.sessions import end_sessions

logger = structlog.get_logger(__name__)

# The group of each role, the strongest first; an administrator has none and may do everything.
ROLES = {
    "administrator": "",
    "supervisor": "Supervisors",
    "approver": "Approvers",
    "reviewer": "Reviewers",
    "quality": "Quality",
    "editor": "Catalogue editors",
    "auditor": "Auditors",
}


@transaction.atomic
def create_staff(*, name: str, email: str, role: str, reference: str = "") -> Customer:
    """Make a member of staff who cannot sign in until they open their set-up link."""
    person = Customer.objects.create_user(
        reference or new_reference("ST"),
        name=name,
        email=email,
        is_staff=True,
        is_superuser=role == "administrator",
    )
    group = group_of(role)
    if group is not None:
        person.groups.add(group)
    logger.info("staff made", person=person.pk, role=role)
    return person


def group_of(role: str) -> Group | None:
    """Return the role's group, with the permissions that belong to it."""
    if not ROLES[role]:
        return None
    # There after migrate, unless somebody took it away since.
    make_roles(apps)
    return Group.objects.get(name=ROLES[role])


def role_of(person: Customer) -> str:
    """Return the strongest role a member of staff has; nothing where they have none."""
    if person.is_superuser:
        return "administrator"
    names = {group.name for group in person.groups.all()}
    return next((role for role, group in ROLES.items() if group in names), "")


@transaction.atomic
def set_role(*, person: Customer, role: str, by: Customer) -> None:
    """Give a member of staff one role in place of another; they sign in again with it."""
    if role == role_of(person):
        return
    person.is_superuser = role == "administrator"
    person.save(update_fields=["is_superuser"])
    person.groups.remove(*Group.objects.filter(name__in=ROLES.values()))
    group = group_of(role)
    if group is not None:
        person.groups.add(group)
    end_sessions(UserSession.objects.filter(user=person))
    logger.info("role changed", person=person.pk, role=role, by=by.pk)


def set_up_link(person: Customer) -> str:
    """Return the link that lets this person choose a password, once, within a day."""
    who = urlsafe_base64_encode(force_bytes(person.pk))
    token = default_token_generator.make_token(person)
    return settings.PUBLIC_URL + reverse("portal:staff-set-up", args=[who, token])


def person_of_link(who: str, token: str) -> Customer | None:
    try:
        pk = int(force_str(urlsafe_base64_decode(who)))
    except (ValueError, UnicodeDecodeError, OverflowError):
        return None
    person = Customer.objects.filter(pk=pk, is_staff=True, is_active=True).first()
    # The token holds the old password's hash: when the password is set, the link is spent.
    return person if person and default_token_generator.check_token(person, token) else None


@transaction.atomic
def set_password(*, person: Customer, password: str) -> None:
    """Give a member of staff a new password, and sign them out everywhere."""
    person.set_password(password)
    person.save(update_fields=["password"])
    end_sessions(UserSession.objects.filter(user=person))
    logger.info("password set", person=person.pk)


@transaction.atomic
def remove_second_factors(*, person: Customer, by: Customer) -> None:
    """Let somebody who lost their phone set up a new second factor; another person must ask."""
    Authenticator.objects.filter(user=person).delete()
    end_sessions(UserSession.objects.filter(user=person))
    logger.info("second factors removed", person=person.pk, by=by.pk)


@transaction.atomic
def set_active(*, person: Customer, is_active: bool, by: Customer) -> None:
    """Let a person in again, or shut them out of every session at once."""
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    if not is_active:
        end_sessions(UserSession.objects.filter(user=person))
    logger.info("person switched", person=person.pk, is_active=is_active, by=by.pk)
