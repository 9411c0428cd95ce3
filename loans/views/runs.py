"""Runs of the match: what each opened and why not more, a held one's release, and a run by hand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import requires
from loans.forms.runs import DecisionForm
from loans.queries import runs as history
from loans.services import matching
from loans.tasks import run_match
from loans.views.requests import DeskRequest
from refidetect.kit import parts, queue

RUNS_A_PAGE = 25
STARTED = "The worker is comparing every loan with the market. The run appears here when it is done."
NOT_STARTED = "Nothing was matched: the workers can't be reached. Try again, or run manage.py match."


@requires("desk.see_runs")
@require_safe
def runs(request: DeskRequest) -> HttpResponse:
    page = Paginator(history.listed(), RUNS_A_PAGE).get_page(request.GET.get("page"))
    # After "Match now" the page asks until there is a newer run than that.
    after = request.GET.get("after", "")
    context = {"page": page, "cycles": history.last_cycles(), "after": after, "waits": after == str(history.newest())}
    return parts.page_or_part(request, "loans/runs.html", context)


@requires("desk.see_runs")
@require_safe
def run(request: DeskRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(history.listed(), pk=pk)
    context = {
        "run": found,
        "rates": history.rates_used(found),
        "excluded": history.excluded(found),
        "opened_for": history.opened_for(found, request.user),
    }
    return render(request, "loans/run.html", context)


@requires("desk.hold_runs")
@require_http_methods(["GET", "HEAD", "POST"])
def run_decide(request: DeskRequest, pk: int) -> HttpResponse:
    """Asks first; the POST decides, once."""
    found = get_object_or_404(history.listed(), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        raise Http404
    if request.method != "POST":
        return render(request, "loans/run_decide.html", {"run": found, "release": form.release})
    if matching.decide(found, release=form.release, by=request.user):
        messages.success(request, "Released." if form.release else "Dismissed. What the run opened stays in the queue.")
    else:
        messages.warning(request, "Somebody decided about this run already.")
    return redirect("loans:run", pk=pk)


@requires("desk.hold_runs")
@require_POST
def run_now(request: DeskRequest) -> HttpResponse:
    newest = history.newest()
    try:
        queue.hand_over(run_match)
    except queue.QueueDown:
        messages.error(request, NOT_STARTED)
    else:
        messages.success(request, STARTED)
        return redirect(f"{reverse('loans:runs')}?after={newest}")
    return redirect("loans:runs")
