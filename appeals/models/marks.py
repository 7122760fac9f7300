"""Where on a document a reviewer found what answers a ground."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Ground
from appeals.models.evidence import EvidenceDocument


class EvidenceMark(models.Model):
    """A rectangle on a page, in fractions of the unrotated page from its top left corner."""

    document = models.ForeignKey(
        EvidenceDocument, models.PROTECT, related_name="marks", verbose_name=_("document")
    )
    page = models.PositiveIntegerField(_("page"))
    left = models.DecimalField(_("left"), max_digits=5, decimal_places=4)
    top = models.DecimalField(_("top"), max_digits=5, decimal_places=4)
    width = models.DecimalField(_("width"), max_digits=5, decimal_places=4)
    height = models.DecimalField(_("height"), max_digits=5, decimal_places=4)
    ground = models.ForeignKey(
        Ground,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="marks",
        verbose_name=_("answers"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("mark on a document")
        verbose_name_plural = _("marks on documents")
        ordering = ["page", "top", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(page__gte=1, left__gte=0, top__gte=0, width__gt=0, height__gt=0)
                & models.Q(left__lte=1 - models.F("width"))
                & models.Q(top__lte=1 - models.F("height")),
                name="mark_lies_on_the_page",
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.page}"
