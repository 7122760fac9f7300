"""Declared conflicts of interest: supervisors add them, read them, and end one with a reason."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.conflicts import declare_conflict, end_conflict
from appeals.admin.about import AboutAdmin, AboutForm, EndingForm, by_and_when, moment
from appeals.admin.keeping import PersonChoice
from appeals.models import Appeal, ConflictOfInterest
from portal.models import Customer


class DeclareForm(AboutForm):
    """Who stays away from what: one customer, or one appeal."""

    of_customer = _("They stay away from all appeals of this customer.")
    of_appeal = _("They stay away from this appeal only.")

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


class EndForm(EndingForm):
    """Why there was no conflict, or is none any more."""

    class Meta:
        model = ConflictOfInterest
        fields = ["ended_because"]


@admin.register(ConflictOfInterest)
class ConflictAdmin(AboutAdmin):
    making, ending = DeclareForm, EndForm
    shown = ["person_name", "about", "because", "declared", "standing"]
    list_display = ["person_name", "about", "because", "declared_at", "standing"]
    list_filter = [("ended_at", admin.EmptyFieldListFilter)]
    list_select_related = ["person", "customer", "appeal", "declared_by", "ended_by"]
    search_fields = ["person__name", "customer__reference", "appeal__reference"]
    ordering = ["-declared_at", "-pk"]

    def make(
        self, row: ConflictOfInterest, about: Customer | Appeal, by: Customer
    ) -> ConflictOfInterest:
        return declare_conflict(person=row.person, about=about, because=row.because, by=by)

    def end(self, row: ConflictOfInterest, by: Customer) -> None:
        end_conflict(conflict=row, because=row.ended_because, by=by)

    def may_end(self, row: ConflictOfInterest, person: Customer) -> bool:
        return row.ended_at is None and row.person_id != person.pk

    @admin.display(description=_("member of staff"), ordering="person__name")
    def person_name(self, conflict: ConflictOfInterest) -> str:
        return conflict.person.name

    @admin.display(description=_("declared"))
    def declared(self, conflict: ConflictOfInterest) -> str:
        return by_and_when(conflict.declared_by.name, conflict.declared_at)

    @admin.display(description=_("standing"))
    def standing(self, conflict: ConflictOfInterest) -> str:
        if conflict.ended_at is None or conflict.ended_by is None:
            return gettext("Holds")
        return gettext("Ended by %(name)s, %(at)s") % {
            "name": conflict.ended_by.name,
            "at": moment(conflict.ended_at),
        }
