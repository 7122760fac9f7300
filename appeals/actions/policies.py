"""Staff write down what a policy is, in both languages, for the customers it hit."""

from collections.abc import Iterator

from django.db import IntegrityError, transaction
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.translation import gettext as _

from appeals.access import edits_catalogue, is_supervisor
from appeals.actions.changes import changed_by
from appeals.actions.notices import retry_notice
from appeals.catalogue.packs import Pack, pack_for
from appeals.errors import BadInput, NotAllowed
from appeals.models import LineDecision, Notice, NoticeHold, PolicyPage
from appeals.models.policies import PARTS
from appeals.notice_text import Cause
from portal.models import Customer

LANGUAGES = ("en", "zh")
AT_ONCE = 500


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


def tell_what_waited() -> int:
    """Write again the notices that waited for reasons their policy's page has by now; how many.

    Once they are written it is nobody's further decision whether a customer is told: the law's
    clock has run all the while. The next ring goes on.
    """
    written = PolicyPage.objects.exclude(eu_reasons="").values("reference")
    waiting = NoticeHold.objects.annotate(policy=KeyTextTransform("policy", "named")).filter(
        code=Cause.RESIDENCE, policy__in=written
    )
    rows = waiting.select_related("decision__customer", "decision__line").order_by("due_at", "pk")
    return sum(isinstance(retry_notice(hold=hold), Notice) for hold in rows[:AT_ONCE])


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
    return [*problems, *_unanswered(page)] if page.is_shown else problems


def _unanswered(page: PolicyPage) -> Iterator[tuple[str, str]]:
    """What the law of whomever it hit asks, and nobody has answered yet."""
    if not page.us_class_wide and _hit(page, "US"):
        yield (
            "us_class_wide",
            _("It hit customers in the United States: judge this before customers see the page."),
        )
    if not page.eu_reasons.strip() and _hit(page, "EU"):
        yield (
            "eu_reasons",
            _("It hit customers in the European Union by where they live: name the reasons first."),
        )


def _hit(page: PolicyPage, jurisdiction: str) -> bool:
    """Whether its cuts rest on a reason the law of this place asks about."""
    codes = _asked_about(pack_for(jurisdiction, "", timezone.now().date()))
    cuts = LineDecision.objects.alias(ref=KeyTextTransform("ref", "policy")).filter(
        policy__isnull=False, ref=page.reference, customer__jurisdiction=jurisdiction
    )
    return cuts.filter(reasons__code__in=codes).exists()


def _asked_about(pack: Pack) -> set[str]:
    asked = {code for one in pack.notice.exempt if one.needs_policy for code in one.reasons}
    return asked | (pack.notice.residence.reasons if pack.notice.residence else set())
