"""Incidents: a version of a rule did harm, this is whom it touched, and this is what we do."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from appeals.models.alarms import RuleAlarm
from appeals.models.appeals import Appeal
from appeals.models.decisions import LineDecision
from appeals.models.overturns import OverturnPassing
from appeals.models.set_aside import ON_CLOSED, ON_GATHERED, ON_PUT_RIGHT

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


class IncidentState(models.TextChoices):
    # "Open" alone is the word for a line that may be used.
    OPEN = "open", pgettext_lazy("incident", "Open")
    CLOSED = "closed", _("Closed")


class Incident(models.Model):
    """Opened by a person. While it is open, nothing of its scope is told to customers.

    The scope is a question about decisions, asked anew for each look, until a remedy is approved:
    from then on it is the AffectedDecision rows, and what arrives late joins them.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    title = models.CharField(_("title"), max_length=120)
    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("version"), max_length=64)
    rule_module = models.CharField(_("module"), max_length=64, blank=True)
    since = models.DateTimeField(_("decided from"))
    # Without an end, it goes on for as long as the incident is open.
    until = models.DateTimeField(_("decided until"), null=True, blank=True)
    region = models.CharField(_("region"), max_length=10, blank=True)
    state = models.CharField(
        _("state"), max_length=6, choices=IncidentState.choices, default=IncidentState.OPEN
    )
    # What somebody saw that made them open it; none when it is opened by hand.
    alarm = models.ForeignKey(
        RuleAlarm,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        verbose_name=_("alarm"),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    # When all that was to be told at that moment was held back.
    held_at = models.DateTimeField(_("held since"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("scope frozen at"), null=True, blank=True)
    # Of the frozen scope, kept with each portion of work: they always add up to it.
    size = models.PositiveIntegerField(_("decisions"), default=0)
    restored = models.PositiveIntegerField(_("restored"), default=0)
    already = models.PositiveIntegerField(_("restored before"), default=0)
    cannot = models.PositiveIntegerField(_("for a person"), default=0)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    because = models.CharField(_("closed because"), max_length=500, blank=True)
    # When nothing of it waits to be told any more.
    let_go_at = models.DateTimeField(_("hold ended at"), null=True, blank=True)
    published_at = models.DateTimeField(_("count published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="an_incident_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=Q(size__gte=F("restored") + F("already") + F("cannot")),
                name="an_incident_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True)
                | (Q(state="closed", closed_at__isnull=False) & ~Q(because="")),
                name="an_incident_is_closed_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["rule_id", "rule_version", "rule_module", "region"],
                condition=Q(state="open"),
                name="one_open_incident_a_scope",
            ),
        ]
        triggers = [NEVER_DELETED, ON_CLOSED]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state == IncidentState.OPEN

    @property
    def waiting(self) -> int:
        """How many of the frozen scope nobody has looked at yet."""
        return self.size - self.restored - self.already - self.cannot


class AffectedState(models.TextChoices):
    WAITING = "waiting", _("Not yet")
    RESTORED = "restored", _("Restored")
    ALREADY = "already", _("Restored before")
    CANNOT = "cannot", _("For a person")


class Obstacle(models.TextChoices):
    """Why a decision is not put right by itself; a person looks at it."""

    CLOSED = "closed", _("The line was closed by a later decision")
    LOWER = "lower", _("The line stands higher than this would set it")
    GUARDED = "guarded", _("It also rests on a reason for cleared people only")
    OWN = "own", _("One of the two who approved is the customer, or has a conflict of interest")
    UNCHANGED = "same", _("A later decision stands and leaves the line as it is")


class AffectedDecision(models.Model):
    """One decision of a frozen scope, and what became of it. Joined once, whoever joins it."""

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="affected", verbose_name=_("incident")
    )
    decision = models.ForeignKey(
        LineDecision, models.PROTECT, related_name="+", verbose_name=_("decision")
    )
    # From 0 to 99, by customer and chance: the first share is those below it.
    share = models.PositiveSmallIntegerField(_("share"))
    joined_at = models.DateTimeField(_("joined at"))
    is_late = models.BooleanField(_("arrived late"), default=False)
    state = models.CharField(
        _("state"), max_length=8, choices=AffectedState.choices, default=AffectedState.WAITING
    )
    obstacle = models.CharField(
        _("why not"), max_length=8, choices=Obstacle.choices, blank=True, default=""
    )
    line_decision = models.OneToOneField(
        LineDecision,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="put_right",
        verbose_name=_("new line decision"),
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    # A person's word on what could not be put right by itself.
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("seen to by"),
    )
    handled_at = models.DateTimeField(_("seen to at"), null=True, blank=True)
    handled_note = models.CharField(_("what was done"), max_length=500, blank=True, default="")

    class Meta:
        verbose_name = _("decision of an incident")
        verbose_name_plural = _("decisions of incidents")
        constraints = [
            models.UniqueConstraint(fields=["incident", "decision"], name="joined_once"),
            models.CheckConstraint(
                condition=(Q(state="restored") & Q(line_decision__isnull=False))
                | (~Q(state="restored") & Q(line_decision__isnull=True)),
                name="what_was_put_right_has_a_decision",
            ),
            models.CheckConstraint(
                condition=(Q(state="cannot") & ~Q(obstacle=""))
                | (~Q(state="cannot") & Q(obstacle="")),
                name="what_cannot_be_put_right_says_why",
            ),
            models.CheckConstraint(
                condition=Q(handled_by__isnull=True) | ~Q(handled_note=""),
                name="who_saw_to_it_says_what_they_did",
            ),
        ]
        indexes = [
            models.Index(
                fields=["incident", "id"],
                condition=Q(state="waiting"),
                name="affected_to_put_right",
            ),
            models.Index(
                fields=["incident", "id"],
                condition=Q(state="cannot", handled_by__isnull=True),
                name="affected_for_a_person",
            ),
        ]
        triggers = [NEVER_DELETED, ON_PUT_RIGHT]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.decision_id}"


class GatheredAppeal(models.Model):
    """An open appeal against a decision of an incident: nothing more is wanted of its customer."""

    incident = models.ForeignKey(
        Incident, models.PROTECT, related_name="gathered", verbose_name=_("incident")
    )
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="gathered", verbose_name=_("appeal")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("appeal gathered under an incident")
        verbose_name_plural = _("appeals gathered under incidents")
        constraints = [models.UniqueConstraint(fields=["incident", "appeal"], name="gathered_once")]
        triggers = [ON_GATHERED]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.appeal_id}"


class EngineRequestState(models.TextChoices):
    PENDING = "pending", _("Not confirmed yet")
    CONFIRMED = "confirmed", _("Confirmed by the engine")


class EngineRequest(models.Model):
    """What we ask of the risk engine, or tell it: sent until it confirms."""

    class Kind(models.TextChoices):
        STOP = "rule.stop", _("Stop the rule")
        GO_ON = "rule.go_on", _("The rule may run again")
        OVERTURNED = "reason.overturned", _("A reason is overturned too often")
        RECOVERED = "reason.recovered", _("A reason is overturned less often again")

    # What made us write: an incident, or a reason whose share passed its limit.
    incident = models.ForeignKey(
        Incident,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("incident"),
    )
    passing = models.ForeignKey(
        OverturnPassing,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("share that passed its limit"),
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    idempotency_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    payload = models.JSONField(_("what the engine is told"))
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=EngineRequestState.choices,
        default=EngineRequestState.PENDING,
    )
    created_at = models.DateTimeField(_("made at"))
    next_try_at = models.DateTimeField(_("next try at"))
    lease_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request to the risk engine")
        verbose_name_plural = _("requests to the risk engine")
        constraints = [
            models.UniqueConstraint(fields=["incident", "kind"], name="asked_of_the_engine_once"),
            models.UniqueConstraint(fields=["passing", "kind"], name="told_of_a_passing_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["reason.overturned", "reason.recovered"],
                    incident__isnull=True,
                    passing__isnull=False,
                )
                | Q(
                    kind__in=["rule.stop", "rule.go_on"],
                    incident__isnull=False,
                    passing__isnull=True,
                ),
                name="the_engine_is_asked_because_of_one_thing",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="pending"), name="requests_to_send"
            )
        ]

    def __str__(self) -> str:
        return str(self.idempotency_key)
