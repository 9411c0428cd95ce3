"""A page and the part of it that htmx swaps: one view and one address answer both."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

ASKED_BY = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")


def page_or_part(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """`people/list.html`, or `people/_list.html` where htmx swaps a part; no cache gives one for the other."""
    folder, name = template.rsplit("/", 1)
    response = render(request, f"{folder}/_{name}" if _wants_part(request) else template, context)
    patch_vary_headers(response, ASKED_BY)
    return response


def _wants_part(request: HttpRequest) -> bool:
    """Going back in the browser's history asks by htmx too, for all of the page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
