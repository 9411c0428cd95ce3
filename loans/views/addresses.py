"""Where a page leads to, and which rows somebody ticked on it."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


def optional(*names: str) -> str:
    """The address of the first of these pages that exists, or an empty one."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def with_trail(address: str, trail: str) -> str:
    """The address of a page that remembers the queue one came from."""
    return f"{address}?{trail}" if trail else address


def ticked(request: HttpRequest) -> list[int]:
    """The ids in the form's boxes; whatever is no id is left out."""
    return [int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdecimal() and len(pk) < 18]
