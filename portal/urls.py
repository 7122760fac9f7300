"""Every address of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from portal.pages import health, staff

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("portal.pages.urls")),
    path("", include("appeals.urls")),
    path("", include("notifications.urls")),
    path("api/v1/", include("appeals.api.urls")),
    path("api/", include("portal.pages.api")),
    path("", include("portal.pages.account_urls")),
    path("admin/login/", staff.admin_door),
    path("admin/", include("appeals.admin.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "portal.pages.errors.bad_request"
handler403 = "portal.pages.errors.permission_denied"
handler404 = "portal.pages.errors.page_not_found"
handler500 = "portal.pages.errors.server_error"
