"""The page that asks before a branch's costs or an investor's window are taken back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Lender
from loans.forms.rule_numbers import TakeBackForm
from loans.queries import rule_rows
from loans.services.policies import CannotSave
from loans.services.rule_numbers import Entry
from loans.views.requests import DeskRequest


def ask(
    request: DeskRequest, row: rule_rows.Row, act: Callable[[Any, Entry], None], *, back: tuple[str, str], instead: str
) -> HttpResponse:
    """Asks why, and takes the row back; `back` names the list, `instead` says what counts then for a row that has begun."""
    today = Lender.current().today()
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(row, Entry(request.user, today, today, form.cleaned_data["note"]))
        except CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Taken back. It stays in the history.")
            return redirect(back[0])
    context = {"form": form, "row": row, "planned": row.effective_from > today, "back": back, "instead": instead}
    return render(request, "loans/rule_row_take_back.html", context, status=422 if form.errors else 200)
