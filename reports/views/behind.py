"""The rows behind a number of the weekly report."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import requires
from reports.domain.stages import STAGES
from reports.forms import AskedForm
from reports.queries import behind as reading
from reports.views import weekly

ROWS_A_PAGE = 50
SPANS = {"week": "this week", "before": "the week before", "twelve": "12 weeks"}


@requires("desk.see_reports")
@require_safe
def behind(request: HttpRequest, stage: str) -> HttpResponse:
    """One stage in one span: the messages or opportunities that were counted."""
    if stage not in STAGES:
        raise Http404
    asked = AskedForm(request.GET).asked(request.user, timezone.now())
    span = request.GET.get("span", "week")
    span = span if span in SPANS else "week"
    scope = weekly.seen(request, asked)
    found = reading.behind(request.user, scope, STAGES[stage], span, people=request.GET.get("people") == "1")
    context = {
        "found": found,
        "page": Paginator(found.rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked,
        "span": SPANS[span],
        "trail": weekly.trail(asked),
    }
    return render(request, "reports/behind.html", context)
