"""The catalogue's editions and the changes they come from, and days the calendars lack."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appeals.models.decisions import IMMUTABLE
from portal.models import Jurisdiction


class SettingsVersion(models.Model):
    """How often a kind of setting has changed; processes compare it with what they hold."""

    key = models.CharField(_("key"), max_length=20, primary_key=True)
    number = models.PositiveIntegerField(_("version"), default=0)

    class Meta:
        verbose_name = _("version of settings")
        verbose_name_plural = _("versions of settings")

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class ChangeState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    WAITING = "waiting", _("Waits for a second person")
    RETURNED = "returned", _("Sent back")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_CHANGES = (ChangeState.DRAFT, ChangeState.WAITING, ChangeState.RETURNED)


class CatalogueChange(models.Model):
    """What one editor wants to change of the catalogue, until another person publishes it.

    `changes` is `{kind: {key: {field: [old, new]}}}`, see `appeals.catalogue.editions`.
    """

    state = models.CharField(
        _("state"), max_length=9, choices=ChangeState.choices, default=ChangeState.DRAFT
    )
    changes = models.JSONField(_("changes"), default=dict)
    note = models.CharField(_("why"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("begun at"))
    saved_at = models.DateTimeField(_("saved at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    answer = models.CharField(_("why it was sent back"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("change of the catalogue")
        verbose_name_plural = _("changes of the catalogue")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["made_by"], condition=Q(state="draft"), name="one_draft_an_editor"
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("made_by"))),
                name="published_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["-saved_at"], name="changes_by_time"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["draft", "waiting", "returned"]),
                name="open_changes",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="change_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="what_is_settled_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["published", "withdrawn"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.saved_at:%Y-%m-%d}"


class CatalogueEdition(models.Model):
    """The catalogue's texts from one publication to the next; never changed.

    `content` is all that then differs from the shipped file whose version is `base_version`.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    change = models.OneToOneField(
        CatalogueChange, models.PROTECT, related_name="edition", verbose_name=_("change")
    )
    content = models.JSONField(_("content"))
    base_version = models.CharField(_("version of the file"), max_length=32)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("edition of the catalogue")
        verbose_name_plural = _("editions of the catalogue")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(published_by=F("made_by")), name="an_edition_has_two_people"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
        ]
        triggers = [IMMUTABLE]

    def __str__(self) -> str:
        return str(self.number)


@pghistory.track()
class CalendarDay(models.Model):
    """A day on which a jurisdiction's working calendar differs from the public one."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, choices=Jurisdiction.choices)
    day = models.DateField(_("day"))
    is_working = models.BooleanField(
        _("we work on this day"),
        default=False,
        help_text=_("Leave it off for a day on which we are closed."),
    )
    name_en = models.CharField(_("name in English"), max_length=80)
    name_zh = models.CharField(_("name in Chinese"), max_length=80)
    # Not deleted, so that its history can be read.
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("day of a working calendar")
        verbose_name_plural = _("days of the working calendar")
        ordering = ["-day", "jurisdiction"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "day"],
                name="a_day_once_a_calendar",
                violation_error_message=_("This day is in the calendar already. Change it there."),
            )
        ]

    def __str__(self) -> str:
        name = self.name_zh if (get_language() or "").startswith("zh") else self.name_en
        return f"{self.jurisdiction} {self.day:%Y-%m-%d} {name}"
