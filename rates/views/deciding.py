"""Accepting a held value, or keeping the old one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.rules import requires
from rates.forms import DecisionForm
from rates.queries import records
from rates.services import deciding
from rates.views.requests import DeskRequest

CHANGED = "Somebody decided on that value already, or the source changed it. Look again."


@requires("desk.decide_rates")
@require_POST
def decide(request: DeskRequest, pk: int) -> HttpResponse:
    rate = get_object_or_404(records.history(), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return HttpResponse("decision is accept or keep, value is a rate.", status=400, content_type="text/plain")
    value, accept = form.cleaned_data["value"], form.cleaned_data["decision"] == "accept"
    act = deciding.approve if accept else deciding.reject
    try:
        counted = act(rate.pk, value=value, by=request.user.pk, now=timezone.now())
    except deciding.CannotAccept as error:
        messages.error(request, str(error))
        return redirect("rates:rates")
    if not counted:
        messages.warning(request, CHANGED)
    elif accept:
        messages.success(request, f"{rate.get_product_display()} {value:.3f}% counts from the next match on.")
    else:
        messages.success(request, f"{rate.get_product_display()} {value:.3f}% was refused; the old rate stands.")
    return redirect("rates:rates")
