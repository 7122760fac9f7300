"""What a customer asks for outside an appeal: a fact put right, a complaint, help, their data."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.errors import WrongState
from appeals.models.appeals import Appeal
from appeals.models.clocks import ClockEnd
from appeals.models.decisions import LineDecision
from appeals.models.independence import REQUESTS
from appeals.models.queues import ReviewQueue
from appeals.states import REQUESTS_OPEN, RequestState, can_move_request

LONGEST_TEXT = 4000


class RequestKind(models.TextChoices):
    """Each is a right of the jurisdiction packs, by the same name."""

    CORRECT_FACT = "correct_fact", _("Correct a fact")
    ADD_VIEW = "add_view", _("The customer's view")
    COMPLAIN = "complain", _("Complaint")
    PAYMENT_HELP = "payment_help", _("Help with payments")
    EXPLAIN = "explain", _("Question about the decision")
    DATA_COPY = "data_copy", _("Copy of their data")


class Situation(models.TextChoices):
    """What makes paying hard; nobody has to say."""

    WORK = "work", _("I lost work or earn less")
    HEALTH = "health", _("Illness, an accident or a death")
    FAMILY = "family", _("A change in my family or home")
    COSTS = "costs", _("Everything costs more, or a bill I did not expect")
    OTHER = "other", _("Something else")
    UNSAID = "unsaid", _("I would rather not say")


class RequestResult(models.TextChoices):
    AGREED = "agreed", _("We agree")
    PARTLY = "partly", _("We agree in part")
    DECLINED = "declined", _("We do not agree")
    TOLD = "told", _("Answered")


STATE_NAMES = {
    RequestState.RECEIVED: _("Waits to be taken"),
    RequestState.IN_HAND: _("In hand"),
    RequestState.WITH_APPEAL: _("With the appeal"),
    RequestState.ANSWERED: _("Answered"),
}


# Answered, and what was said is still there. The row of a copy of data has no words.
WITH_WORDS = models.Q(state=RequestState.ANSWERED, erased_at__isnull=True) & ~models.Q(
    kind=RequestKind.DATA_COPY
)


class CustomerRequestQuerySet(models.QuerySet["CustomerRequest"]):
    def with_words(self) -> "CustomerRequestQuerySet":
        """Those that were answered and whose words are kept until their last day."""
        return self.filter(WITH_WORDS)


class CustomerRequest(models.Model):
    """One thing asked for, about one decision; a copy of data is about the person alone.

    Only `move_to` changes its state. What the customer wrote never changes; it is erased when it
    was kept long enough, and the row stays.
    """

    reference = models.CharField(_("request number"), max_length=16, unique=True)
    # Of the form it was sent with: the second of two taps is the same request.
    token = models.UUIDField(_("token of the form"), editable=False)
    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="requests_made",
        verbose_name=_("customer"),
    )
    decision = models.ForeignKey(
        LineDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_made",
        verbose_name=_("decision"),
    )
    kind = models.CharField(_("asks for"), max_length=16, choices=RequestKind.choices)
    text = models.TextField(_("in their words"), max_length=LONGEST_TEXT, blank=True)
    # [{"rank", "code", "label", "told", "right"}]: what a notice said, and what is right.
    facts = models.JSONField(_("facts"), default=list, blank=True)
    situation = models.CharField(
        _("what makes it hard"), max_length=8, choices=Situation.choices, blank=True
    )
    language = models.CharField(_("language"), max_length=12)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=[(state.value, name) for state, name in STATE_NAMES.items()],
        default=RequestState.RECEIVED,
    )
    queue = models.ForeignKey(
        ReviewQueue, models.PROTECT, related_name="requests_made", verbose_name=_("queue")
    )
    # Only members of its queue who are cleared see it, count it or find it.
    is_restricted = models.BooleanField(_("restricted"), default=False)
    appeal = models.ForeignKey(
        Appeal,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests_made",
        verbose_name=_("appeal"),
    )
    received_at = models.DateTimeField(_("received at"))
    # Midnight at the end of the promised day in the customer's zone.
    promised_at = models.DateTimeField(_("answer promised by"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("in the hands of"),
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    result = models.CharField(_("result"), max_length=8, choices=RequestResult.choices, blank=True)
    answer = models.TextField(_("answer"), max_length=LONGEST_TEXT, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    # The first day on which its words may be erased, as far as is known, and by which rules.
    erase_on = models.DateField(_("to be deleted on"), null=True, blank=True)
    erase_rule = models.CharField(max_length=40, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    objects = CustomerRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of a customer")
        verbose_name_plural = _("requests of customers")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "token"], name="one_request_a_form"),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(kind=RequestKind.DATA_COPY, state__in=sorted(REQUESTS_OPEN)),
                name="one_copy_of_data_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=RequestKind.DATA_COPY, decision__isnull=True)
                | (~models.Q(kind=RequestKind.DATA_COPY) & models.Q(decision__isnull=False)),
                name="request_is_about_a_decision",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=RequestState.WITH_APPEAL)
                | models.Q(appeal__isnull=False),
                name="request_names_its_appeal",
            ),
            models.CheckConstraint(
                condition=models.Q(state=RequestState.IN_HAND, taken_by__isnull=False)
                | (~models.Q(state=RequestState.IN_HAND) & models.Q(taken_by__isnull=True)),
                name="request_in_hand_is_somebodys",
            ),
            models.CheckConstraint(
                condition=models.Q(state=RequestState.ANSWERED, answered_at__isnull=False)
                | (~models.Q(state=RequestState.ANSWERED) & models.Q(answered_at__isnull=True)),
                name="answered_request_says_when",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True)
                | models.Q(erased_at__isnull=False)
                | (~models.Q(answer="") & ~models.Q(result="")),
                name="a_person_answers_in_words",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True)
                | models.Q(state=RequestState.ANSWERED, text="", facts=[], situation="", answer=""),
                name="an_erased_request_has_no_words",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-received_at"], name="requests_of_customer"),
            models.Index(
                fields=["queue", "promised_at", "id"],
                condition=models.Q(state__in=[RequestState.RECEIVED, RequestState.IN_HAND]),
                name="requests_of_queue",
            ),
            models.Index(
                fields=["appeal"],
                condition=models.Q(appeal__isnull=False),
                name="requests_of_appeal",
            ),
            models.Index(
                fields=["erase_on", "customer"],
                condition=WITH_WORDS,
                name="requests_by_their_last_day",
            ),
            models.Index(
                fields=["erase_rule"],
                condition=WITH_WORDS & models.Q(erase_on__isnull=False),
                name="requests_by_their_rule",
            ),
        ]
        triggers = [*REQUESTS]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in REQUESTS_OPEN

    @property
    def waits_for_us(self) -> bool:
        """Whether it stands alone, so that somebody has to take and answer it."""
        return self.state in {RequestState.RECEIVED, RequestState.IN_HAND}

    def move_to(self, new: RequestState, **changes: Any) -> None:
        """Change the state, and the fields given, only if nobody was quicker."""
        old = RequestState(self.state)
        if not can_move_request(old, new):
            raise WrongState(str(_("This request can no longer be changed in that way.")))
        if new != RequestState.IN_HAND:
            changes = {"taken_by": None, **changes}
        fields = {"state": new, "version": self.version + 1, **changes}
        unchanged = CustomerRequest.objects.filter(pk=self.pk, state=old, version=self.version)
        if not unchanged.update(**fields):
            raise WrongState(str(_("This request changed meanwhile. Please reload the page.")))
        for name, value in fields.items():
            setattr(self, name, value)


class RequestClock(models.Model):
    """One clock of one request: our promise, or one the law sets for its kind.

    Not a `CaseClock`: those belong to an appeal. While a request is with an appeal its own clocks
    go on unseen, and the appeal's are the ones people are warned of.
    """

    request = models.ForeignKey(
        CustomerRequest, models.CASCADE, related_name="clocks", verbose_name=_("request")
    )
    # A key of the clock table, such as "GB.complaint.final", or `OWN_PROMISE`.
    rule = models.CharField(_("rule"), max_length=40)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    # False is a chance that passes: nobody is late then.
    is_duty = models.BooleanField(_("a duty"), default=True)
    warn_at = models.DateTimeField(_("warn at"))
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_as = models.CharField(_("ended"), max_length=8, choices=ClockEnd.choices, blank=True)

    class Meta:
        verbose_name = _("clock of a request")
        verbose_name_plural = _("clocks of requests")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "rule"], name="one_request_clock_of_a_rule"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_as="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_as="")),
                name="an_ended_request_clock_says_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["warn_at"],
                condition=models.Q(ended_at__isnull=True, warned_at__isnull=True),
                name="request_clocks_to_warn",
            ),
            models.Index(
                fields=["due_at"],
                condition=models.Q(ended_at__isnull=True, escalated_at__isnull=True),
                name="request_clocks_to_escalate",
            ),
        ]

    def __str__(self) -> str:
        return self.rule
