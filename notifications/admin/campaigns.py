"""Campaigns for staff: a list, a form for a draft, and a page on which one is run."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin

from notifications.admin.campaign_forms import LANGUAGES, CampaignForm, audience_forms
from notifications.admin.campaign_pages import page_of, progress_page
from notifications.admin.reading import ReadOnly
from notifications.admin.words import to_the_second, unbroken
from notifications.campaigns import actions
from notifications.campaigns.audiences import AudienceForm
from notifications.campaigns.errors import CampaignError
from notifications.models import Campaign
from portal.models import Customer

RIGHTS = ("view_campaign", "add_campaign", "run_campaign")
BAD_REQUEST = 400
PAGE = "admin:notifications_campaign_change"
ACTS = {
    "start": actions.start_campaign,
    "go-on": actions.go_on,
    "pause": actions.pause_campaign,
    "resume": actions.resume_campaign,
}
DONE = {
    "start": gettext_lazy("It has started."),
    "go-on": gettext_lazy("Everybody else is being told."),
    "pause": gettext_lazy("It is paused."),
    "resume": gettext_lazy("It goes on."),
    "stop": gettext_lazy("It is stopped. Nothing more goes out."),
}


@admin.register(Campaign)
class CampaignAdmin(ReadOnly, ModelAdmin):
    """A campaign is drafted once and then only run; nothing in it can be edited."""

    list_display = ["unbroken_reference", "title", "state", "told", "created_by", "made"]
    list_filter = ["state"]
    search_fields = ["reference", "title"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/progress/", view(self.progress), name="notifications_campaign_progress"),
            path("<int:pk>/do/<str:act>/", view(self.act), name="notifications_campaign_act"),
            *super().get_urls(),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return any(request.user.has_perm(f"notifications.{right}") for right in RIGHTS)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("notifications.add_campaign")

    @admin.display(description=gettext_lazy("reference"))
    def unbroken_reference(self, campaign: Campaign) -> str:
        return unbroken(campaign.reference)

    @admin.display(description=gettext_lazy("made at"))
    def made(self, campaign: Campaign) -> str:
        return to_the_second(campaign.created_at)

    @admin.display(description=gettext_lazy("told so far"))
    def told(self, campaign: Campaign) -> str:
        if campaign.audience_size is None:
            return "-"
        made, size = intcomma(campaign.recipients), intcomma(campaign.audience_size)
        return unbroken(_("%(made)s of %(size)s") % {"made": made, "size": size})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._form(request, CampaignForm(), audience_forms())
        form = CampaignForm(request.POST)
        audiences = audience_forms(request.POST, request.POST.get("audience", ""))
        chosen = next((one for _audience, one in audiences if one.is_bound), None)
        # Both are asked, so that everything wrong is said at once.
        if form.is_valid() & (chosen is not None and chosen.is_valid()) and chosen:
            campaign = self._create(request, form, chosen)
            if campaign:
                messages.success(request, _("The draft is kept. Nobody has been told yet."))
                return redirect(PAGE, campaign.pk)
        return self._form(request, form, audiences, status=BAD_REQUEST)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        campaign = self._campaign(request, unquote(object_id))
        context = {
            **self.admin_site.each_context(request),
            **page_of(campaign, _by(request)),
            "title": str(campaign),
            "opts": self.opts,
        }
        return TemplateResponse(request, "notifications/campaign.html", context)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The numbers alone; where the buttons have changed too, the whole page again."""
        return _progress(request, self._campaign(request, pk))

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Press a button."""
        campaign = self._campaign(request, pk)
        if not request.user.has_perm("notifications.run_campaign"):
            raise PermissionDenied
        return _press(request, campaign, act)

    def _campaign(self, request: HttpRequest, pk: str | int) -> Campaign:
        if not self.has_view_permission(request):
            raise PermissionDenied
        people = ("created_by", "started_by", "changed_by")
        try:
            return Campaign.objects.select_related(*people).get(pk=pk)
        except (Campaign.DoesNotExist, ValueError):
            raise Http404 from None

    def _create(
        self, request: HttpRequest, form: CampaignForm, audience: AudienceForm
    ) -> Campaign | None:
        try:
            return actions.create_campaign(draft=form.draft(audience), by=_by(request))
        except CampaignError as error:
            form.add_error(None, error.message)
            return None

    def _form(
        self, request: HttpRequest, form: CampaignForm, audiences: Any, *, status: int = 200
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("New campaign"),
            "opts": self.opts,
            "form": form,
            "audiences": audiences,
            "words": [
                (language, name, form[f"title_{code}"], form[f"text_{code}"])
                for code, (language, name) in LANGUAGES.items()
            ],
        }
        return TemplateResponse(request, "notifications/campaign_form.html", context, status=status)


@require_safe
def _progress(request: HttpRequest, campaign: Campaign) -> HttpResponse:
    if request.GET.get("state") != campaign.state:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return TemplateResponse(
        request, "notifications/campaign_progress.html", progress_page(campaign)
    )


@require_POST
def _press(request: HttpRequest, campaign: Campaign, act: str) -> HttpResponse:
    if act not in DONE:
        raise Http404
    try:
        if act == "stop":
            because = request.POST.get("because", "")
            actions.stop_campaign(campaign=campaign, by=_by(request), because=because)
        else:
            ACTS[act](campaign=campaign, by=_by(request))
    except CampaignError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, str(DONE[act]))
    return redirect(PAGE, campaign.pk)


def _by(request: HttpRequest) -> Customer:
    assert isinstance(request.user, Customer)
    return request.user
