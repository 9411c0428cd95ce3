"""Branches and the lender: names and clocks."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.domain import clocks
from accounts.forms import BranchForm, LenderForm
from accounts.models import Branch, Lender
from accounts.queries import people
from accounts.rules import requires
from accounts.services import branches as saving


@requires("desk.see_people")
def branch_list(request: HttpRequest) -> HttpResponse:
    rows = [(branch, clocks.name_of(branch.time_zone)) for branch in people.branches_of(request.user)]
    return render(request, "accounts/branches.html", {"rows": rows})


@requires("desk.manage_people")
def branch_new(request: HttpRequest) -> HttpResponse:
    return _branch_form(request, Branch(time_zone=Lender.current().time_zone))


@requires("desk.manage_people")
def branch_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _branch_form(request, get_object_or_404(people.branches_of(request.user), pk=pk))


def _branch_form(request: HttpRequest, branch: Branch) -> HttpResponse:
    form = BranchForm(request.POST or None, instance=branch)
    if request.method == "POST" and form.is_valid():
        saving.save_branch(form.instance, by=request.user)
        messages.success(request, "Saved.")
        return redirect("accounts:branches")
    return render(request, "accounts/branch.html", {"form": form, "branch": branch if branch.pk else None})


@requires("desk.manage_people")
def lender(request: HttpRequest) -> HttpResponse:
    form = LenderForm(request.POST or None, instance=Lender.current())
    if request.method == "POST" and form.is_valid():
        saving.save_lender(**form.cleaned_data, by=request.user)
        messages.success(request, "Saved.")
        return redirect("accounts:lender")
    return render(request, "accounts/lender.html", {"form": form})
