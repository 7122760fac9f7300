"""Where unfold finds the desk's style sheets, its scripts and the icon."""

from django.http import HttpRequest
from django.templatetags.static import static


def base(request: HttpRequest) -> str:
    return static("appeals/desk.css")


def case(request: HttpRequest) -> str:
    return static("appeals/desk/case.css")


def talk(request: HttpRequest) -> str:
    return static("appeals/desk/talk.css")


def outcome(request: HttpRequest) -> str:
    return static("appeals/desk/outcome.css")


def dashboard(request: HttpRequest) -> str:
    return static("appeals/desk/dashboard.css")


def lists(request: HttpRequest) -> str:
    return static("appeals/desk/lists.css")


def settings_pages(request: HttpRequest) -> str:
    return static("appeals/desk/settings_pages.css")


def keys(request: HttpRequest) -> str:
    return static("appeals/desk/keys.js")


def claiming(request: HttpRequest) -> str:
    return static("appeals/desk/claiming.js")


def frame(request: HttpRequest) -> str:
    return static("appeals/desk/frame.js")


def favicon(request: HttpRequest) -> str:
    return static("portal/favicon.svg")
