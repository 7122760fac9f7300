"""Every kind of message we send: by which channels, in which order, what may be switched off."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.kinds import ChannelKind, Lane

EVERYWHERE = (ChannelKind.SMS, ChannelKind.EMAIL, ChannelKind.PUSH)
# A mailbox that was full for an evening is no reason for a letter.
WAIT_FOR_RECEIPT = timedelta(hours=72)
# Printing, posting and the way of a letter, before a legal due date.
LETTER_LEAD = timedelta(days=10)


@dataclass(frozen=True)
class Step:
    """The next channel: at once when the ones before failed, else so long after the last began."""

    channel: ChannelKind
    after: timedelta


LETTER = Step(ChannelKind.LETTER, after=WAIT_FOR_RECEIPT)


@dataclass(frozen=True)
class NotificationType:
    """How messages of one type travel; their texts lie in templates/notifications/<name>/."""

    name: str
    # What staff call it; the person reads its title instead.
    label: Promise
    lane: Lane = Lane.STANDARD
    starts: tuple[ChannelKind, ...] = EVERYWHERE
    follows: tuple[Step, ...] = ()
    # An optional one may be switched off altogether; the others keep e-mail or SMS.
    is_optional: bool = False
    # Somebody who waits for an answer to what they just did is awake.
    has_quiet_hours: bool = True
    # Context that changes the sentences themselves; everything else is filled into them.
    worded_by: frozenset[str] = frozenset()

    def steps(self, *, is_mandatory: bool) -> tuple[Step, ...]:
        """Return what follows the first channels; what is owed by law ends in a letter."""
        return (*self.follows, LETTER) if is_mandatory else self.follows

    def first_look(self, *, is_mandatory: bool) -> timedelta | None:
        """Return how long after its making to look whether the message arrived."""
        steps = self.steps(is_mandatory=is_mandatory)
        return steps[0].after if steps else None


TYPES = {
    one.name: one
    for one in (
        NotificationType("line_changed", _("Credit line changed")),
        NotificationType(
            "sign_in_code",
            _("Sign-in code"),
            lane=Lane.URGENT,
            starts=(ChannelKind.EMAIL, ChannelKind.SMS),
            has_quiet_hours=False,
            worded_by=frozenset({"minutes"}),
        ),
        NotificationType(
            "appeal_received",
            _("Appeal received"),
            is_optional=True,
            has_quiet_hours=False,
            worded_by=frozenset({"promised_on"}),
        ),
        NotificationType("documents_asked", _("Papers asked for")),
        NotificationType("question_asked", _("Question asked")),
        NotificationType(
            "paper_refused",
            _("Paper could not be used"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            # By SMS only where nothing else came through.
            follows=(Step(ChannelKind.SMS, after=timedelta(hours=6)),),
        ),
        NotificationType(
            "no_news",
            _("Nothing new about an appeal"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            is_optional=True,
        ),
        NotificationType(
            "no_news_waiting",
            _("An appeal still waits for the customer"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            is_optional=True,
        ),
        NotificationType(
            "appeal_gathered",
            _("Appeal that needs nothing more from the customer"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            is_optional=True,
        ),
        NotificationType("appeal_decided", _("Appeal decided")),
        NotificationType("condition_met", _("Condition of an outcome met")),
        NotificationType("condition_missed", _("Condition of an outcome not met")),
        NotificationType(
            "time_ends",
            _("A limit for a time ends soon"),
            worded_by=frozenset({"until"}),
        ),
        NotificationType("looked_again", _("Reason looked at again")),
        NotificationType("reason_passed", _("Reason of a cut has passed")),
        NotificationType("fault_put_right", _("A fault of ours was put right")),
        NotificationType("appeal_duplicate", _("Appeal answered with another")),
        NotificationType(
            "appeal_withdrawn",
            _("Appeal withdrawn"),
            is_optional=True,
            has_quiet_hours=False,
        ),
        NotificationType(
            "request_received",
            _("Request received"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            is_optional=True,
            has_quiet_hours=False,
            worded_by=frozenset({"promised_on"}),
        ),
        NotificationType("request_answered", _("Request answered")),
        NotificationType(
            "request_late",
            _("Our answer to a request is late"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            follows=(Step(ChannelKind.SMS, after=timedelta(hours=12)),),
        ),
        NotificationType("data_copy_ready", _("Copy of data ready")),
        NotificationType(
            "request_near",
            _("Deadline of a request near, to staff"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
            worded_by=frozenset({"due_on"}),
        ),
        NotificationType(
            "request_passed",
            _("Deadline of a request passed, to supervisors"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
            worded_by=frozenset({"due_on"}),
        ),
        NotificationType(
            "helper_named", _("Named to help with an appeal"), starts=(ChannelKind.EMAIL,)
        ),
        NotificationType(
            "helper_changed",
            _("Who helps with an appeal"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            has_quiet_hours=False,
            worded_by=frozenset({"change"}),
        ),
        NotificationType(
            "helper_ready",
            _("Draft ready for the customer to read"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            # By SMS only where nothing else came through.
            follows=(Step(ChannelKind.SMS, after=timedelta(hours=6)),),
        ),
        NotificationType(
            "promise_overdue",
            _("Our answer is late"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            # An apology by SMS only where nothing else came through.
            follows=(Step(ChannelKind.SMS, after=timedelta(hours=12)),),
            worded_by=frozenset({"promised_on"}),
        ),
        NotificationType(
            "promise_at_risk",
            _("Our answer may be late"),
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            follows=(Step(ChannelKind.SMS, after=timedelta(hours=6)),),
            worded_by=frozenset({"promised_on"}),
        ),
        NotificationType(
            "deadline_near",
            _("Deadline near, to staff"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
            worded_by=frozenset({"due_on"}),
        ),
        NotificationType(
            "deadline_passed",
            _("Deadline passed, to supervisors"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
            worded_by=frozenset({"due_on"}),
        ),
        NotificationType(
            "notices_waiting",
            _("Notices that need attention, to supervisors"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
        ),
        NotificationType(
            "rule_alarm",
            _("A rule that looks faulty, to supervisors"),
            lane=Lane.URGENT,
            has_quiet_hours=False,
        ),
        NotificationType(
            "papers_held",
            _("Notices without their PDF, to supervisors"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
        ),
        NotificationType(
            "fairness_alarm",
            _("Figures of fairness that left their band, to supervisors"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
        ),
        NotificationType(
            "overturn_digest",
            _("Weekly digest of overturned reasons, to rule owners"),
            starts=(ChannelKind.EMAIL,),
            has_quiet_hours=False,
        ),
        NotificationType(
            "mentioned",
            _("Named in a note, to staff"),
            starts=(ChannelKind.EMAIL,),
            is_optional=True,
            has_quiet_hours=False,
        ),
        NotificationType(
            "reviewer_digest",
            _("Morning summary for reviewers"),
            starts=(ChannelKind.EMAIL,),
            is_optional=True,
            has_quiet_hours=False,
        ),
        NotificationType(
            "announcement",
            _("News"),
            lane=Lane.BULK,
            starts=(ChannelKind.EMAIL, ChannelKind.PUSH),
            follows=(Step(ChannelKind.SMS, after=timedelta(hours=24)),),
        ),
    )
}


def label_of(name: str) -> str:
    """Return what staff call a type; one that is no longer sent keeps its name."""
    return str(TYPES[name].label) if name in TYPES else name
