"""What an appeal is found by among those like it, and what was suggested because of them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal, Ground
from appeals.models.counted import COUNTED_SUGGESTIONS
from appeals.models.review import RULING_NAMES

RULINGS = [(ruling.value, name) for ruling, name in RULING_NAMES.items()]


class Likeness(models.Model):
    """The place of a sent appeal among those against the same rule version; kept by triggers."""

    appeal = models.OneToOneField(
        Appeal, models.CASCADE, primary_key=True, related_name="likeness", verbose_name=_("appeal")
    )
    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("rule version"), max_length=64)
    # The reason that weighed most.
    code = models.CharField(_("reason"), max_length=40)
    is_answered = models.BooleanField(_("answered"))

    class Meta:
        verbose_name = _("likeness")
        verbose_name_plural = _("likenesses")
        indexes = [
            # The newest of a kind, a bounded number of them, answered or not.
            models.Index(
                fields=["rule_id", "rule_version", "code", "is_answered", "-appeal"],
                name="likeness_newest_first",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.rule_version} {self.code}"


class SuggestedFinding(models.Model):
    """What was suggested about a ground when it was first shown, and what people then found."""

    ground = models.OneToOneField(
        Ground, models.CASCADE, related_name="suggestion", verbose_name=_("ground")
    )
    ruling = models.CharField(_("suggested finding"), max_length=12, choices=RULINGS)
    # Repeated here, so that agreement is summed without looking for them.
    code = models.CharField(_("reason"), max_length=40)
    rule_id = models.CharField(_("rule"), max_length=64)
    rule_version = models.CharField(_("rule version"), max_length=64)
    # Because so many of so many findings on it were so, by so many people.
    agreed = models.PositiveIntegerField(_("findings that say so"))
    counted = models.PositiveIntegerField(_("findings counted"))
    people = models.PositiveIntegerField(_("people who wrote them"))
    shown_at = models.DateTimeField(_("shown at"))
    shown_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("shown to")
    )
    # Once the answer is final: what the reviewer first proposed, what stood in the end, and what
    # somebody found who read the case again.
    proposed = models.CharField(
        _("found by the reviewer"), max_length=12, choices=RULINGS, blank=True
    )
    stood = models.CharField(_("found in the end"), max_length=12, choices=RULINGS, blank=True)
    read_again = models.CharField(_("found by quality"), max_length=12, choices=RULINGS, blank=True)
    settled_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("suggested finding")
        verbose_name_plural = _("suggested findings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_at__isnull=True, proposed="", stood="", read_again="")
                | (
                    models.Q(settled_at__isnull=False)
                    & ~models.Q(proposed="")
                    & ~models.Q(stood="")
                ),
                name="a_settled_suggestion_has_findings",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed__lte=models.F("counted"), people__lte=models.F("agreed")),
                name="no_more_agreed_than_counted",
            ),
        ]
        triggers = COUNTED_SUGGESTIONS

    def __str__(self) -> str:
        return self.ruling
