"""Addresses of the portal's own pages."""

from django.urls import path

from portal.pages import data_copy, home, installed, settings, staff, staying

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.get_help, name="help"),
    path("sw.js", installed.service_worker, name="service-worker"),
    path("offline/", installed.offline, name="offline"),
    path("account/stay/", staying.stay, name="stay"),
    path("account/go-on/", staying.go_on, name="go-on"),
    path("settings/", settings.show_settings, name="settings"),
    path("your-data/<str:reference>/download/", data_copy.download, name="data-copy-download"),
    path("staff/sign-in/", staff.sign_in, name="staff-sign-in"),
    path("staff/set-up/<str:who>/<str:token>/", staff.set_up, name="staff-set-up"),
]
