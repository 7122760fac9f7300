"""Legal holds: a supervisor places one, another one lifts it, and both say why."""

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
from appeals.actions.legal_holds import lift_hold, place_hold
from appeals.admin.keeping import KnowsWho, SupervisedAdmin
from appeals.admin.people import staff
from appeals.models import Appeal, LegalHold
from portal.lib.dates import format_moment
from portal.models import Customer


def _moment(at: datetime) -> str:
    return format_moment(timezone.localtime(at), get_language() or "en")


class PlaceForm(KnowsWho):
    """What is to be kept, and why."""

    customer_reference = forms.CharField(
        required=False,
        max_length=64,
        label=_("Customer's reference"),
        help_text=_("Nothing of this customer's appeals is deleted."),
        widget=UnfoldAdminTextInputWidget,
    )
    appeal_reference = forms.CharField(
        required=False,
        max_length=16,
        label=_("Or the number of one appeal"),
        help_text=_("Nothing of this appeal is deleted."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = LegalHold
        fields = ["customer_reference", "appeal_reference", "because"]

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
        return Customer.objects.filter(reference=reference, is_staff=False).first()


class LiftForm(KnowsWho):
    """Why it is needed no more."""

    class Meta:
        model = LegalHold
        fields = ["lifted_because"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "lifted_because" in self.fields:
            self.fields["lifted_because"].required = True


@admin.register(LegalHold)
class LegalHoldAdmin(SupervisedAdmin):
    list_display = ["about", "because", "placed", "standing"]
    list_filter = [("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["customer", "appeal", "placed_by", "lifted_by"]
    search_fields = ["customer__reference", "appeal__reference", "because"]
    show_full_result_count = False
    list_fullwidth = True
    ordering = ["-placed_at", "-pk"]
    readonly_fields = ["about", "placed", "standing"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LegalHold]:
        rows: QuerySet[LegalHold] = super().get_queryset(request)
        # One on a case this person may not see would tell them of it.
        seen = list_cases(staff(request)).values("pk")
        return rows.filter(Q(appeal__isnull=True) | Q(appeal__in=seen))

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_form(request, obj, **{**kwargs, "form": LiftForm if obj else PlaceForm})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return list(PlaceForm.Meta.fields)
        return ["about", "because", "placed", "standing", "lifted_because"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields, "because"] if obj else []

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: Any) -> None:
        by = staff(request)
        if change:
            lift_hold(hold=obj, because=obj.lifted_because, by=by)
            return
        about = obj.appeal or obj.customer
        assert about is not None  # the form found one of them
        obj.pk = place_hold(about=about, because=obj.because, by=by).pk
        obj.refresh_from_db()

    @admin.display(description=_("keeps"))
    def about(self, hold: LegalHold) -> str:
        if hold.customer is not None:
            return f"{hold.customer.name} ({hold.customer.reference})"
        return hold.appeal.reference if hold.appeal else ""

    @admin.display(description=_("placed"))
    def placed(self, hold: LegalHold) -> str:
        return f"{hold.placed_by.name}, {_moment(hold.placed_at)}"

    @admin.display(description=_("standing"))
    def standing(self, hold: LegalHold) -> str:
        if hold.lifted_at is None or hold.lifted_by is None:
            return gettext("Holds")
        return gettext("Lifted by %(name)s, %(at)s") % {
            "name": hold.lifted_by.name,
            "at": _moment(hold.lifted_at),
        }

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and (obj.lifted_at is not None or obj.placed_by_id == staff(request).pk):
            return False
        return is_supervisor(staff(request))
