"""Who may read what the desk says of itself: whoever has the token, and whoever asks directly from the own network."""

import hmac
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


def may_read(request: HttpRequest) -> bool:
    """With `Authorization: Bearer METRICS_TOKEN`, or from a loopback or private address without a proxy between."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    token = settings.METRICS_TOKEN
    if token and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
        return True
    # Behind a proxy everybody comes from its address, so the address says nothing.
    if settings.BEHIND_PROXY or any(request.META.get(name) for name in FORWARDED):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_private
