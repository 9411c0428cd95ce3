"""How long investors take their premium back: what counts, a new window, taking one back, the history."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Lender
from accounts.rules import requires
from loans.forms.rule_numbers import WindowForm
from loans.models import Policy
from loans.queries import rule_rows
from loans.services import rule_numbers
from loans.services import taking_back as changing
from loans.services.policies import CannotSave
from loans.views import taking_back
from loans.views.requests import DeskRequest


@requires("desk.see_rules")
@require_safe
def investors(request: DeskRequest) -> HttpResponse:
    """The windows, and beside them the investors of the portfolio, so that a name that matches no loan is seen."""
    today = Lender.current().today()
    standing = rule_rows.standing(rule_rows.windows(), today)
    context = {
        "policy": Policy.current(),
        "standing": standing,
        "may_change": {row.pk for row in standing.history} if request.user.has_perm("desk.edit_rules") else set(),
        "investors": rule_rows.investors(request.user, today),
        "most": rule_rows.MOST_INVESTORS,
    }
    return render(request, "loans/investors.html", context)


@requires("desk.edit_rules")
@require_http_methods(["GET", "HEAD", "POST"])
def investor_new(request: DeskRequest) -> HttpResponse:
    """A window from a day on. The address may name the investor it is for."""
    today = Lender.current().today()
    given = {name: request.GET[name] for name in ("investor", "days", "premium_percent") if name in request.GET}
    form = WindowForm(request.POST or None, today=today, initial=given)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = rule_numbers.set_window(
                asked["investor"], asked["days"], asked["premium_percent"], form.entry(request.user)
            )  # fmt: skip
        except CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Saved. It counts from {date_format(row.effective_from, 'M j, Y')}.")
            return redirect("loans:investors")
    context = {"form": form, "investors": rule_rows.investors(request.user, today)}
    return render(request, "loans/investor_new.html", context, status=422 if form.errors else 200)


@requires("desk.edit_rules")
@require_http_methods(["GET", "HEAD", "POST"])
def investor_take_back(request: DeskRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(rule_rows.windows(), pk=pk)
    instead = "From today the usual window counts for this investor's loans."
    return taking_back.ask(request, row, changing.take_back_window, back=("loans:investors", "Investors"), instead=instead)
