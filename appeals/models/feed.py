"""What came in from the engine and what could not be taken."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FeedRun(models.Model):
    """One reading of one file or one batch call, with its counts."""

    source = models.CharField(_("source"), max_length=255)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    read = models.PositiveIntegerField(_("read"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    conflicts = models.PositiveIntegerField(_("conflicts"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)

    class Meta:
        verbose_name = _("feed run")
        verbose_name_plural = _("feed runs")

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class RejectedLine(models.Model):
    """A line of the feed we could not take, kept so that it can be mended and sent again."""

    run = models.ForeignKey(
        FeedRun, models.CASCADE, related_name="rejected_lines", verbose_name=_("feed run")
    )
    line_number = models.PositiveIntegerField(_("line"))
    decision_id = models.CharField(_("decision id"), max_length=100, blank=True)
    is_conflict = models.BooleanField(_("conflict"), default=False)
    error = models.TextField(_("error"))
    raw = models.TextField(_("text, up to a limit"))

    class Meta:
        verbose_name = _("rejected feed line")
        verbose_name_plural = _("rejected feed lines")
        ordering = ["run", "line_number"]

    def __str__(self) -> str:
        return f"{self.line_number}: {self.error}"
