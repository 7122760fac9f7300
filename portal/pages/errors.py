"""Error answers: a problem for machines, a page for people."""

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from portal.lib.problems import problem_json


def _is_machine(request: HttpRequest) -> bool:
    return request.path.startswith("/api/v1/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_machine(request):
        return problem_json(request, 400, "The request cannot be read.")
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_machine(request):
        return problem_json(request, 403, "This is not open to you.")
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _is_machine(request):
        return problem_json(request, 404, "There is nothing at this address.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if _is_machine(request):
        return problem_json(request, 500, "Something broke on our side. Nothing was half done.")
    return defaults.server_error(request)
