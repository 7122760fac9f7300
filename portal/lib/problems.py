"""One shape for every error of the API: RFC 9457 problem details."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
SLUGS: dict[type[Exception], tuple[int, str]] = {}
TITLES = {
    "refused": "The request was understood and refused",
    "not-found": "There is nothing here for you",
    "not-allowed": "This token may not do that",
    "bad-input": "Something in the request has to be mended",
    "conflict": "The same id stands for something else",
    "idempotency-conflict": "The key was used for another request",
    "in-progress": "The first request with this key is still being worked on",
}


def register_problem(error: type[Exception], *, status: int, slug: str) -> None:
    """Say how an app's own error looks from outside; subclasses may be registered apart."""
    SLUGS[error] = (status, slug)


def problem(
    status: int,
    detail: str,
    *,
    slug: str = "",
    errors: Sequence[Mapping[str, str]] = (),
    **extra: Any,
) -> dict[str, Any]:
    """The body: `type`, `title`, `status`, `detail`, and `errors` when single parts are wrong."""
    name = HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": f"urn:problem-type:recourse:{slug}" if slug else "about:blank",
        "title": TITLES.get(slug, name),
        "status": status,
        "detail": detail,
        **extra,
    }
    if errors:
        body["errors"] = list(errors)
    return body


def problem_json(request: HttpRequest, status: int, detail: str) -> JsonResponse:
    """A problem for a request that never reached an API view."""
    body = problem(status, detail, instance=request.path)
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def problem_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: known errors become problems, unknown ones stay a crash."""
    known = _registered(error) or _framework(error)
    if known is None:
        return None
    set_rollback()
    body, headers = known
    request = context.get("request")
    if request is not None:
        body["instance"] = request.path
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


Known = tuple[dict[str, Any], dict[str, str]]


def _registered(error: Exception) -> Known | None:
    for kind in type(error).__mro__:
        if kind in SLUGS:
            status, slug = SLUGS[kind]
            extra = getattr(error, "extra", {})
            return problem(status, str(error), slug=slug, **extra), {}
    return None


def _framework(error: Exception) -> Known | None:
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    wait = getattr(error, "wait", None)
    if wait:
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        found = list(_flatten(error.detail))
        detail = "Please mend what `errors` lists and send it again."
        return problem(error.status_code, detail, slug="bad-input", errors=found), headers
    return problem(error.status_code, str(error.detail)), headers


def _flatten(detail: Any, pointer: str = "") -> "list[dict[str, str]]":
    if isinstance(detail, Mapping):
        pairs = [(f"{pointer}/{key}", value) for key, value in detail.items()]
    elif isinstance(detail, list) and any(isinstance(item, Mapping) for item in detail):
        pairs = [(f"{pointer}/{index}", value) for index, value in enumerate(detail)]
    elif isinstance(detail, list):
        return [{"pointer": pointer, "detail": str(item)} for item in detail]
    else:
        return [{"pointer": pointer, "detail": str(detail)}]
    return [found for where, value in pairs for found in _flatten(value, where)]
