"""Every address of the site."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal.pages import health


def _when_written(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    return [path(prefix, include(module))] if find_spec(module) else []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *_when_written("", "portal.pages.urls"),
    *_when_written("", "appeals.urls"),
    *_when_written("", "notifications.urls"),
    *_when_written("api/v1/", "appeals.api.urls"),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
