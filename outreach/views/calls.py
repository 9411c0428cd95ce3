"""The calls that wait, what came of them, and calls that nobody had planned."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import requires
from loans.templatetags.loan_words import client
from loans.views import acting
from loans.views.requests import DeskRequest
from outreach.forms.calls import OutcomeForm
from outreach.queries import call_list, consent_panel
from outreach.services import calling
from outreach.views import rows

OUTCOMES = list(calling.OUTCOMES.items())


@login_required
@require_safe
def calls(request: DeskRequest) -> HttpResponse:
    context = {"calls": call_list.page(request.user, timezone.now()), "outcomes": OUTCOMES}
    return render(request, "outreach/calls.html", context)


@requires("desk.converse")
@require_POST
def outcome(request: DeskRequest, pk: int) -> HttpResponse:
    task, form = rows.found(call_list.find(request.user, pk)), OutcomeForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what came of the call.")
        return rows.back(request, "outreach:calls")
    chosen = form.cleaned_data["outcome"]
    try:
        calling.record(task, chosen, by=request.user, now=timezone.now())
    except calling.CannotRecord as error:
        messages.error(request, str(error))
        return rows.back(request, "outreach:calls")
    _say(request, chosen, task.pk)
    return rows.back(request, "outreach:calls")


@requires("desk.converse")
@require_POST
def undo(request: DeskRequest, pk: int) -> HttpResponse:
    if calling.undo(rows.found(call_list.find(request.user, pk)), by=request.user):
        messages.success(request, "The call waits again.")
    else:
        messages.error(request, "This can't be taken back here.")
    return rows.back(request, "outreach:calls")


@requires("desk.converse")
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: DeskRequest, pk: int) -> HttpResponse:
    """A call of one's own accord, written down."""
    row = rows.find(request, pk)
    people = consent_panel.of_loan(row.loan)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        who: Any = next((person.borrower for person in people if person.borrower.phone), None)
        calling.log(row, who, form.cleaned_data["outcome"], by=request.user, now=timezone.now(), text=form.cleaned_data["text"])
        _say(request, form.cleaned_data["outcome"], None)
        return redirect("loans:opportunity", row.pk)
    context = {"row": row, "client": client(row), "form": form, "outcomes": OUTCOMES}
    part = request.htmx and request.method == "GET"
    template = "outreach/_calls_log.html" if part else "outreach/calls_log.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _say(request: DeskRequest, chosen: str, task_id: int | None) -> None:
    said = f"{calling.OUTCOMES[chosen]}. Written down."
    if chosen in calling.CLOSE_THE_NUMBER:
        messages.success(request, f"{said} Neither calls nor texts go to this number any more.")
    elif task_id is not None:
        acting.say_with_undo(request, said, reverse("outreach:call_undo", args=[task_id]), [])
    else:
        messages.success(request, said)
