"""Addresses of the customer's pages."""

from django.urls import URLPattern, URLResolver, path

from appeals.urls_evidence import urlpatterns as evidence
from appeals.urls_journey import urlpatterns as journey
from appeals.views import decisions, lines

app_name = "appeals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("lines/", lines.show_lines, name="lines"),
    path("decisions/", decisions.show_decisions, name="decisions"),
    path("decisions/<str:reference>/", decisions.show_decision, name="decision"),
    *journey,
    *evidence,
]
