"""What a person does with one opportunity: archive, snooze, bring back, note. POST and redirect; each can be undone."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Lender
from accounts.rules import requires
from loans.forms.acting import ArchiveForm, NoteForm, SnoozeForm
from loans.models import Opportunity
from loans.queries import counting, opportunities
from loans.services import acting
from loans.templatetags.loan_words import client
from loans.views import filters
from loans.views.addresses import with_trail
from loans.views.requests import DeskRequest

GET_OR_POST = ["GET", "HEAD", "POST"]


@requires("desk.work_opportunities")
@require_http_methods(GET_OR_POST)
def archive(request: DeskRequest, pk: int) -> HttpResponse:
    row, today = _row(request, pk), Lender.current().today()
    form = ArchiveForm(request.POST or None)
    if not form.is_valid():
        return _ask(request, "loans/opportunity_archive.html", row, form)
    done = _try(request, lambda: acting.archive(row, **form.cleaned_data, by=request.user, today=today))
    return _back(request, row, f"{client(row)} is archived." if done else "", undo=True)


@requires("desk.work_opportunities")
@require_http_methods(GET_OR_POST)
def snooze(request: DeskRequest, pk: int) -> HttpResponse:
    row, today = _row(request, pk), Lender.current().today()
    form = SnoozeForm(request.POST or None, today=today)
    if not form.is_valid():
        return _ask(request, "loans/opportunity_snooze.html", row, form)
    until = form.cleaned_data["until"]
    done = _try(request, lambda: acting.snooze(row, until=until, by=request.user, today=today))
    return _back(request, row, f"{client(row)} comes back on {until:%B} {until.day}, {until.year}." if done else "", undo=True)


@requires("desk.work_opportunities")
@require_POST
def bring_back(request: DeskRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    done = _try(request, lambda: acting.bring_back(row, by=request.user))
    return _back(request, row, f"{client(row)} is back in the queue." if done else "")


@requires("desk.note_opportunities")
@require_POST
def note(request: DeskRequest, pk: int) -> HttpResponse:
    row, form = _row(request, pk), NoteForm(request.POST)
    if form.is_valid():
        _try(request, lambda: acting.note(row, text=form.cleaned_data["text"], by=request.user))
    else:
        messages.error(request, " ".join(form.errors["text"]))
    return _back(request, row)


def say_with_undo(request: DeskRequest, text: str, action: str, pks: list[int]) -> None:
    """A message with a button that brings those rows back."""
    context = {"text": text, "action": action, "pks": pks}
    messages.success(request, render_to_string("loans/_opp_undo.html", context, request=request))


def _row(request: DeskRequest, pk: int) -> Opportunity:
    return get_object_or_404(opportunities.visible(request.user), pk=pk)


def _trail(request: DeskRequest) -> str:
    return filters.asked(request, Lender.current().today()).trail


def _ask(request: DeskRequest, template: str, row: Opportunity, form: Any) -> HttpResponse:
    """The form, in the dialog or as a page of its own."""
    context = {"row": row, "rows": [row], "client": client(row), "form": form, "trail": _trail(request)}
    context["action"] = with_trail(request.path, context["trail"])
    part = request.htmx and request.method != "POST"
    return render(request, template.replace("/", "/_", 1) if part else template, context, status=422 if form.errors else 200)


def _try(request: DeskRequest, act: Callable[[], None]) -> bool:
    try:
        act()
    except acting.CannotAct as refusal:
        messages.error(request, str(refusal))
        return False
    counting.forget(request.user)
    return True


def _back(request: DeskRequest, row: Opportunity, text: str = "", *, undo: bool = False) -> HttpResponse:
    trail = _trail(request)
    if text and undo:
        say_with_undo(request, text, with_trail(reverse("loans:bring_back", args=[row.pk]), trail), [])
    elif text:
        messages.success(request, text)
    return redirect(with_trail(reverse("loans:opportunity", args=[row.pk]), trail))
