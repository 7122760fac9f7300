"""Addresses beside the list of appeals: views, exports, steps over many cases."""

from django.urls import URLPattern, path

from appeals.admin import bulk, exports, saved_views

urlpatterns: list[URLPattern] = [
    path("views/", saved_views.views, name="views"),
    path("views/<int:key>/", saved_views.change, name="view"),
    path("exports/<str:kind>/", exports.export_appeals, name="export"),
    path("steps/", bulk.prepare, name="bulk"),
    path("steps/<int:key>/", bulk.show_step, name="step"),
    path("steps/<int:key>/undo/", bulk.undo, name="undo"),
]
