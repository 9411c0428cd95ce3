"""Where a page leads to, and which rows somebody ticked on it."""

from django.http import HttpRequest


def with_trail(address: str, trail: str) -> str:
    """The address of a page that remembers the queue one came from."""
    return f"{address}?{trail}" if trail else address


def ticked(request: HttpRequest) -> list[int]:
    """The ids in the form's boxes; whatever is no id is left out."""
    return [int(pk) for pk in request.POST.getlist("pk") if pk.isascii() and pk.isdecimal() and len(pk) < 18]
