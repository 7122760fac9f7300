"""A decided case read again by somebody who does not know what was decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.independence import READERS
from appeals.models.queues import ReviewQueue
from appeals.models.review import OUTCOME_NAMES, Outcome


class QualityReview(models.Model):
    """One sampled outcome; the reader's own answer is written before the first one is shown."""

    outcome = models.OneToOneField(
        Outcome, models.PROTECT, related_name="quality_review", verbose_name=_("outcome")
    )
    queue = models.ForeignKey(
        ReviewQueue, models.PROTECT, related_name="+", verbose_name=_("queue")
    )
    # Repeated here so that the database can compare.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    sampled_at = models.DateTimeField(_("sampled at"))
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("read by"),
    )
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    kind = models.CharField(
        _("the reader's outcome"),
        max_length=16,
        blank=True,
        choices=[(kind.value, name) for kind, name in OUTCOME_NAMES.items()],
    )
    rulings = models.JSONField(_("the reader's findings"), default=dict)  # ground pk -> ruling
    agrees = models.BooleanField(_("agrees"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("quality review")
        verbose_name_plural = _("quality reviews")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reader__isnull=True) | ~models.Q(reader=models.F("decided_by")),
                name="nobody_reads_their_own_outcome_again",
            ),
            models.CheckConstraint(
                condition=models.Q(read_at__isnull=True)
                | (models.Q(reader__isnull=False, agrees__isnull=False) & ~models.Q(kind="")),
                name="a_read_case_has_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["queue", "-sampled_at"], name="quality_by_queue"),
            models.Index(
                fields=["sampled_at"],
                condition=models.Q(read_at__isnull=True),
                name="quality_to_read",
            ),
        ]
        triggers = READERS

    def __str__(self) -> str:
        return f"{self.outcome_id}"
