"""The opportunity a page of a conversation is about, for whoever may see it."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme

from loans.queries import opportunities
from loans.views.requests import DeskRequest


def find(request: DeskRequest, pk: int) -> Any:
    """With loan, officer and branch; 404 for whoever does not see it."""
    return get_object_or_404(opportunities.visible(request.user), pk=pk)


def found(row: Any) -> Any:
    """The same for what a query looked up: None is a 404."""
    if row is None:
        raise Http404
    return row


def back(request: DeskRequest, address: str, *args: Any) -> HttpResponse:
    """To the page of ours on which the button stood, else to the named one."""
    asked = request.POST.get("back", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return redirect(asked)
    return redirect(address, *args)
