"""The hot list: the opportunities by how far the borrower came, the newest act first; and what the queue marks of them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from loans.views.requests import DeskRequest
from outreach.queries import hot_list as lists
from outreach.queries import marks

LARGEST_PAGE = 100


@login_required
@require_safe
def hot_list(request: DeskRequest) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in lists.VIEWS else ""
    now = timezone.now()
    counts = lists.counts(request.user, now)
    context = {
        "callers": lists.callers(lists.rows(request.user, view, now)[: lists.PAGE], now),
        "view": view,
        "views": [(name, label, counts[name]) for name, (label, _) in lists.VIEWS.items()],
        "more": max(0, counts[view] - lists.PAGE),
    }
    return render(request, "outreach/hot_list.html", context)


@login_required
@require_safe
def queue_marks(request: DeskRequest) -> HttpResponse:
    """Beside the rows of a queue's page to whom no message can go, asked for once it stands."""
    if not request.htmx:
        return redirect("loans:queue")
    asked = [int(pk) for pk in request.GET.getlist("pk")[:LARGEST_PAGE] if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return render(request, "outreach/_queue_marks.html", {"marks": marks.of(request.user, asked)})
