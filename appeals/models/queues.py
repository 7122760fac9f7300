"""Where appeals wait, who works there, and the rules that send them."""

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from portal.models import Jurisdiction


class Assignment(models.TextChoices):
    """How a waiting appeal finds its reviewer."""

    PULL = "pull", _("Reviewers take the next one")
    BALANCED = "balanced", _("Shared out to whoever holds the least")
    NAMED = "named", _("Kept for one named reviewer")


@pghistory.track()
class ReviewQueue(models.Model):
    """One of the catalogue's queues, with its people, its promise and who must agree."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="review_queues",
        verbose_name=_("members"),
    )
    target_working_days = models.PositiveSmallIntegerField(_("promise in working days"))
    # Blank: the calendar of where the customer lives.
    calendar = models.CharField(
        _("working calendar"), max_length=2, blank=True, choices=Jurisdiction.choices
    )
    warn_working_days = models.PositiveSmallIntegerField(
        _("warn this many working days before"), default=2
    )
    # Calendar days; 0 for never.
    no_news_days = models.PositiveSmallIntegerField(
        _("tell the customer after so many days without news"), default=7
    )
    assignment = models.CharField(
        _("how appeals are assigned"),
        max_length=8,
        choices=Assignment.choices,
        default=Assignment.PULL,
    )
    named_reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("the named reviewer"),
    )
    most_held = models.PositiveSmallIntegerField(
        _("a reviewer holds at most"), default=20, help_text=_("appeals at the same time")
    )
    is_restricted = models.BooleanField(
        _("only for cleared members"),
        default=False,
        help_text=_("Nobody else sees these appeals in lists, counts, search or exports."),
    )
    needs_second_approval = models.BooleanField(_("needs a second approval"), default=False)
    approval_above = models.DecimalField(
        _("second approval when more is given back than"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
    )
    sample_percent = models.DecimalField(
        _("share re-read for quality, in percent"), max_digits=4, decimal_places=1, default=5
    )
    sample_most = models.PositiveSmallIntegerField(_("re-read at most, a month"), default=40)
    # Hardship goes first: a lower number is served before a higher one.
    priority = models.PositiveSmallIntegerField(_("served in this order"), default=100)

    class Meta:
        verbose_name = _("queue")
        verbose_name_plural = _("queues")
        ordering = ["priority", "key"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(assignment=Assignment.NAMED)
                | models.Q(named_reviewer__isnull=False),
                name="named_queue_names_its_reviewer",
            ),
            models.CheckConstraint(
                condition=models.Q(most_held__gte=1), name="a_reviewer_may_hold_one"
            ),
            models.CheckConstraint(
                condition=models.Q(sample_percent__gte=0, sample_percent__lte=100),
                name="sample_is_a_percentage",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") else self.name_en


@pghistory.track(pghistory.InsertEvent("joined"), pghistory.DeleteEvent("left"), obj_field=None)
class QueueMembership(ReviewQueue.members.through):  # type: ignore[name-defined]
    """Somebody works in a queue; tracked, since it opens other people's cases."""

    class Meta:
        proxy = True
        verbose_name = _("member of a queue")
        verbose_name_plural = _("members of queues")


@pghistory.track()
class RoutingRule(models.Model):
    """One row of the routing table; blank means any. The most specific matching row wins."""

    reason_code = models.CharField(_("reason"), max_length=40, blank=True)
    origin = models.CharField(_("origin of the reason"), max_length=20, blank=True)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, blank=True, choices=Jurisdiction.choices
    )
    language = models.CharField(_("language"), max_length=12, blank=True)
    minimum_cut = models.DecimalField(
        _("cut of at least"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    is_vulnerable = models.BooleanField(
        _("customer needs care"), null=True, blank=True, help_text=_("Unknown stands for any.")
    )
    # An incident: what one rule, one version of it or one policy did.
    rule_id = models.CharField(_("decided by rule"), max_length=64, blank=True)
    rule_version = models.CharField(_("in version"), max_length=64, blank=True)
    policy_ref = models.CharField(_("under policy"), max_length=64, blank=True)
    queue = models.ForeignKey(
        ReviewQueue, models.PROTECT, related_name="routing_rules", verbose_name=_("queue")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kept for"),
        help_text=_("Leave blank for anybody in the queue."),
    )
    because = models.CharField(_("because"), max_length=200)
    is_active = models.BooleanField(_("in force"), default=True)
    # Grows with each change, so that an appeal can say by which wording it was routed.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "reason_code",
                    "origin",
                    "jurisdiction",
                    "language",
                    "minimum_cut",
                    "is_vulnerable",
                    "rule_id",
                    "rule_version",
                    "policy_ref",
                ],
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="one_rule_for_one_case",
            )
        ]

    def __str__(self) -> str:
        parts = [
            self.reason_code,
            self.origin,
            self.jurisdiction,
            self.language,
            self.rule_id,
            self.rule_version,
            self.policy_ref,
        ]
        return f"{' + '.join(filter(None, parts)) or gettext('always')} → {self.queue}"
