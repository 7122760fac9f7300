"""Letters: the last channel of what is owed by law, printed and posted by people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.delivery import Delivery


class LetterBatch(models.Model):
    """Letters that were exported together as one PDF and one CSV; never changed afterwards."""

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    letters = models.PositiveIntegerField(_("letters"))
    pages = models.PositiveIntegerField(_("pages"))
    pdf_sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64)
    csv_sha256 = models.CharField(_("SHA-256 of the CSV"), max_length=64)
    posted_on = models.DateField(_("posted on"), null=True, blank=True)
    posted_at = models.DateTimeField(_("marked as posted at"), null=True, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marked as posted by"),
    )

    class Meta:
        verbose_name = _("letter batch")
        verbose_name_plural = _("letter batches")
        permissions = [("print_letters", _("Can export letters and mark them as posted"))]

    def __str__(self) -> str:
        return self.reference


class Letter(models.Model):
    """What was printed for one delivery by letter, and in which batch."""

    delivery = models.OneToOneField(
        Delivery,
        models.PROTECT,
        db_constraint=False,
        related_name="letter",
        verbose_name=_("delivery"),
    )
    batch = models.ForeignKey(
        LetterBatch, models.PROTECT, related_name="contents", verbose_name=_("batch")
    )
    first_page = models.PositiveIntegerField(_("first page in the batch"))
    pages = models.PositiveSmallIntegerField(_("pages"))

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.first_page}"
