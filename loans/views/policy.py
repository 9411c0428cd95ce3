"""The rules: the numbers in force, what they mean in months, a new version, and the history."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Lender
from accounts.rules import requires
from loans.forms.policy import PolicyForm
from loans.models import Policy
from loans.queries import policies
from loans.services import policies as changing
from loans.views.requests import DeskRequest


@requires("desk.see_rules")
@require_safe
def policy(request: DeskRequest) -> HttpResponse:
    current = Policy.current()
    context = {"policy": current, "history": policies.history(), **_examples(current)}
    return render(request, "loans/policy.html", context)


@requires("desk.edit_policy")
@require_http_methods(["GET", "HEAD", "POST"])
def policy_edit(request: DeskRequest) -> HttpResponse:
    current = Policy.current()
    start = {name: getattr(current, name) for name in policies.LABELS} | {"seen": current.pk}
    form = PolicyForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            changing.save(
                form.numbers(), note=form.cleaned_data["note"], by=request.user, seen=form.cleaned_data["seen"],
                options=form.options(),
            )  # fmt: skip
        except changing.CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. The next run goes by these numbers.")
            return redirect("loans:policy")
    context = {
        "form": form,
        "narrow": True,
        "examples": policies.examples(current, Lender.current().today()),
        "months": policies.EXAMPLE_MONTHS,
    }
    return render(request, "loans/policy_edit.html", context, status=422 if form.errors else 200)


@requires("desk.edit_policy")
@require_safe
def policy_examples(request: DeskRequest) -> HttpResponse:
    """The examples for the numbers that somebody is typing."""
    form = PolicyForm(request.GET)
    form.is_valid()
    return render(request, "loans/_policy_examples.html", {"narrow": True, **_examples(form.draft())})


def _examples(numbers: Policy) -> dict[str, Any]:
    return {"examples": policies.examples(numbers, Lender.current().today()), "months": policies.EXAMPLE_MONTHS}
