"""Which source is asked first, which are in use, and which products a conventional rate may stand in for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Lender
from accounts.rules import requires
from rates.domain import products, staleness
from rates.domain.sources import SOURCES
from rates.forms import MoveForm, SwitchForm
from rates.queries import preferences, records
from rates.services import preferences as changing
from rates.services import pulling
from rates.views.requests import DeskRequest


@login_required
@require_safe
def sources_page(request: DeskRequest) -> HttpResponse:
    today = Lender.current().today(timezone.now())
    newest = records.newest_of_sources()
    rows = [
        {
            "source": SOURCES[row.source],
            "enabled": row.enabled,
            "ready": row.source not in pulling.FEEDS or pulling.can_run(row.source),
            "newest": newest.get(row.source),
            "stale": row.source in newest and staleness.is_stale(newest[row.source], SOURCES[row.source].cadence, today),
        }
        for row in preferences.ordered()
    ]
    stand_ins = [
        {"code": code, "label": products.LABELS[code], "by": products.LABELS[products.stand_in(code)], "enabled": on}
        for code, on in preferences.stand_ins().items()
    ]
    return render(request, "rates/sources.html", {"rows": rows, "stand_ins": stand_ins})


@requires("desk.edit_rules")
@require_POST
def move(request: DeskRequest, source: str) -> HttpResponse:
    form = MoveForm(request.POST)
    if source not in SOURCES or not form.is_valid():
        raise Http404
    changing.move(source, up=form.cleaned_data["direction"] == "up")
    return redirect("rates:sources")


@requires("desk.edit_rules")
@require_POST
def enable(request: DeskRequest, source: str) -> HttpResponse:
    form = SwitchForm(request.POST)
    if source not in SOURCES or not form.is_valid():
        raise Http404
    changing.enable(source, on=form.cleaned_data["on"])
    messages.success(request, f"{SOURCES[source].label} {'counts' if form.cleaned_data['on'] else 'no longer counts'}.")
    return redirect("rates:sources")


@requires("desk.edit_rules")
@require_POST
def stand_in(request: DeskRequest, product: str) -> HttpResponse:
    form = SwitchForm(request.POST)
    if product not in preferences.stand_ins() or not form.is_valid():
        raise Http404
    changing.allow_stand_in(product, on=form.cleaned_data["on"])
    return redirect("rates:sources")
