"""Every address of the site."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path


def _when_written(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    return [path(prefix, include(module))] if find_spec(module) else []


urlpatterns: list[URLPattern | URLResolver] = [
    *_when_written("", "portal.pages.urls"),
    *_when_written("", "appeals.urls"),
    *_when_written("", "notifications.urls"),
    *_when_written("api/v1/", "appeals.api.urls"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
