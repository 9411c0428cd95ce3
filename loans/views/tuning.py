"""Tune the threshold: what each choice would open on today's portfolio and may be worth, and applying one from a day on."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Branch, Lender
from accounts.queries import people
from accounts.rules import requires
from loans.domain import tuning as worth
from loans.domain.tuning_sentences import NEVER, sentences
from loans.forms.tuning import EVERY_FAMILY, ApplyForm, Asked, ScopeForm
from loans.models import MatchRun, ProductFamily, Threshold
from loans.queries import counting, threshold_rows
from loans.queries import tuning as counts
from loans.services import tuning as changing
from loans.services.policies import CannotSave
from loans.services.rule_numbers import Entry
from loans.views.requests import DeskRequest
from refidetect.kit import parts

TAKEN_BACK = "Taken back before it began."


@requires("desk.see_rules")
@require_safe
def tune(request: DeskRequest) -> HttpResponse:
    form, today = _scope_form(request, request.GET), Lender.current().today()
    return parts.page_or_part(request, "loans/tune.html", _page(request, form, form.asked(), today))


@requires("desk.see_rules")
@require_POST
def tune_apply(request: DeskRequest) -> HttpResponse:
    """What can't be saved is said beside the form."""
    scope_form, form, today = _scope_form(request, request.POST), ApplyForm(request.POST), Lender.current().today()
    asked = scope_form.asked()
    if scope_form.errors:
        raise Http404
    if not _may_change(request, asked):
        raise PermissionDenied
    if form.is_valid():
        entry = Entry(request.user, today, form.cleaned_data["effective_from"], form.cleaned_data["note"])
        spread = form.cleaned_data["spread"]
        try:
            added = changing.apply(spread, asked.scope, entry, seen=form.cleaned_data["seen"])
        except CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            what = "The wider rule counts again" if added.spread is None else f"{added.spread:.3f} counts"
            day = added.effective_from
            messages.success(request, f"Saved. {what} from {day:%B} {day.day}; until that day it can be undone with a click.")
            return redirect(_address(asked))
    return render(request, "loans/tune.html", _page(request, scope_form, asked, today, form), status=422)


@requires("desk.see_rules")
@require_POST
def tune_undo(request: DeskRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(threshold_rows.visible(request.user), pk=pk)
    if not request.user.has_perm("desk.edit_rules", row.branch):
        raise PermissionDenied
    today = Lender.current().today()
    try:
        changing.take_back(row, Entry(request.user, today, today, TAKEN_BACK))
    except CannotSave as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "Taken back. What counted before goes on.")
    return redirect(_address_of(row))


def _scope_form(request: DeskRequest, data: QueryDict) -> ScopeForm:
    every = request.user.sees_every_branch
    return ScopeForm(data, branches=list(people.branches_of(request.user)), own=None if every else request.user.branch)


def _may_change(request: DeskRequest, asked: Asked) -> bool:
    branch = None if asked.scope.branch_id is None else Branch.objects.get(pk=asked.scope.branch_id)
    return bool(request.user.has_perm("desk.edit_rules", branch))


def _page(
    request: DeskRequest, form: ScopeForm, asked: Asked, today: date, applying: ApplyForm | None = None
) -> dict[str, Any]:
    found = counts.today(asked.scope, today, counting.Counter(request.user, MatchRun.objects.first()))
    rows = threshold_rows.of(asked.scope)
    standing = threshold_rows.standing(rows, today)
    spread = asked.spread or worth.nearest(found.thresholds[0])
    compared = found.compared(spread)
    tomorrow = today + timedelta(days=1)
    active = counts.active_loans(request.user)
    return {
        "form": form,
        "scope": asked.scope,
        "scope_words": _in_words(form, asked),
        "trail": _query(asked),
        "today": today,
        "tomorrow": tomorrow,
        "found": found,
        "choices": found.choices(),
        "spread": spread,
        "spreads": worth.CHOICES,
        "compared": compared,
        "sentences": sentences(compared),
        "never": NEVER,
        "expiring": found.book.expiring(spread),
        "going_on": found.book.going_on(spread),
        "assumed": asked.assumed,
        "worth": worth.worth(compared.qualify, asked.assumed),
        "least": worth.LEAST_REVENUE,
        "most": worth.MOST_REVENUE,
        "active": active,
        "few": 0 < active < worth.FEW_LOANS,
        "standing": standing,
        "may_change": _may_change(request, asked),
        "applying": applying or ApplyForm(initial={"effective_from": tomorrow, "seen": standing.newest}),
        "changes": threshold_rows.changes(request.user, today),
    }


def _in_words(form: ScopeForm, asked: Asked) -> str:
    """`Conventional · Denver`."""
    scope = asked.scope
    family = ProductFamily(scope.family).label if scope.family else "Every product"
    branch = next(label for pk, label in form.fields["branch"].choices if (pk or None) == scope.branch_id)
    bounds = ((scope.balance_from, "from"), (scope.balance_below, "below"))
    return " · ".join([family, branch, *(f"{word} ${amount:,.0f}" for amount, word in bounds if amount is not None)])


def _address(asked: Asked) -> str:
    return f"{reverse('loans:tune')}?{_query(asked)}"


def _query(asked: Asked) -> str:
    return urlencode({name: value for name, value in asked.trail.items() if value is not None})


def _address_of(row: Threshold) -> str:
    named = {
        "branch": row.branch_id,
        "family": row.family or EVERY_FAMILY,
        "balance_from": row.balance_from,
        "balance_below": row.balance_below,
    }
    return f"{reverse('loans:tune')}?{urlencode({name: value for name, value in named.items() if value is not None})}"
