"""The numbers of the programs: each with its source and whether somebody has read it there, and a page to say so."""

from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Lender
from accounts.rules import requires
from loans.domain import programs
from loans.forms.rule_numbers import ProgramValueForm
from loans.queries import rule_numbers
from loans.services import rule_numbers as changing
from loans.services.policies import CannotSave
from loans.views.requests import DeskRequest


@requires("desk.see_rules")
@require_safe
def program_values(request: DeskRequest) -> HttpResponse:
    """All of them, or with `?only=unverified` those that nobody has read in their source."""
    standing = rule_numbers.standing(Lender.current().today())
    unverified = [one for one in standing if not one.verified]
    only = request.GET.get("only") == "unverified"
    context = {"rows": unverified if only else standing, "all": standing, "unverified": unverified, "only": only}
    return render(request, "loans/program_values.html", context)


@requires("desk.see_rules")
@require_safe
def program_value(request: DeskRequest, name: str) -> HttpResponse:
    """One number: what counts, what the desk came with, and everything that was said of it."""
    context = _one(name) | {"history": rule_numbers.said_of(name)}
    return render(request, "loans/program_value.html", context)


@requires("desk.edit_program_values")
@require_http_methods(["GET", "HEAD", "POST"])
def program_value_edit(request: DeskRequest, name: str) -> HttpResponse:
    """Another value, or the same one confirmed, from a day on."""
    found = _one(name)
    shipped, standing = found["shipped"], found["standing"]
    given = {"value": _plain(standing.value)}
    form = ProgramValueForm(request.POST or None, shipped=shipped, today=Lender.current().today(), initial=given)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            row = changing.set_program_value(
                name, asked.get("value", Decimal(0)), form.entry(request.user), verified=asked["verified"]
            )  # fmt: skip
        except CannotSave as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Saved. It counts from {date_format(row.effective_from, 'M j, Y')}.")
            return redirect("loans:program_value", name)
    return render(request, "loans/program_value_edit.html", found | {"form": form}, status=422 if form.errors else 200)


def _one(name: str) -> dict[str, object]:
    if name not in programs.BY_NAME:
        raise Http404
    standing = next(one for one in rule_numbers.standing(Lender.current().today()) if one.name == name)
    return {"shipped": programs.BY_NAME[name], "standing": standing}


def _plain(value: Decimal | None) -> Decimal | None:
    """36.000 as 36, as somebody would type it; 0.500 stays."""
    if value is None or value != value.to_integral_value():
        return value
    return value.quantize(Decimal(1))
