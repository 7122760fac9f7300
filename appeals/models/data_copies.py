"""A copy of a person's data: made in the background, kept for some days, then erased."""

import enum
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE
from appeals.models.requests import CustomerRequest


class CopyState(enum.StrEnum):
    WAITING = "waiting"
    READY = "ready"
    ERASED = "erased"


COPY_STATE_NAMES = {
    CopyState.WAITING: _("Being made"),
    CopyState.READY: _("Ready"),
    CopyState.ERASED: _("Erased"),
}


class DataCopy(models.Model):
    """One ZIP for one request. Its file is gone once it is erased; the row stays."""

    request = models.OneToOneField(
        CustomerRequest, models.PROTECT, related_name="data_copy", verbose_name=_("request")
    )
    state = models.CharField(
        _("state"),
        max_length=8,
        choices=[(state.value, name) for state, name in COPY_STATE_NAMES.items()],
        default=CopyState.WAITING,
    )
    # What its file is called, with the number of the try: so a try that died leaves no orphan.
    file_key = models.UUIDField(_("name of its file"), default=uuid.uuid4, editable=False)
    # Not to be tried before: a worker has it until then, or it failed.
    look_at = models.DateTimeField(_("look again at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    # Empty until it is there, and once it has been erased.
    stored_name = models.CharField(_("stored as"), max_length=120, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    schema_version = models.CharField(_("version of the schema"), max_length=16, blank=True)
    # How many rows of each kind it holds.
    counts = models.JSONField(_("what it holds"), default=dict)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy of data")
        verbose_name_plural = _("copies of data")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=CopyState.READY, expires_at__isnull=False)
                & ~models.Q(stored_name="")
                | ~models.Q(state=CopyState.READY) & models.Q(stored_name=""),
                name="only_a_ready_copy_has_a_file",
            ),
            models.UniqueConstraint(fields=["file_key"], name="a_file_belongs_to_one_copy"),
        ]
        indexes = [
            models.Index(
                fields=["look_at"],
                condition=models.Q(state=CopyState.WAITING),
                name="copies_to_make",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(state=CopyState.READY),
                name="copies_to_erase",
            ),
        ]

    def __str__(self) -> str:
        return str(self.request_id)

    def name_of_try(self, number: int) -> str:
        """Where the file of one try lies; it says nothing about the person."""
        return f"copies/{self.file_key.hex}-{number}"


class DataCopyDownload(models.Model):
    """When the copy was taken; the person sees it beside the copy."""

    copy = models.ForeignKey(
        DataCopy, models.PROTECT, related_name="downloads", verbose_name=_("copy")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("download of a copy")
        verbose_name_plural = _("downloads of copies")
        ordering = ["at"]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.at:%Y-%m-%d %H:%M}"
