"""Declared conflicts of interest: supervisors add them, read them, and end one with a reason."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from appeals.access import is_supervisor, list_cases
from appeals.actions.conflicts import declare_conflict, end_conflict
from appeals.admin.keeping import KnowsWho, PersonChoice, SupervisedAdmin
from appeals.admin.people import staff
from appeals.models import Appeal, ConflictOfInterest
from portal.lib.dates import format_moment
from portal.models import Customer


def _moment(at: datetime) -> str:
    return format_moment(timezone.localtime(at), get_language() or "en")


class DeclareForm(KnowsWho):
    """Who stays away from what: one customer, or one appeal."""

    customer_reference = forms.CharField(
        required=False,
        max_length=64,
        label=_("Customer's reference"),
        help_text=_("They stay away from all appeals of this customer."),
        widget=UnfoldAdminTextInputWidget,
    )
    appeal_reference = forms.CharField(
        required=False,
        max_length=16,
        label=_("Or the number of one appeal"),
        help_text=_("They stay away from this appeal only."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = ConflictOfInterest
        fields = ["person", "customer_reference", "appeal_reference", "because"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = PersonChoice(
            queryset=Customer.objects.filter(is_staff=True, is_active=True).order_by("name", "pk"),
            label=_("Member of staff"),
            empty_label=_("Choose a member of staff"),
        )

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
        return Customer.objects.filter(reference=reference).first()


class EndForm(KnowsWho):
    """Why there was no conflict, or is none any more."""

    class Meta:
        model = ConflictOfInterest
        fields = ["ended_because"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ended_because" in self.fields:
            self.fields["ended_because"].required = True


@admin.register(ConflictOfInterest)
class ConflictAdmin(SupervisedAdmin):
    list_display = ["person_name", "about", "because", "declared_at", "standing"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["person", "customer", "appeal", "declared_by", "ended_by"]
    search_fields = ["person__name", "customer__reference", "appeal__reference"]
    show_full_result_count = False
    list_fullwidth = True
    ordering = ["-declared_at", "-pk"]
    readonly_fields = ["person_name", "about", "declared", "standing"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConflictOfInterest]:
        rows: QuerySet[ConflictOfInterest] = super().get_queryset(request)
        # One with a case this person may not see would tell them of it.
        seen = list_cases(staff(request)).values("pk")
        return rows.filter(Q(appeal__isnull=True) | Q(appeal__in=seen))

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **{**kwargs, "form": EndForm if obj else DeclareForm})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(DeclareForm.Meta.fields)
        shown = ["person_name", "about", "because", "declared", "standing"]
        return [*shown, "ended_because"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "because"] if obj else []

    def save_model(
        self, request: HttpRequest, obj: ConflictOfInterest, form: Any, change: Any
    ) -> None:
        by = staff(request)
        if change:
            end_conflict(conflict=obj, because=obj.ended_because, by=by)
            return
        about = obj.appeal or obj.customer
        assert about is not None  # the form found one of them
        declared = declare_conflict(person=obj.person, about=about, because=obj.because, by=by)
        obj.pk = declared.pk

    @admin.display(description=_("member of staff"), ordering="person__name")
    def person_name(self, conflict: ConflictOfInterest) -> str:
        return conflict.person.name

    @admin.display(description=_("stays away from"))
    def about(self, conflict: ConflictOfInterest) -> str:
        if conflict.customer is not None:
            return f"{conflict.customer.name} ({conflict.customer.reference})"
        return conflict.appeal.reference if conflict.appeal else ""

    @admin.display(description=_("declared"))
    def declared(self, conflict: ConflictOfInterest) -> str:
        return f"{conflict.declared_by.name}, {_moment(conflict.declared_at)}"

    @admin.display(description=_("standing"))
    def standing(self, conflict: ConflictOfInterest) -> str:
        if conflict.ended_at is None or conflict.ended_by is None:
            return gettext("Holds")
        return gettext("Ended by %(name)s, %(at)s") % {
            "name": conflict.ended_by.name,
            "at": _moment(conflict.ended_at),
        }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and (obj.ended_at is not None or obj.person_id == staff(request).pk):
            return False
        return is_supervisor(staff(request))
