"""Back-tests: the stored runs, and one of them with its charts and what it means."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.rules import requires
from refidetect.kit import parts
from reports.queries import backtest_pages, backtests

RUNS_A_PAGE = 25


@requires("desk.see_reports")
@require_safe
def backtest_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(backtests.listed(), RUNS_A_PAGE).get_page(request.GET.get("page"))
    return parts.page_or_part(request, "reports/backtests.html", {"page": page})


@requires("desk.see_reports")
@require_safe
def backtest(request: HttpRequest, pk: int) -> HttpResponse:
    """One run; `criterion` in the address chooses what the charts and the groups are of."""
    run = get_object_or_404(backtests.stored(), pk=pk)
    criterion = backtest_pages.chosen(run.result, request.GET.get("criterion", ""))
    context = {
        "run": run,
        "histories": run.result["histories"],
        "families": backtest_pages.families(run.result),
        "criterion": criterion,
        "charts": backtest_pages.charts(run.result, criterion),
        "groups": backtest_pages.by_group(criterion),
    }
    return render(request, "reports/backtest.html", context)


@requires("desk.see_reports")
@require_safe
def backtest_json(request: HttpRequest, pk: int) -> JsonResponse:
    """What `manage.py backtest --json` printed: counts and rates, nothing about any one loan."""
    run = get_object_or_404(backtests.stored(), pk=pk)
    return JsonResponse({"run": run.pk, **run.result})
