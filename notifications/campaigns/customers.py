"""The audience this package knows by itself: customers, by where they live and how they read."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import F, QuerySet, TextField, Value
from django.utils.translation import gettext_lazy as _

from notifications.campaigns.audiences import Audience, AudienceForm, Parameters
from portal.models import Customer, Jurisdiction

ANY = ("", _("Any"))


class CustomersForm(AudienceForm):
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"), choices=[ANY, *Jurisdiction.choices], required=False
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=10,
        required=False,
        help_text=_("As the lender's system writes it, for example US-NY. Empty means any."),
    )
    locale = forms.ChoiceField(
        label=_("Language"), choices=[ANY, *settings.LANGUAGES], required=False
    )
    account = forms.ChoiceField(
        label=_("Sign-in"),
        choices=[ANY, ("open", _("May sign in")), ("closed", _("Switched off"))],
        initial="open",
        required=False,
    )

    def clean_region(self) -> str:
        """Tell a slip of the pen from a region nobody lives in."""
        region: str = self.cleaned_data["region"].strip()
        if region and not Customer.objects.filter(region=region, is_staff=False).exists():
            raise forms.ValidationError(_("We know no customer in this region."))
        return region


def list_customers(parameters: Parameters) -> QuerySet[Any, Any]:
    """Return the customers who fit; staff are customers of nobody."""
    people = Customer.objects.filter(is_staff=False)
    for name in ("jurisdiction", "region", "locale"):
        if parameters.get(name):
            people = people.filter(**{name: parameters[name]})
    if parameters.get("account"):
        people = people.filter(is_active=parameters["account"] == "open")
    return people.order_by().values(
        recipient_id=F("pk"),
        about=Value("", TextField()),
        path=Value("", TextField()),
        context=Value("{}", TextField()),
    )


CUSTOMERS = Audience(
    "customers", _("Customers by place and language"), CustomersForm, list_customers
)
