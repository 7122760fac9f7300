"""What makes the site an app on a phone: the service worker, and its page without a connection."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe

# What the page without a connection is made of.
ASSETS = ("portal/recourse.css", "portal/mark.svg")


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, or it may not speak for the whole site; asked for anew at each visit."""
    assets = [static(name) for name in ASSETS]
    page = render_to_string("portal/offline.html")
    version = hashlib.sha256("\n".join([*assets, page]).encode()).hexdigest()[:12]
    answer = render(
        request,
        "portal/sw.js",
        {"assets": assets, "version": version},
        content_type="text/javascript",
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """One page for everybody, in both languages: it is kept by browsers that change hands."""
    answer = HttpResponse(render_to_string("portal/offline.html"))
    answer["Cache-Control"] = "no-cache"
    return answer
