"""The people: customers whose lines are decided about, and the staff who help them."""

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Jurisdiction(models.TextChoices):
    US = "US", _("United States")
    GB = "GB", _("United Kingdom")
    EU = "EU", _("European Union")
    CN = "CN", _("China")


class CustomerManager(BaseUserManager["Customer"]):
    def create_user(
        self, reference: str, *, password: str | None = None, **fields: Any
    ) -> "Customer":
        """Make a person; without a password they can only sign in by one-time code."""
        email = fields.pop("email", None)
        person = self.model(
            reference=reference, email=self.normalize_email(email) if email else None, **fields
        )
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(
        self, reference: str, *, password: str | None = None, **fields: Any
    ) -> "Customer":
        return self.create_user(
            reference, password=password, is_staff=True, is_superuser=True, **fields
        )


class Customer(AbstractBaseUser, PermissionsMixin):
    """A person: the one whose line it is, or a member of staff (`is_staff`)."""

    reference = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), max_length=254, null=True, blank=True)  # noqa: DJ001
    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True)  # noqa: DJ001
    locale = models.CharField(
        _("language"),
        max_length=12,
        default="en",
        choices=settings.LANGUAGES,
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=2, choices=Jurisdiction.choices, default=Jurisdiction.US
    )
    region = models.CharField(_("region"), max_length=10, blank=True)
    # Whether they agreed to get what the law asks for by electronic means; None: never asked.
    esign_consent = models.BooleanField(_("agreed to electronic notices"), null=True, blank=True)
    esign_consent_on = models.DateField(_("said so on"), null=True, blank=True)
    # Came in to act for somebody else and has no line with us.
    only_helps = models.BooleanField(_("only helps others"), default=False, db_default=False)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[CustomerManager] = CustomerManager()

    USERNAME_FIELD = "reference"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            models.Index(Lower("email"), name="customer_email_lower"),
            models.Index(fields=["phone"], name="customer_phone"),
            # Where few live, a list of their cases begins with them.
            models.Index(fields=["jurisdiction"], name="customer_jurisdiction"),
            # A few hundred among millions: whoever asks for colleagues must not read customers.
            models.Index(fields=["name"], condition=models.Q(is_staff=True), name="staff_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=models.Q(only_helps=True), name="a_helper_has_one_row"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.reference})"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this person's days begin and end."""
        return ZoneInfo(self.time_zone)


class StaffMemberManager(CustomerManager):
    """Only those who work here."""

    def get_queryset(self) -> models.QuerySet[Customer]:
        return super().get_queryset().filter(is_staff=True)


class StaffMember(Customer):
    """The same row seen by who manages the staff."""

    objects: ClassVar[CustomerManager] = StaffMemberManager()

    class Meta:
        proxy = True
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
