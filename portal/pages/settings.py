"""A person's own settings, and the language switch on every page."""

from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language as keep_language

from appeals.catalogue.packs import pack_of
from notifications.api import preference_of
from portal.lib.zones import is_zone, zone_choices
from portal.models import Customer
from portal.pages.requests import SignedInRequest
from portal.personal import Choices, choose, choose_language

HALF_HOURS = [
    (f"{hour:02}:{minute:02}", f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 30)
]


class SettingsForm(forms.Form):
    locale = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("All times and deadlines here are told in this zone."),
    )
    sms = forms.BooleanField(label=gettext_lazy("SMS"), required=False)
    email = forms.BooleanField(label=gettext_lazy("E-mail"), required=False)
    push = forms.BooleanField(label=gettext_lazy("Notices in the browser"), required=False)
    quiet_from = forms.ChoiceField(label=gettext_lazy("From"), choices=HALF_HOURS)
    quiet_until = forms.ChoiceField(label=gettext_lazy("Until"), choices=HALF_HOURS)
    esign = forms.BooleanField(
        label=gettext_lazy("Send me notices electronically instead of by letter"), required=False
    )

    def __init__(self, given: Any, *, person: Customer) -> None:
        super().__init__(given, initial=_initial(person))
        zones: Any = self.fields["time_zone"]
        zones.choices = zone_choices(get_language() or "en")
        self._keep_choice("time_zone", person.time_zone)
        for name in ("quiet_from", "quiet_until"):
            self._keep_choice(name, self.initial[name])
        if not pack_of(person, timezone.now()).writing.asks_consent:
            del self.fields["esign"]  # Where the law does not ask, nobody is.

    def _keep_choice(self, name: str, value: str) -> None:
        """Offer what holds now even if we would not offer it to others."""
        field: Any = self.fields[name]
        if not field.valid_value(value):
            field.choices = [(value, value), *field.choices]

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if not is_zone(zone):
            raise forms.ValidationError(_("Please choose a time zone from the list."))
        return zone

    def choices(self) -> Choices:
        given = self.cleaned_data
        hours = {name: time.fromisoformat(given[name]) for name in ("quiet_from", "quiet_until")}
        return Choices(**{**given, **hours})


def _initial(person: Customer) -> dict[str, Any]:
    chosen = preference_of(person.pk)
    return {
        "locale": person.locale,
        "time_zone": person.time_zone,
        "sms": chosen.sms,
        "email": chosen.email,
        "push": chosen.push,
        "quiet_from": f"{chosen.quiet_from:%H:%M}",
        "quiet_until": f"{chosen.quiet_until:%H:%M}",
        "esign": person.esign_consent is True,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def show_settings(request: SignedInRequest) -> HttpResponse:
    person = request.user
    form = SettingsForm(request.POST or None, person=person)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            return _keep(request, form)
        status = 422
    context = {"form": form, "person": person, "help_phone": settings.HELP_PHONE}
    return render(request, "portal/settings.html", context, status=status)


def _keep(request: SignedInRequest, form: SettingsForm) -> HttpResponse:
    choices = form.choices()
    choose(person=request.user, choices=choices)
    # Said in the language that was just chosen.
    with translation.override(choices.locale):
        messages.success(request, _("Your settings are saved."))
    answer = redirect("portal:settings")
    _set_cookie(answer, choices.locale)
    return answer


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page; signed in, it is kept with the person."""
    wanted = request.POST.get("language", "")
    if request.user.is_authenticated and wanted in dict(settings.LANGUAGES):
        choose_language(person=request.user, locale=wanted)
    return keep_language(request)


def _set_cookie(answer: HttpResponse, locale: str) -> None:
    """So that the page after signing out speaks the same language."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        locale,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
