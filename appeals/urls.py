"""Addresses of the customer's pages."""

from django.urls import URLPattern, URLResolver, path

from appeals.urls_evidence import urlpatterns as evidence
from appeals.urls_journey import urlpatterns as journey
from appeals.urls_rights import urlpatterns as rights
from appeals.views import clarity, decisions, faults, guides, lines, notice_papers, policies

app_name = "appeals"
urlpatterns: list[URLPattern | URLResolver] = [
    path("lines/", lines.show_lines, name="lines"),
    path("decisions/", decisions.show_decisions, name="decisions"),
    path("decisions/<str:reference>/", decisions.show_decision, name="decision"),
    path(
        "decisions/<str:reference>/notice/<str:language>.pdf",
        notice_papers.download,
        name="notice_pdf",
    ),
    path(
        "decisions/<str:reference>/reasons/<int:rank>/clear/", clarity.say_clear, name="say_clear"
    ),
    path("decisions/<str:reference>/policy/", policies.show_policy, name="policy"),
    path("faults/", faults.show_faults, name="faults"),
    path("guides/", guides.show_guides, name="guides"),
    path("guides/<slug:key>/", guides.show_guide, name="guide"),
    *journey,
    *evidence,
    *rights,
]
