"""Every address of the site."""

import sys
from importlib.util import find_spec

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal.pages import health, staff


def _when_written(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    # While the parts are being built: a half-written part must not stop the others.
    try:
        return [path(prefix, include(module))] if find_spec(module) else []
    except ImportError as error:
        sys.stderr.write(f"{module} is left out: {error}\n")
        return []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *_when_written("", "portal.pages.urls"),
    *_when_written("", "appeals.urls"),
    *_when_written("", "notifications.urls"),
    *_when_written("api/v1/", "appeals.api.urls"),
    path("api/", include("portal.pages.api")),
    path("", include("portal.pages.account_urls")),
    path("admin/login/", staff.admin_door),
    *_when_written("admin/", "appeals.admin.urls"),
    path("admin/", admin.site.urls),
]

handler400 = "portal.pages.errors.bad_request"
handler403 = "portal.pages.errors.permission_denied"
handler404 = "portal.pages.errors.page_not_found"
handler500 = "portal.pages.errors.server_error"
