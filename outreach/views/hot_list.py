"""The hot list: the opportunities by how far the borrower came, the newest act first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from loans.views.requests import DeskRequest
from outreach.queries import hot_list as lists


@login_required
@require_safe
def hot_list(request: DeskRequest) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in lists.VIEWS else ""
    counts = lists.counts(request.user)
    context = {
        "callers": lists.callers(lists.rows(request.user, view)[: lists.PAGE], timezone.now()),
        "view": view,
        "views": [(name, label, counts[name]) for name, (label, _) in lists.VIEWS.items()],
        "more": max(0, counts[view] - lists.PAGE),
    }
    return render(request, "outreach/hot_list.html", context)
