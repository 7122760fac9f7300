"""Addresses of the catalogue's pages, below those of the desk."""

from django.urls import path

from appeals.admin import catalogue, catalogue_changes

urlpatterns = [
    path("", catalogue.reasons, name="catalogue"),
    path("reasons/<str:code>/", catalogue.reason, name="reason"),
    path("reasons/<str:code>/history/", catalogue_changes.reason_history, name="reason_history"),
    path("papers/", catalogue.papers, name="catalogue_papers"),
    path("papers/new/", catalogue.new_paper, name="paper_new"),
    path("papers/<str:key>/", catalogue.paper, name="paper"),
    path("changes/", catalogue_changes.changes, name="catalogue_changes"),
    path("changes/<int:key>/", catalogue_changes.change, name="catalogue_change"),
    path("changes/<int:key>/<str:do>/", catalogue_changes.act, name="catalogue_act"),
    path("editions/", catalogue_changes.editions, name="catalogue_editions"),
    path("editions/<int:number>/", catalogue_changes.edition, name="catalogue_edition"),
    path("editions/<int:number>/go-back/", catalogue_changes.go_back, name="catalogue_back"),
]
