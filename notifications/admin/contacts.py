"""Where we must not send, and the browsers that said yes."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action

from notifications import preferences
from notifications.admin.contact_forms import LiftForm, StopForm
from notifications.admin.reading import ReadOnly
from notifications.kinds import ChannelKind, SuppressionCause
from notifications.models import PushSubscription, Suppression
from notifications.preferences import LIFTED_BY_STAFF, Stop, suppress, suppression_key
from portal.models import Customer

MAY_LIFT = "notifications.change_suppression"


class StandingFilter(admin.SimpleListFilter):
    title = gettext_lazy("still holds")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", _("Yes")), ("no", _("Lifted"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Suppression]
    ) -> QuerySet[Suppression]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(lifted_at__isnull=self.value() == "yes")
        return queryset


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    """An address is stopped by staff with a reason, and freed with one; nothing is edited.

    What a person asked for themselves has no way back here: only they can take it back.
    """

    form = StopForm
    list_display = [
        "channel",
        "address",
        "cause",
        "detail",
        "sender",
        "created_at",
        "lifted_at",
        "lifted_because",
    ]
    list_filter = [StandingFilter, "channel", "cause"]
    search_fields = ["address"]
    search_help_text = gettext_lazy("Address, or a customer's whole reference")
    actions_detail = ["lift"]
    ordering = ["-pk"]
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> list[str]:
        return self.list_display if obj else ["channel", "address", "detail"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_lift_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Decides about the button and about what it does."""
        may_lift = request.user.has_perm(MAY_LIFT)
        return may_lift and object_id is not None and _liftable().filter(pk=object_id).exists()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        found, has_duplicates = super().get_search_results(request, queryset, search_term)
        person = Customer.objects.filter(reference=search_term.strip()).first()
        return (found | queryset.filter(_of(person)) if person else found), has_duplicates

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: Any) -> None:
        channel = ChannelKind(obj.channel)
        stop = Stop(SuppressionCause.STAFF, obj.detail)
        suppress(channel, {obj.address: stop}, timezone.now())
        standing = Suppression.objects.filter(channel=channel, lifted_at__isnull=True)
        # Somebody may have been quicker: then theirs stands.
        stopped = standing.get(address=suppression_key(channel, obj.address))
        obj.pk, obj.cause, obj.created_at = stopped.pk, stopped.cause, stopped.created_at

    @action(  # type: ignore[untyped-decorator]
        description=gettext_lazy("Send to this address again"),
        url_path="lift",
        permissions=["lift"],
    )
    def lift(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Ask for the reason, and free the address."""
        stop = get_object_or_404(Suppression, pk=object_id)
        form = LiftForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Send to this address again"),
                "form": form,
                "stop": stop,
                "opts": self.opts,
            }
            return TemplateResponse(request, "notifications/lift_suppression.html", context)
        why = form.cleaned_data["why"]
        if not preferences.lift(
            ChannelKind(stop.channel), stop.address, causes=LIFTED_BY_STAFF, why=why
        ):
            raise PermissionDenied
        self.log_change(request, stop, why)
        messages.success(request, _("Messages may go to this address again."))
        return redirect("admin:notifications_suppression_change", stop.pk)


def _liftable() -> QuerySet[Suppression]:
    return Suppression.objects.filter(cause__in=LIFTED_BY_STAFF, lifted_at__isnull=True)


def _of(person: Customer) -> Q:
    """The addresses we hold of this person."""
    phone = Q(channel=ChannelKind.SMS, address=person.phone or "")
    email = suppression_key(ChannelKind.EMAIL, person.email or "")
    return (phone | Q(channel=ChannelKind.EMAIL, address=email)) & ~Q(address="")


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnly, ModelAdmin):
    list_display = ["person", "user_agent", "created_at", "gone_at"]
    list_select_related = ["person"]
    fields = ["person", "user_agent", "created_at", "gone_at"]
    search_fields = ["=person__reference"]
    ordering = ["-pk"]
    show_full_result_count = False
