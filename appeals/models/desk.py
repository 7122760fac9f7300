"""What staff keep of their own work: saved views, exports they made, steps over many cases."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal
from appeals.models.decisions import IMMUTABLE


class SavedView(models.Model):
    """A list of appeals with its filters, under a name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_views",
        verbose_name=_("owner"),
    )
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=500)
    is_shared = models.BooleanField(_("shown to everybody at the desk"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="a_view_of_a_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class ExportRecord(models.Model):
    """Somebody took a list out of the house: who, when, which, how much."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    format = models.CharField(_("format"), max_length=4)
    query = models.CharField(_("filters"), max_length=500, blank=True)
    rows = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.format.upper()} {self.at:%Y-%m-%d %H:%M}"


class BulkKind(models.TextChoices):
    ASSIGN = "assign", _("Assign")
    RELEASE = "release", _("Release")
    DUPLICATE = "duplicate", _("Close as duplicates")
    OUTCOME = "outcome", _("Apply one outcome")


class BulkStep(models.Model):
    """One thing done to many cases at once, with why; undone at most once, where that is honest."""

    kind = models.CharField(_("what"), max_length=9, choices=BulkKind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    because = models.CharField(_("because"), max_length=300)
    # Made with the preview: the button pressed twice is one step.
    token = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Codes and ids of what was chosen: to whom, which outcome.
    choice = models.JSONField(_("chosen"), default=dict)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    # Taking a step back is a step of its own, with a row for each case.
    undoes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="undone_by_step",
        verbose_name=_("takes back"),
    )

    class Meta:
        verbose_name = _("step over many cases")
        verbose_name_plural = _("steps over many cases")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d %H:%M}"


class BulkStepRow(models.Model):
    """What the step did to one case, or why it did nothing."""

    step = models.ForeignKey(BulkStep, models.CASCADE, related_name="rows", verbose_name=_("step"))
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="bulk_rows", verbose_name=_("appeal")
    )
    is_done = models.BooleanField(_("done"))
    skipped_because = models.CharField(_("skipped because"), max_length=300, blank=True)
    # What an undo needs: ids and codes, never words about a person.
    before = models.JSONField(_("before"), default=dict)

    class Meta:
        verbose_name = _("case of a step over many cases")
        verbose_name_plural = _("cases of steps over many cases")
        constraints = [
            models.UniqueConstraint(fields=["step", "appeal"], name="a_case_once_a_step")
        ]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.appeal_id}"
