"""Legal holds: a supervisor places one, another one lifts it, and both say why."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals.actions.legal_holds import lift_hold, place_hold
from appeals.admin.about import AboutAdmin, AboutForm, EndingForm, by_and_when, moment
from appeals.models import Appeal, LegalHold
from portal.models import Customer


class PlaceForm(AboutForm):
    """What is to be kept, and why."""

    named = {"is_staff": False}
    of_customer = _("Nothing of this customer's appeals is deleted.")
    of_appeal = _("Nothing of this appeal is deleted.")

    class Meta:
        model = LegalHold
        fields = ["customer_reference", "appeal_reference", "because"]


class LiftForm(EndingForm):
    """Why it is needed no more."""

    class Meta:
        model = LegalHold
        fields = ["lifted_because"]


@admin.register(LegalHold)
class LegalHoldAdmin(AboutAdmin):
    making, ending = PlaceForm, LiftForm
    shown = ["about", "because", "placed", "standing"]
    list_display = shown
    list_filter = [("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["customer", "appeal", "placed_by", "lifted_by"]
    search_fields = ["customer__reference", "appeal__reference", "because"]
    ordering = ["-placed_at", "-pk"]

    def make(self, row: LegalHold, about: Customer | Appeal, by: Customer) -> LegalHold:
        return place_hold(about=about, because=row.because, by=by)

    def end(self, row: LegalHold, by: Customer) -> None:
        lift_hold(hold=row, because=row.lifted_because, by=by)

    def may_end(self, row: LegalHold, person: Customer) -> bool:
        return row.lifted_at is None and row.placed_by_id != person.pk

    @admin.display(description=_("placed"))
    def placed(self, hold: LegalHold) -> str:
        return by_and_when(hold.placed_by.name, hold.placed_at)

    @admin.display(description=_("standing"))
    def standing(self, hold: LegalHold) -> str:
        if hold.lifted_at is None or hold.lifted_by is None:
            return gettext("Holds")
        return gettext("Lifted by %(name)s, %(at)s") % {
            "name": hold.lifted_by.name,
            "at": moment(hold.lifted_at),
        }
