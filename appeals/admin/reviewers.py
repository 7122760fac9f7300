"""What each reviewer reads, may see and until when they are away; who answers for which rule."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from appeals.access import is_supervisor, list_queues
from appeals.actions.eligibility import reviewers
from appeals.actions.queues import may_clear, remove_owner, save_owner, save_profile
from appeals.admin.keeping import KnowsWho, PersonChoice, SupervisedAdmin
from appeals.admin.people import staff
from appeals.admin.versions import Versioned
from appeals.models import ReviewerProfile, RuleOwner
from portal.models import Customer


class ProfileForm(KnowsWho):
    person = PersonChoice(
        queryset=Customer.objects.none(), label=_("Person"), empty_label=_("Choose a reviewer")
    )
    languages = forms.MultipleChoiceField(
        choices=settings.LANGUAGES,
        required=False,
        label=_("Reads"),
        help_text=_("None ticked stands for all of them."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = ReviewerProfile
        fields = ["person", "languages", "is_cleared", "away_until"]
        help_texts = {
            "is_cleared": _("Sees restricted cases in the queues they work in."),
            "away_until": _(
                "The day they are back. Nothing is kept for them before, and what was kept goes "
                "back to everybody."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            without = reviewers().filter(reviewer_profile__isnull=True)
            self.fields["person"].queryset = without  # type: ignore[attr-defined]
        if "is_cleared" in self.fields and not may_clear(self.viewer):
            self.fields["is_cleared"].disabled = True
            self.fields["is_cleared"].help_text = _(
                "Only a cleared supervisor can give or take clearance."
            )


@admin.register(ReviewerProfile)
class ReviewerProfileAdmin(Versioned, SupervisedAdmin):
    form = ProfileForm
    list_display = ["name", "queues", "reads", "cleared", "away_until"]
    list_filter = ["is_cleared"]
    search_fields = ["person__name", "person__reference"]
    list_fullwidth = True
    ordering = ["person__name", "pk"]
    fields = ["person", "languages", "is_cleared", "away_until"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewerProfile]:
        rows: QuerySet[ReviewerProfile] = super().get_queryset(request).select_related("person")
        seen = Prefetch("person__review_queues", queryset=list_queues(staff(request)))
        return rows.prefetch_related(seen)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        # Clearance stays with whom it was given to.
        return ["person"] if obj else []

    @admin.display(description=_("person"), ordering="person__name")
    def name(self, profile: ReviewerProfile) -> str:
        return profile.person.name

    @admin.display(description=_("queues"))
    def queues(self, profile: ReviewerProfile) -> str:
        return ", ".join(str(queue) for queue in profile.person.review_queues.all()) or "–"

    @admin.display(description=_("reads"))
    def reads(self, profile: ReviewerProfile) -> str:
        names = dict(settings.LANGUAGES)
        known = [str(names.get(code, code)) for code in profile.languages]
        return ", ".join(known) or gettext("every language")

    @admin.display(description=_("cleared"), ordering="is_cleared")
    def cleared(self, profile: ReviewerProfile) -> str:
        return gettext("yes") if profile.is_cleared else "–"

    def save_model(
        self, request: HttpRequest, obj: ReviewerProfile, form: Any, change: Any
    ) -> None:
        save_profile(profile=obj, by=staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))


class OwnerForm(KnowsWho):
    owner = PersonChoice(
        queryset=Customer.objects.none(),
        label=_("Owner"),
        empty_label=_("Choose a member of staff"),
        help_text=_("They are never given an appeal against what this rule decided."),
    )

    class Meta:
        model = RuleOwner
        fields = ["rule_id", "owner"]
        help_texts = {
            "rule_id": _("The rule's id as the engine sends it with each decision."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "owner" in self.fields:
            people = Customer.objects.filter(is_staff=True, is_active=True)
            self.fields["owner"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]


@admin.register(RuleOwner)
class RuleOwnerAdmin(SupervisedAdmin):
    form = OwnerForm
    list_display = ["rule_id", "owner_name"]
    list_select_related = ["owner"]
    search_fields = ["rule_id", "owner__name"]
    ordering = ["rule_id", "pk"]

    @admin.display(description=_("owner"), ordering="owner__name")
    def owner_name(self, owner: RuleOwner) -> str:
        return owner.owner.name

    def save_model(self, request: HttpRequest, obj: RuleOwner, form: Any, change: Any) -> None:
        save_owner(owner=obj, by=staff(request))

    def delete_model(self, request: HttpRequest, obj: RuleOwner) -> None:
        remove_owner(owner=obj, by=staff(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[RuleOwner]) -> None:
        for owner in queryset:
            remove_owner(owner=owner, by=staff(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_supervisor(staff(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_supervisor(staff(request))
