"""What a person does with the ticked rows of the queue: the same acts, asked about once."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import Lender
from accounts.rules import requires
from loans.forms.acting import ArchiveForm, SnoozeForm
from loans.models import Opportunity
from loans.queries import counting, opportunities
from loans.services import acting, acting_on_many
from loans.templatetags.loan_words import client
from loans.views import filters
from loans.views.acting import say_with_undo
from loans.views.addresses import ticked, with_trail
from loans.views.requests import DeskRequest

NAMED = 8


@requires("desk.work_opportunities")
@require_POST
def archive(request: DeskRequest) -> HttpResponse:
    form = ArchiveForm(request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        return _ask(request, "archive", form)
    today = Lender.current().today()
    return _do(request, partial(acting.archive, **form.cleaned_data, by=request.user, today=today), "archived", undo=True)


@requires("desk.work_opportunities")
@require_POST
def snooze(request: DeskRequest) -> HttpResponse:
    today = Lender.current().today()
    form = SnoozeForm(request.POST if "confirmed" in request.POST else None, today=today)
    if not form.is_valid():
        return _ask(request, "snooze", form)
    return _do(request, partial(acting.snooze, **form.cleaned_data, by=request.user, today=today), "snoozed", undo=True)


@requires("desk.work_opportunities")
@require_POST
def bring_back(request: DeskRequest) -> HttpResponse:
    return _do(request, partial(acting.bring_back, by=request.user), "back in the queue")


def _rows(request: DeskRequest) -> list[Opportunity]:
    return list(opportunities.visible(request.user).filter(pk__in=ticked(request)).order_by("loan_number"))


def _ask(request: DeskRequest, act: str, form: Any) -> HttpResponse:
    """The form with whom it is about, in the dialog or as a page of its own."""
    rows = _rows(request)
    if not rows:
        messages.warning(request, "Select at least one row.")
        return redirect(_queue(request))
    names = [client(row) for row in rows[:NAMED]]
    context = {"rows": rows, "names": names, "more": len(rows) - len(names), "form": form, "action": request.get_full_path()}
    part = "_" if request.htmx else ""
    return render(request, f"loans/{part}opportunity_{act}.html", context, status=422 if form.errors else 200)


def _do(request: DeskRequest, act: Callable[[Opportunity], None], word: str, *, undo: bool = False) -> HttpResponse:
    outcome = acting_on_many.each(_rows(request), act)
    counting.forget(request.user)
    if outcome.done:
        text = f"{len(outcome.done)} {'is' if len(outcome.done) == 1 else 'are'} {word}."
        if undo:
            address = reverse("loans:bring_back_many")
            say_with_undo(
                request, text, with_trail(address, filters.asked(request, Lender.current().today()).trail), outcome.done
            )
        else:
            messages.success(request, text)
    for refusal in outcome.refused[:NAMED]:
        messages.error(request, refusal)
    return redirect(_queue(request))


def _queue(request: DeskRequest) -> str:
    return with_trail(reverse("loans:queue"), filters.asked(request, Lender.current().today()).trail)
