"""The front page and the help page."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from portal.lib.zones import zone_name
from portal.models import Jurisdiction


@dataclass(frozen=True)
class OutsideBody:
    """Somebody outside the lender who looks at complaints."""

    jurisdiction: Jurisdiction
    name: str | Promise
    does: str | Promise
    link: str


OUTSIDE_BODIES = (
    OutsideBody(
        Jurisdiction.US,
        _("Consumer Financial Protection Bureau (United States)"),
        _("Sends your complaint to us and shows you our answer."),
        "https://www.consumerfinance.gov/complaint/",
    ),
    OutsideBody(
        Jurisdiction.GB,
        _("Financial Ombudsman Service (United Kingdom)"),
        _("Decides free of charge when you and we do not agree."),
        "https://www.financial-ombudsman.org.uk/",
    ),
    OutsideBody(
        Jurisdiction.EU,
        _("FIN-NET (European Union)"),
        _("Finds the office in your country that settles disputes without a court."),
        "https://finance.ec.europa.eu/consumer-finance-and-payments/"
        "retail-financial-services/financial-dispute-resolution-network-fin-net_en",
    ),
    OutsideBody(
        Jurisdiction.CN,
        _("Banking and insurance consumer hotline 12378 (China)"),
        _("Takes complaints about banks and lenders by phone."),
        "https://www.nfra.gov.cn/",
    ),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "portal/home.html")
    return redirect("admin:index" if request.user.is_staff else "appeals:lines")


@require_safe
def get_help(request: HttpRequest) -> HttpResponse:
    own = getattr(request.user, "jurisdiction", None)
    bodies = [body for body in OUTSIDE_BODIES if own is None or body.jurisdiction == own]
    context = {
        "phone": settings.HELP_PHONE,
        "opens": settings.HELP_OPENS,
        "closes": settings.HELP_CLOSES,
        "zone": zone_name(settings.HELP_TIME_ZONE, get_language() or "en"),
        "bodies": bodies,
    }
    return render(request, "portal/help.html", context)
