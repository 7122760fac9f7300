"""Rows about a customer or one appeal: somebody makes one, another one ends it and says why."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from appeals.access import is_supervisor, list_cases
from appeals.admin.keeping import KnowsWho, SupervisedAdmin
from appeals.admin.people import staff
from appeals.admin.showing import unbroken
from appeals.models import Appeal
from portal.lib.dates import format_moment
from portal.models import Customer


def by_and_when(name: str, at: datetime) -> str:
    """Who did it, and when, in the viewer's language and time."""
    return gettext("%(name)s, %(at)s") % {"name": name, "at": moment(at)}


def moment(at: datetime) -> str:
    return format_moment(timezone.localtime(at), get_language() or "en")


class AboutForm(KnowsWho):
    """Names one customer or one appeal by reference, and puts what it found on the row."""

    # Which customers may be named, and what naming either one means.
    named: ClassVar[dict[str, Any]] = {}
    of_customer: ClassVar[Promise]
    of_appeal: ClassVar[Promise]

    customer_reference = forms.CharField(
        required=False,
        max_length=64,
        label=_("Customer's reference"),
        widget=UnfoldAdminTextInputWidget,
    )
    appeal_reference = forms.CharField(
        required=False,
        max_length=16,
        label=_("Or the number of one appeal"),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer_reference"].help_text = str(self.of_customer)
        self.fields["appeal_reference"].help_text = str(self.of_appeal)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [name for name in ("customer_reference", "appeal_reference") if cleaned.get(name)]
        if len(given) != 1:
            raise forms.ValidationError(_("Enter either a customer or one appeal."))
        about = self._found(given[0], cleaned[given[0]].strip())
        if about is None:
            self.add_error(given[0], _("There is nothing with this reference."))
        elif isinstance(about, Appeal):
            self.instance.appeal = about
        else:
            self.instance.customer = about
        return cleaned

    def _found(self, field: str, reference: str) -> Customer | Appeal | None:
        if field == "appeal_reference":
            return list_cases(self.viewer).filter(reference=reference).first()
        return Customer.objects.filter(reference=reference, **self.named).first()


class EndingForm(KnowsWho):
    """Its one field says why the row ends, and is never left empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who may only look has no fields.
        for field in self.fields.values():
            field.required = True


class AboutAdmin(SupervisedAdmin):
    """The rows' pages: a supervisor makes one, and one whom `may_end` lets end it.

    `making` and `ending` are the two forms; `shown` are the columns of one that stands.
    """

    making: ClassVar[type[AboutForm]]
    ending: ClassVar[type[EndingForm]]
    shown: ClassVar[list[str]]

    show_full_result_count = False
    list_fullwidth = True

    def make(self, row: Any, about: Customer | Appeal, by: Customer) -> Any:
        """Make the row by its action, and return it."""
        raise NotImplementedError

    def end(self, row: Any, by: Customer) -> None:
        """End the row by its action."""
        raise NotImplementedError

    def may_end(self, row: Any, person: Customer) -> bool:
        """Whether the row stands and is not this person's own."""
        raise NotImplementedError

    @admin.display(description=_("about"))
    def about(self, row: Any) -> str:
        if row.customer is not None:
            return format_html("{} {}", row.customer.name, unbroken(f"({row.customer.reference})"))
        return unbroken(row.appeal.reference) if row.appeal else ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        # One about a case this person may not see would tell them of it.
        seen = list_cases(staff(request)).values("pk")
        return rows.filter(Q(appeal__isnull=True) | Q(appeal__in=seen))

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = self.ending if obj else self.making
        return super().get_form(request, obj, **{**kwargs, "form": form})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        making: Any = self.making
        ending: Any = self.ending
        return [*self.shown, *ending.Meta.fields] if obj else list(making.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.shown if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        by = staff(request)
        if change:
            self.end(obj, by)
            return
        about = obj.appeal or obj.customer
        assert about is not None  # the form found one of them
        obj.pk = self.make(obj, about, by).pk
        obj.refresh_from_db()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = staff(request)
        return is_supervisor(person) and (obj is None or self.may_end(obj, person))
