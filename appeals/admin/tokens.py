"""Service tokens: made here, shown once, revoked here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from appeals.access import is_auditor
from appeals.actions.tokens import create_token, revoke_token
from appeals.admin.people import staff
from appeals.admin.showing import as_lines
from appeals.models import Scope, ServiceToken


class TokenForm(forms.ModelForm[ServiceToken]):
    name = forms.CharField(max_length=80, label=_("Name"), widget=UnfoldAdminTextInputWidget)
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, label=_("May do"), widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.SplitDateTimeField(
        required=False, label=_("Ends at"), widget=UnfoldAdminSplitDateTimeWidget
    )

    class Meta:
        model = ServiceToken
        fields = ["name", "scopes", "expires_at"]


@admin.register(ServiceToken)
class ServiceTokenAdmin(ModelAdmin):
    form = TokenForm
    list_display = ["its_name", "prefix", "its_scopes", "created_at", "last_used_at", "revoked_at"]
    list_filter = ["revoked_at"]
    search_fields = ["name", "prefix"]
    actions = ["revoke"]
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: ServiceToken | None = None) -> list[str]:
        """The form to make one; of one that is made, all but its secret."""
        if obj is None:
            return ["name", "scopes", "expires_at"]
        ends = ["expires_at", "last_used_at", "revoked_at"]
        return ["its_name", "prefix", "its_scopes", "created_at", "its_maker", *ends]

    def get_readonly_fields(
        self, request: HttpRequest, obj: ServiceToken | None = None
    ) -> list[str]:
        return [] if obj is None else self.get_fields(request, obj)

    @admin.display(description=_("Name"), ordering="name")
    def its_name(self, token: ServiceToken) -> str:
        return token.name

    @admin.display(description=_("made by"))
    def its_maker(self, token: ServiceToken) -> str:
        return token.created_by.name if token.created_by else "-"

    @admin.display(description=_("may"))
    def its_scopes(self, token: ServiceToken) -> str:
        return as_lines(str(Scope(scope).label) for scope in token.scopes)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: ServiceToken | None = None) -> bool:
        return is_auditor(staff(request)) or super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: ServiceToken | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ServiceToken | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ServiceToken, form: Any, change: Any) -> None:
        token, secret = create_token(
            name=form.cleaned_data["name"],
            scopes=[Scope(value) for value in form.cleaned_data["scopes"]],
            by=request.user,  # type: ignore[arg-type]
            expires_at=form.cleaned_data["expires_at"],
        )
        obj.pk = token.pk
        obj.prefix = token.prefix
        messages.warning(
            request, _("The token is %(token)s. Copy it now: it is shown once.") % {"token": secret}
        )

    @admin.action(description=_("Revoke the chosen tokens"), permissions=["add"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ServiceToken]) -> None:
        for token in queryset:
            revoke_token(token=token)
        messages.success(request, _("Revoked. Calls with these tokens are refused from now on."))
