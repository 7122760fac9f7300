"""Queues: who works there, what is promised, how appeals are handed out, who must agree."""

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from appeals.access import list_queues
from appeals.actions.eligibility import reviewers
from appeals.actions.queues import may_clear, save_queue
from appeals.admin.keeping import KnowsWho, PeopleChoice, PersonChoice, SupervisedAdmin
from appeals.admin.people import staff
from appeals.admin.versions import Version, Versioned, memberships
from appeals.models import Assignment, ReviewQueue
from portal.models import Customer, Jurisdiction

MOST_WORKING_DAYS = 60
MOST_HELD = 200
MEMBERSHIPS_SHOWN = 200


class QueueForm(KnowsWho):
    members = PeopleChoice(
        queryset=Customer.objects.none(),
        required=False,
        label=_("Members"),
        help_text=_("Only people who may review appeals are offered."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    named_reviewer = PersonChoice(
        queryset=Customer.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        label=_("The named reviewer"),
        help_text=_("A member of this queue. Only used when appeals are kept for one person."),
    )

    class Meta:
        model = ReviewQueue
        fields = [
            "name_en",
            "name_zh",
            "purpose",
            "target_working_days",
            "calendar",
            "warn_working_days",
            "no_news_days",
            "priority",
            "assignment",
            "named_reviewer",
            "most_held",
            "is_restricted",
            "needs_second_approval",
            "approval_above",
            "sample_percent",
            "sample_most",
            "members",
        ]
        help_texts = {
            "target_working_days": _("The customer is told this day when they send the appeal."),
            "calendar": _("Whose weekends and holidays count. Blank: those where the customer is."),
            "warn_working_days": _("Staff see a warning this long before the promised day."),
            "no_news_days": _("Calendar days. 0: never."),
            "priority": _("A lower number is served first. Hardship comes before all else."),
            "assignment": _(
                "What is shared out or kept for one person goes back to everybody if they do not "
                "start in time."
            ),
            "most_held": _("Appeals at the same time. Nobody is given more than this."),
            "is_restricted": _(
                "Nobody else sees these appeals in lists, counts, search or exports. Changing this "
                "changes the open appeals of the queue at once."
            ),
            "needs_second_approval": _("Every outcome of this queue waits for a second person."),
            "approval_above": _(
                "Blank: no amount alone asks for a second person. In the currency of the line."
            ),
            "sample_percent": _("Of the decided appeals, picked by chance. 0: none."),
            "sample_most": _("However many are decided."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("members", "named_reviewer"):
            if name in self.fields:
                self.fields[name].queryset = reviewers()  # type: ignore[attr-defined]
        if "calendar" in self.fields:
            places = [("", _("Where the customer is")), *Jurisdiction.choices]
            self.fields["calendar"].choices = places  # type: ignore[attr-defined]
        if "is_restricted" in self.fields and not may_clear(self.viewer):
            field = self.fields["is_restricted"]
            field.disabled = True
            field.help_text = _("Only a cleared supervisor decides who may see this queue.")

    def clean_target_working_days(self) -> int:
        days: int = self.cleaned_data["target_working_days"]
        if not 1 <= days <= MOST_WORKING_DAYS:
            raise forms.ValidationError(
                _("Promise an answer in 1 to %(most)s working days."),
                params={"most": MOST_WORKING_DAYS},
            )
        return days

    def clean_most_held(self) -> int:
        most: int = self.cleaned_data["most_held"]
        if not 1 <= most <= MOST_HELD:
            raise forms.ValidationError(
                _("Let a reviewer hold 1 to %(most)s appeals."), params={"most": MOST_HELD}
            )
        return most

    def clean_approval_above(self) -> Any:
        amount = self.cleaned_data["approval_above"]
        if amount is not None and amount <= 0:
            raise forms.ValidationError(
                _("Write an amount above nothing, or let every outcome need a second person.")
            )
        return amount

    def clean_sample_percent(self) -> Any:
        share = self.cleaned_data["sample_percent"]
        if not 0 <= share <= 100:
            raise forms.ValidationError(_("A share lies between 0 and 100 percent."))
        return share

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        target, warned = given.get("target_working_days"), given.get("warn_working_days")
        if target is not None and warned is not None and warned >= target:
            self.add_error(
                "warn_working_days", _("Warn fewer days before than are promised altogether.")
            )
        if given.get("assignment") == Assignment.NAMED:
            self._check_named(given)
        return given

    def _check_named(self, given: dict[str, Any]) -> None:
        named = given.get("named_reviewer")
        if named is None:
            self.add_error("named_reviewer", _("Choose for whom appeals are kept."))
        elif "members" in given and named not in given["members"]:
            self.add_error("named_reviewer", _("This person is not a member of the queue."))


@admin.register(ReviewQueue)
class ReviewQueueAdmin(Versioned, SupervisedAdmin):
    """A restricted queue is there for cleared supervisors only."""

    form = QueueForm
    list_display = ["__str__", "days", "handing_out", "most", "marks", "order", "member_count"]
    list_fullwidth = True
    readonly_fields = ["key"]
    fieldsets = [
        (None, {"fields": ["key", ("name_en", "name_zh"), "purpose"]}),
        (
            _("Promise"),
            {
                "fields": [
                    ("target_working_days", "calendar"),
                    ("warn_working_days", "priority"),
                ]
            },
        ),
        (
            _("Handing out"),
            {"fields": [("assignment", "named_reviewer"), "most_held", "is_restricted"]},
        ),
        (
            _("Second approval and quality"),
            {
                "fields": [
                    "needs_second_approval",
                    "approval_above",
                    ("sample_percent", "sample_most"),
                ]
            },
        ),
        (_("People"), {"fields": ["members"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewQueue]:
        return list_queues(staff(request)).annotate(people=Count("members", distinct=True))

    @admin.display(description=_("promise, days"), ordering="target_working_days")
    def days(self, queue: ReviewQueue) -> int:
        return queue.target_working_days

    @admin.display(description=_("handing out"), ordering="assignment")
    def handing_out(self, queue: ReviewQueue) -> str:
        return queue.get_assignment_display()

    @admin.display(description=_("held at most"), ordering="most_held")
    def most(self, queue: ReviewQueue) -> int:
        return queue.most_held

    @admin.display(description=_("special"))
    def marks(self, queue: ReviewQueue) -> str:
        marks = (
            (queue.is_restricted, gettext("for cleared members only")),
            (queue.needs_second_approval, gettext("second approval")),
        )
        return ", ".join(words for is_set, words in marks if is_set)

    @admin.display(description=_("order"), ordering="priority")
    def order(self, queue: ReviewQueue) -> int:
        return queue.priority

    @admin.display(description=_("members"))
    def member_count(self, queue: ReviewQueue) -> int:
        return queue.people  # type: ignore[attr-defined,no-any-return]

    def save_model(self, request: HttpRequest, obj: ReviewQueue, form: Any, change: Any) -> None:
        members = form.cleaned_data["members"]
        save_queue(queue=obj, members=members, by=staff(request))
        blind = members.exclude(reviewer_profile__is_cleared=True) if obj.is_restricted else ()
        if blind:
            names = ", ".join(person.name for person in blind)
            messages.warning(
                request,
                gettext("Not cleared, so they see nothing of this queue: %(names)s")
                % {"names": names},
            )

    def list_more_versions(self, row: Model) -> list[Version]:
        events = apps.get_model("appeals", "QueueMembershipEvent").objects.filter(
            reviewqueue=row.pk
        )
        newest = events.select_related("pgh_context", "customer").order_by("-pgh_id")
        return memberships(newest[:MEMBERSHIPS_SHOWN], gettext("Members"))
