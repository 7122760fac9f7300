"""The staff admin's content policy: django-unfold runs on Alpine, which compiles attributes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

# Nothing else is loosened: scripts still come from here, and none stands in a page.
ADMIN_POLICY = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class AdminPolicyMiddleware:
    """Loosen the policy of the admin's pages, unless a view has chosen its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        has_own = any(hasattr(response, name) for name in ("_csp_replace", "_csp_config"))
        if request.path.startswith(reverse("admin:index")) and not has_own:
            response._csp_update = {**getattr(response, "_csp_update", {}), **ADMIN_POLICY}  # type: ignore[attr-defined]
        return response
