"""Letters: the last channel of what is owed by law, printed and posted by people."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.delivery import Delivery


class LetterBatch(models.Model):
    """Letters that were exported together as one PDF and one CSV, which never change.

    A batch ends once: posted, or spoiled, and then its letters wait again.
    """

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
    spoiled_at = models.DateTimeField(_("marked as spoiled at"), null=True, blank=True)
    spoiled_because = models.CharField(_("what went wrong"), max_length=300, blank=True)
    spoiled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("marked as spoiled by"),
    )

    class Meta:
        verbose_name = _("letter batch")
        verbose_name_plural = _("letter batches")
        permissions = [("print_letters", _("Can export letters and mark them as posted"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(posted_at=None) | models.Q(spoiled_at=None),
                name="letters_posted_or_spoiled",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class Letter(models.Model):
    """What was printed for one delivery, and in which batch; printed anew if that was spoiled."""

    delivery = models.ForeignKey(
        Delivery,
        models.PROTECT,
        db_constraint=False,
        related_name="letters",
        verbose_name=_("delivery"),
    )
    batch = models.ForeignKey(
        LetterBatch, models.PROTECT, related_name="contents", verbose_name=_("batch")
    )
    number = models.PositiveSmallIntegerField(_("number in the batch"))
    first_page = models.PositiveIntegerField(_("first page in the batch"))
    pages = models.PositiveSmallIntegerField(_("pages"))
    # The batch's, here for the constraint.
    is_spoiled = models.BooleanField(_("spoiled"), default=False)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"],
                condition=models.Q(is_spoiled=False),
                name="printed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.number}"
