"""Where a request comes from, told so that the sender cannot choose the answer."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

from portal.sign_in.addresses import keyed

UNKNOWN = "0.0.0.0"  # noqa: S104 - the name for "no address", nothing listens on it
IPV6_HOME = 64  # One home or phone holds a whole /64.


def client_ip(request: HttpRequest) -> str:
    """Return the address that the outermost proxy of ours saw, or the peer's own."""
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    depth = settings.TRUSTED_PROXY_COUNT
    # Fewer hops than proxies of ours: somebody walked around them, and the header is theirs.
    is_ours = 0 < depth <= len(hops)
    text = hops[-depth] if is_ours else request.META.get("REMOTE_ADDR", "")
    return _clean(text)


def _clean(text: str) -> str:
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return UNKNOWN
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def sender_key(request: HttpRequest) -> str:
    """Return what names this sender in limits: an IPv4 address or an IPv6 network."""
    address = ipaddress.ip_address(client_ip(request))
    if address.version == 6:
        return keyed(str(ipaddress.ip_network((address, IPV6_HOME), strict=False)))
    return keyed(str(address))
