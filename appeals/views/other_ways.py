"""For who cannot upload: by post with a cover sheet, or by phone."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from appeals.access import get_appeal
from appeals.actions.posted import Way, say_cannot_upload
from appeals.cover_sheet import cover_sheet as print_cover_sheet
from appeals.errors import BadInput
from appeals.views.requests import SignedInRequest
from portal.lib.zones import zone_name


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def show(request: SignedInRequest, reference: str) -> HttpResponse:
    """The other ways, and a button to say which of them it will be."""
    appeal = get_appeal(request.user, reference)
    if request.method == "POST":
        say_cannot_upload(appeal=appeal, by=request.user, way=_way(request.POST.get("way", "")))
        messages.success(request, _("Thank you. We have noted it in your appeal."))
        return redirect("appeals:other_ways", appeal.reference)
    context = {
        "appeal": appeal,
        "lender": settings.LENDER_NAME,
        "address": settings.LENDER_ADDRESS,
        "phone": settings.HELP_PHONE,
        "opens": settings.HELP_OPENS,
        "closes": settings.HELP_CLOSES,
        "zone": zone_name(settings.HELP_TIME_ZONE, get_language() or "en"),
    }
    return render(request, "appeals/other_ways.html", context)


def _way(text: str) -> Way:
    try:
        return Way(text)
    except ValueError:
        raise BadInput(_("Please choose one of the ways.")) from None


@require_safe
@never_cache
@login_required
def cover_sheet(request: SignedInRequest, reference: str) -> HttpResponse:
    """The sheet to put on top of the papers."""
    appeal = get_appeal(request.user, reference)
    name = f"{appeal.reference}-cover.pdf"
    return HttpResponse(
        print_cover_sheet(appeal),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
