"""People in the staff admin: customers to look up, staff to manage."""

from importlib import import_module
from typing import Any, cast

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from portal.models import Customer, StaffMember
from portal.sign_in import staff
from portal.sign_in.second_factor import STRONG

# Their pages would show secrets and sessions, and offer to change them past our rules. They are
# loaded first, since the admin finds this module before theirs.
for library in ("account", "mfa", "usersessions"):
    import_module(f"allauth.{library}.admin")
import_module("django.contrib.auth.admin")
for model in (EmailAddress, EmailConfirmation, Authenticator, UserSession, Group):
    if admin.site.is_registered(model):
        admin.site.unregister(model)

ROLE_NAMES = {
    "reviewer": _("Reviewer"),
    "approver": _("Approver: also agrees to a colleague's outcome"),
    "supervisor": _("Supervisor"),
    "quality": _("Quality: reads decided appeals again"),
    "editor": _("Catalogue editor: reasons, texts, calendars"),
    "auditor": _("Auditor: reads everything, changes nothing"),
    "administrator": _("Administrator"),
}


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    """Customers come from the lender's feed: here they are found, and shut out or let in."""

    list_display = ["reference", "name", "jurisdiction", "locale", "is_active"]
    list_filter = ["is_active", "jurisdiction", "locale"]
    search_fields = ["reference", "name", "email", "phone"]
    ordering = ["reference"]
    show_full_result_count = False
    fields = [
        "reference",
        "name",
        "email",
        "phone",
        "locale",
        "time_zone",
        "jurisdiction",
        "region",
        ("esign_consent", "esign_consent_on"),
        "date_joined",
        "last_login",
        "is_active",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        return Customer.objects.filter(is_staff=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        shown: list[str] = flatten(cast(Any, self.fields))
        return [field for field in shown if field != "is_active"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = ("appeals.supervise_appeal", "appeals.audit_appeal", "portal.view_customer")
        return any(request.user.has_perm(right) for right in may)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: Any) -> None:
        if "is_active" in form.changed_data:
            staff.set_active(person=obj, is_active=obj.is_active, by=_by(request))


class StaffMemberForm(forms.ModelForm[StaffMember]):
    role = forms.ChoiceField(
        choices=ROLE_NAMES.items(), label=_("Role"), widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = StaffMember
        fields = ["name", "email", "role", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
        if self.instance.pk:
            self.initial["role"] = staff.role_of(self.instance)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        same = StaffMember.objects.filter(Exact(Lower("email"), email))
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another member of staff has this e-mail address."))
        return email


@admin.register(StaffMember)
class StaffMemberAdmin(ModelAdmin):
    """Staff are made, switched off and given new links by administrators only; auditors look."""

    form = StaffMemberForm
    list_display = ["name", "email", "show_role", "has_second_factor", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["reference", "name", "email"]
    ordering = ["name"]
    show_full_result_count = False
    actions = ["make_link", "remove_second_factor"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffMember]:
        strong = Authenticator.objects.filter(user=OuterRef("pk"), type__in=STRONG)
        rows: QuerySet[StaffMember] = super().get_queryset(request)
        return rows.annotate(is_strong=Exists(strong)).prefetch_related("groups")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj and not self.has_change_permission(request, obj):
            return ["name", "email", "show_role", "is_active"]
        return ["name", "email", "role", *(["is_active"] if obj else [])]

    @admin.display(description=_("Role"))
    def show_role(self, obj: StaffMember) -> Any:
        return ROLE_NAMES.get(staff.role_of(obj), "")

    @admin.display(description=_("second step"), boolean=True)
    def has_second_factor(self, obj: Any) -> bool:
        return bool(obj.is_strong)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Who has which role is what an auditor asks first.
        return _is_administrator(request) or request.user.has_perm("appeals.audit_appeal")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Nobody switches themselves off, or makes themselves something else.
        return _is_administrator(request) and (obj is None or obj.pk != request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: StaffMember, form: Any, change: Any) -> None:
        given = form.cleaned_data
        if not change:
            made = staff.create_staff(name=obj.name, email=given["email"], role=given["role"])
            obj.pk, obj.reference = made.pk, made.reference
            self._tell_link(request, made)
            return
        obj.save(update_fields=["name", "email"])
        staff.set_role(person=obj, role=given["role"], by=_by(request))
        if "is_active" in form.changed_data:
            staff.set_active(person=obj, is_active=given["is_active"], by=_by(request))

    @admin.action(description=_("Make a set-up link for a new password"), permissions=["add"])
    def make_link(self, request: HttpRequest, queryset: QuerySet[StaffMember]) -> None:
        for person in queryset.filter(is_active=True):
            self._tell_link(request, person)

    @admin.action(description=_("Remove the second step (lost phone)"), permissions=["add"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[StaffMember]) -> None:
        for person in queryset:
            if person.pk == request.user.pk:
                messages.error(request, _("Ask another administrator to remove your own."))
                continue
            staff.remove_second_factors(person=person, by=_by(request))
            messages.success(
                request,
                _("%(name)s sets up a new second step at the next sign-in.")
                % {"name": person.name},
            )

    def _tell_link(self, request: HttpRequest, person: Customer) -> None:
        messages.warning(
            request,
            _("Give this link to %(name)s. It works once, for a day: %(link)s")
            % {"name": person.name, "link": staff.set_up_link(person)},
        )


def _is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and bool(getattr(request.user, "is_superuser", False))


def _by(request: HttpRequest) -> Customer:
    assert isinstance(request.user, Customer)
    return request.user
