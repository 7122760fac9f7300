"""The words of our messages as they were when they were sent, one row a version."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.contact import CHANNELS


class Wording(models.Model):
    """The text of one message type, language and channel with its personal values left open.

    A message's exact bytes are its wording with the values of its notification filled in; when
    the values are dropped after the retention time, only the SHA-256 on the delivery stays.
    """

    sha256 = models.CharField("SHA-256", max_length=64, unique=True)
    type = models.CharField(_("type"), max_length=40)
    language = models.CharField(_("language"), max_length=12)
    channel = models.CharField(_("channel"), max_length=6, choices=CHANNELS)
    subject = models.TextField(_("subject"), blank=True)
    text = models.TextField(_("text"))
    html = models.TextField("HTML", blank=True)
    first_used_at = models.DateTimeField(_("first used at"))

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return f"{self.type} {self.language} {self.channel}"
