"""Pages of settings that supervisors keep: each save is an action, each row has its history."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from appeals.access import is_auditor, is_supervisor
from appeals.admin.people import staff
from appeals.errors import AppealError
from portal.models import Customer


class PersonChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One member of staff, by name."""

    widget = UnfoldAdminSelectWidget

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class PeopleChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Members of staff, by name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class SupervisedAdmin(ModelAdmin):
    """Rows that supervisors may see and change, auditors see, and nobody deletes."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        person = staff(request)
        return is_supervisor(person) or is_auditor(person)

    def has_supervise_permission(self, request: HttpRequest) -> bool:
        """For what does something with the rows: seeing them is not enough."""
        return is_supervisor(staff(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_supervisor(staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form's class, made anew for each request, so that it may know who fills it in."""
        form = super().get_form(request, *args, **kwargs)
        form.viewer = staff(request)
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Say in words what the action refused, such as what somebody else changed first."""
        try:
            answer: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
        except AppealError as error:
            messages.error(request, error.message)
            return redirect(request.get_full_path())
        return answer


class KnowsWho(forms.ModelForm[Any]):
    """A form that asks who fills it in; `SupervisedAdmin` says it."""

    viewer: Customer
