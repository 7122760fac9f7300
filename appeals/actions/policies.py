"""Staff write down what a policy is, in both languages, for the customers it hit."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appeals.access import edits_catalogue, is_supervisor
from appeals.actions.changes import changed_by
from appeals.errors import BadInput, NotAllowed
from appeals.models import PolicyPage
from appeals.models.policies import PARTS
from portal.models import Customer

LANGUAGES = ("en", "zh")


def may_edit_policies(person: Customer) -> bool:
    return edits_catalogue(person) or is_supervisor(person)


def save_policy_page(*, page: PolicyPage, by: Customer) -> PolicyPage:
    """Save a new or changed page; its history says who did it, and what it said before."""
    if not may_edit_policies(by):
        raise NotAllowed(_("Only supervisors and editors of the catalogue write these pages."))
    for field, problem in page_problems(page):
        raise BadInput(problem, field=field)
    try:
        with transaction.atomic(), changed_by(by):
            page.save()
    except IntegrityError as error:
        message = _("There is a page of this policy already. Change that one.")
        raise BadInput(message, field="reference") from error
    return page


def page_problems(page: PolicyPage) -> list[tuple[str, str]]:
    """What is wrong with it, each under its field."""
    problems = [
        (f"{part}_{language}", _("Write it in both languages."))
        for part in ("title", *PARTS)
        for language in LANGUAGES
        if not getattr(page, f"{part}_{language}").strip()
    ]
    if page.us_class_wide and not page.us_because.strip():
        problems.append(("us_because", _("Say why it is class-wide, or why it is not.")))
    return problems
