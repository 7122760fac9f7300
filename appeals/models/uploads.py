"""Files on their way: what has arrived of them, until they are papers of an appeal."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from appeals.models.appeals import Appeal, DocumentRequest, Ground
from appeals.states import UploadState

STATE_NAMES = {
    UploadState.RECEIVING: _("On its way"),
    UploadState.DONE: _("Received"),
    UploadState.REFUSED: _("Cannot be used"),
    UploadState.STOPPED: _("Stopped by the customer"),
    UploadState.EXPIRED: _("Not finished in time"),
}


class EvidenceUpload(models.Model):
    """One file that comes in parts: the first `offset` of its `length` bytes are on our disk."""

    public_id = models.UUIDField(_("id"), unique=True, default=uuid.uuid4, editable=False)
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, related_name="uploads", verbose_name=_("appeal")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by")
    )
    kind = models.CharField(_("kind"), max_length=40, blank=True)  # catalogue document key
    ground = models.ForeignKey(
        Ground, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answers")
    )
    request = models.ForeignKey(
        DocumentRequest,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sent because of"),
    )
    original_name = models.CharField(_("name the customer gave it"), max_length=255, blank=True)
    # By which the customer's browser knows the file again; made of its bytes, says nothing of them.
    fingerprint = models.CharField(_("fingerprint"), max_length=64, blank=True)
    length = models.PositiveBigIntegerField(_("bytes"))
    offset = models.PositiveBigIntegerField(_("bytes received"), default=0)
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=[(state.value, name) for state, name in STATE_NAMES.items()],
        default=UploadState.RECEIVING,
    )
    # A code where the file is at fault; else what was said, in the language they read then.
    refusal = models.CharField(_("refused because"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("begun at"))
    expires_at = models.DateTimeField(_("kept until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("file on its way")
        verbose_name_plural = _("files on their way")
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state=UploadState.RECEIVING),
                name="upload_to_expire",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(offset__lte=F("length"), length__gt=0),
                name="no_more_arrives_than_was_said",
            ),
            models.UniqueConstraint(
                fields=["appeal", "fingerprint"],
                condition=Q(state=UploadState.RECEIVING) & ~Q(fingerprint=""),
                name="a_file_is_on_its_way_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_receiving(self) -> bool:
        return self.state == UploadState.RECEIVING

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length

    @property
    def percent(self) -> int:
        return self.offset * 100 // self.length
