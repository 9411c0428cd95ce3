"""Pulling now, loading a rate sheet, and what came of a pull."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Lender
from accounts.rules import requires
from rates.domain import products
from rates.forms import SheetForm
from rates.models import Pull
from rates.services import pulling
from rates.services.pulling import Document
from rates.tasks import pull_rates
from rates.views.requests import DeskRequest
from refidetect.kit import queue

SHOWN_VALUES = 50


@requires("desk.decide_rates")
@require_POST
def pull_now(request: DeskRequest) -> HttpResponse:
    """Asks the worker. Where it can't be reached the page says so: a slow feed must not hold a web thread for minutes."""
    if Lender.current().demo:
        messages.info(request, pulling.DEMO)
        return redirect("rates:rates")
    try:
        queue.hand_over(pull_rates, request.user.pk)
    except queue.QueueDown:
        messages.error(
            request, "Nothing was pulled: the worker's queue can't be reached. Run manage.py pull_rates, or try again."
        )
    else:
        messages.success(request, "The worker is asking the sources. What came of it appears under Pulls; load the page again.")
    return redirect("rates:rates")


@login_required
@require_safe
def pull_detail(request: DeskRequest, pk: int) -> HttpResponse:
    pull = get_object_or_404(Pull.objects.select_related("by"), pk=pk)
    written = pull.rates.order_by("-as_of", "product", "id")
    return render(request, "rates/pull.html", {"pull": pull, "written": written[:SHOWN_VALUES], "count": written.count()})


@requires("desk.decide_rates")
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: DeskRequest) -> HttpResponse:
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["sheet"]
        document = Document(file.name, file.read())
        result = pulling.pull("file", now=timezone.now(), file=document, by=request.user.pk)
        if not result.failed:
            return redirect("rates:pull", pk=result.pull_id)
        form.add_error("sheet", result.message)
    status = 422 if form.errors else 200
    return render(request, "rates/sheet.html", {"form": form, "codes": products.PUBLISHED}, status=status)
