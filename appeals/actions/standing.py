"""Whether a person may take, or be given, this very appeal, and in words why not."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.access import is_reviewer
from appeals.actions.gathering import why_gathered
from appeals.actions.independence import Bar, in_words
from appeals.models import Appeal, Claim, ReviewQueue
from appeals.states import AppealState
from portal.lib.dates import format_moment
from portal.models import Customer

STANDING = """
SELECT EXISTS (
        SELECT FROM appeals_reviewqueue_members AS member
        WHERE member.reviewqueue_id = appeal.queue_id AND member.customer_id = %(person)s
    ),
    coalesce(profile.is_cleared, false),
    coalesce(profile.languages = '[]' OR profile.languages ? appeal.language, true),
    (
        SELECT count(*) FROM appeals_claim AS claim
        JOIN appeals_appeal AS held ON held.id = claim.appeal_id
        WHERE claim.reviewer_id = %(person)s AND held.queue_id = appeal.queue_id
    ),
    appeals_bar(%(person)s, appeal.id, appeal.customer_id, appeal.decision_id)
FROM appeals_appeal AS appeal
LEFT JOIN appeals_reviewerprofile AS profile ON profile.person_id = %(person)s
WHERE appeal.id = %(appeal)s
"""


@dataclass(frozen=True)
class Standing:
    """A person before an appeal: what the rules of claiming look at."""

    is_member: bool
    is_cleared: bool
    reads: bool
    held: int  # by them, in the appeal's queue
    bar: Bar | None

    @classmethod
    def of(cls, appeal: Appeal, person: Customer) -> "Standing":
        """One look."""
        with connection.cursor() as cursor:
            cursor.execute(STANDING, {"person": person.pk, "appeal": appeal.pk})
            found = cursor.fetchone()
        assert found is not None  # a sent appeal is never deleted
        is_member, is_cleared, reads, held, bar = found
        return cls(is_member, is_cleared, reads, held, Bar(bar) if bar else None)


def why_not_waiting(appeal: Appeal) -> str:
    """Why nobody can take it now: who has it, or that it is elsewhere; nothing when it waits."""
    if appeal.state == AppealState.SUBMITTED:
        return ""
    claim = Claim.objects.filter(appeal=appeal).select_related("reviewer").first()
    if appeal.state != AppealState.IN_REVIEW or claim is None:
        return _("This appeal is not waiting in a queue any more.")
    until = format_moment(timezone.localtime(claim.until), get_language() or "en")
    return _("%(name)s holds this appeal, until %(until)s.") % {
        "name": claim.reviewer.name,
        "until": until,
    }


def why_not_take(appeal: Appeal, person: Customer, standing: Standing) -> str:
    """The first thing that keeps the person from taking a waiting appeal; nothing if they may."""
    if not is_reviewer(person):
        return _("Only reviewers can do this.")
    if standing.bar:
        return in_words(standing.bar)
    return (
        why_gathered(appeal)
        or _kept(appeal, person)
        or _not_for_them(appeal, standing)
        or _too_many(appeal, standing)
    )


def why_not_give(appeal: Appeal, to: Customer, standing: Standing) -> str:
    """What keeps the appeal from being put into a colleague's hands; nothing if it may be.

    How much they hold and what they read is for whoever gives it to them to judge.
    """
    if not is_reviewer(to) or not standing.is_member:
        return _("This person does not work in the queue of this appeal.")
    if appeal.is_restricted and not standing.is_cleared:
        return _("This person is not cleared for restricted cases.")
    return in_words(standing.bar, to) if standing.bar else ""


def why_no_more(person: Customer) -> str:
    """The queue in which something waits and the person holds as much as one may, in words."""
    held = Claim.objects.filter(reviewer=person, appeal__queue=OuterRef("pk")).order_by()
    waits = Appeal.objects.filter(
        queue=OuterRef("pk"), state=AppealState.SUBMITTED, is_set_aside=False
    )
    for_them = Q(reserved_for__isnull=True) | Q(reserved_for=person)
    counted = held.values("appeal__queue").annotate(count=Count("pk")).values("count")
    queues = ReviewQueue.objects.filter(members=person).annotate(held=Subquery(counted))
    full = queues.filter(Exists(waits.filter(for_them)), held__gte=F("most_held")).first()
    return "" if full is None else _words_for_full(full, full.held)


def _kept(appeal: Appeal, person: Customer) -> str:
    if appeal.reserved_for is None or appeal.reserved_for_id == person.pk:
        return ""
    return _("This appeal is kept for %(name)s.") % {"name": appeal.reserved_for.name}


def _not_for_them(appeal: Appeal, standing: Standing) -> str:
    if not standing.is_member:
        return _("You do not work in the queue of this appeal.")
    if appeal.is_restricted and not standing.is_cleared:
        return _("Only people who are cleared for restricted cases can take this appeal.")
    if not standing.reads:
        language = dict(settings.LANGUAGES).get(appeal.language, appeal.language)
        return _("This appeal is in a language you do not review in: %(language)s.") % {
            "language": language
        }
    return ""


def _too_many(appeal: Appeal, standing: Standing) -> str:
    assert appeal.queue is not None  # the database keeps it so
    is_full = standing.held >= appeal.queue.most_held
    return _words_for_full(appeal.queue, standing.held) if is_full else ""


def _words_for_full(queue: ReviewQueue, held: int) -> str:
    return _(
        "You hold %(held)d appeals of the queue “%(queue)s”; one person holds %(most)d at most. "
        "Decide, release or pass on one first."
    ) % {"held": held, "queue": queue, "most": queue.most_held}
