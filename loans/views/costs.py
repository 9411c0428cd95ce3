"""What a refinance costs, by branch, state and program: what counts, an example, a new row, taking one back, the history."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Branch, Lender
from accounts.queries import people
from accounts.rules import requires
from loans.forms.rule_numbers import CostForm, ExampleForm
from loans.models import Policy
from loans.queries import rule_rows
from loans.services import rule_numbers
from loans.services import taking_back as changing
from loans.services.policies import CannotSave
from loans.views import taking_back
from loans.views.requests import DeskRequest
from refidetect.kit import parts

CHANGE = "desk.edit_rules"


@requires("desk.see_rules")
@require_safe
def costs(request: DeskRequest) -> HttpResponse:
    """Narrowest first, as they are asked; htmx gets the example alone."""
    today = Lender.current().today()
    standing = rule_rows.standing(rule_rows.costs(request.user), today)
    settable = {one.pk for one in _settable(request)}
    lenders = request.user.has_perm(CHANGE)
    form = ExampleForm(request.GET, branches=list(people.branches_of(request.user)))
    context = {
        "policy": Policy.current(),
        "standing": standing,
        "may_change": {row.pk for row in standing.history if (row.branch_id in settable if row.branch_id else lenders)},
        "may_add": lenders or bool(settable),
        "form": form,
        "example": rule_rows.example(today, **form.chosen()),
        "today": today,
    }
    return parts.page_or_part(request, "loans/costs.html", context)


@requires("desk.see_rules")
@require_http_methods(["GET", "HEAD", "POST"])
def cost_new(request: DeskRequest) -> HttpResponse:
    """A row from a day on. The address may name the loans it is for."""
    branches, everywhere = _settable(request), request.user.has_perm(CHANGE)
    if not branches and not everywhere:
        raise PermissionDenied
    given = {name: request.GET[name] for name in ("branch", "state", "program", "fixed", "percent") if name in request.GET}
    form = CostForm(
        request.POST or None, branches=branches, everywhere=everywhere, today=Lender.current().today(), initial=given
    )
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        branch = next((one for one in branches if one.pk == asked["branch"]), None)
        try:
            row = rule_numbers.set_cost(
                asked["fixed"], asked["percent"], form.entry(request.user),
                branch=branch, state=asked["state"], program=asked["program"],
            )  # fmt: skip
        except CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Saved. It counts from {date_format(row.effective_from, 'M j, Y')}.")
            return redirect("loans:costs")
    return render(request, "loans/cost_new.html", {"form": form}, status=422 if form.errors else 200)


@requires("desk.see_rules")
@require_http_methods(["GET", "HEAD", "POST"])
def cost_take_back(request: DeskRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(rule_rows.costs(request.user), pk=pk)
    if not request.user.has_perm(CHANGE, row.branch):
        raise PermissionDenied
    instead = "From today the next broader row counts for these loans, or the lender's usual costs."
    return taking_back.ask(request, row, changing.take_back_cost, back=("loans:costs", "Costs"), instead=instead)


def _settable(request: DeskRequest) -> list[Branch]:
    """The branches whose costs the person may set."""
    return [one for one in people.branches_of(request.user) if request.user.has_perm(CHANGE, one)]
