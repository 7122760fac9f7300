"""Addresses of the portal's own pages."""

from django.urls import path

from portal.pages import home, settings, staff

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.get_help, name="help"),
    path("settings/", settings.show_settings, name="settings"),
    path("staff/sign-in/", staff.sign_in, name="staff-sign-in"),
    path("staff/set-up/<str:who>/<str:token>/", staff.set_up, name="staff-set-up"),
]
