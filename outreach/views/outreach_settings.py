"""How the desk speaks: by branch, by officer, and of the whole lender. Each change is kept with its person and time."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Branch, Lender, User
from accounts.queries import people
from accounts.rules import requires
from loans.views.requests import DeskRequest
from outreach.forms.outreach_settings import (
    BranchOutreachForm,
    CeilingsForm,
    DomainForm,
    OfficerOutreachForm,
    TextsForm,
)
from outreach.models import Desk, Mode, Sequence
from outreach.queries import readiness
from outreach.services import channels, enrolling, switching

CHANNELS = (("email", "E-mail"), ("sms", "Texts"))


@requires("desk.see_outreach")
@require_safe
def settings(request: DeskRequest) -> HttpResponse:
    """Everything on one page: branches, the lender's limits, domains, texts, providers, officers, history."""
    lender, desk = Lender.current(), Desk.current()
    context = {
        "branches": readiness.branches(request.user),
        "officers": readiness.officers(request.user),
        "desk": desk,
        "domains": readiness.domains(),
        "unlisted": sorted(set(readiness.domains_of_people()) - {row.domain for row in readiness.domains()}),
        "providers": [(label, channels.provider(channel, lender)) for channel, label in CHANNELS],
        "pauses": readiness.pauses(),
        "history": readiness.history(request.user),
        "unverified": readiness.unverified(lender.today()),
        "may_set_desk": request.user.has_perm("desk.set_outreach"),
        "settable": {one.pk for one in people.branches_of(request.user) if request.user.has_perm("desk.set_outreach", one)},
        "ceilings": CeilingsForm(initial={"lender": desk.lender_ceiling, "officer": desk.officer_ceiling}),
    }
    return render(request, "outreach/settings.html", context)


@requires("desk.see_outreach")
@require_http_methods(["GET", "HEAD", "POST"])
def branch(request: DeskRequest, pk: int) -> HttpResponse:
    """One branch. Switching on is asked once more, with what it would begin."""
    found, form = _branch(request, pk)
    if request.method == "POST" and form.is_valid():
        choice = form.choice()
        begins = choice.mode != Mode.OFF and readiness.outreach_of(found).mode == Mode.OFF
        if not begins or "confirm" in request.POST:
            said = switching.set_branch(found, choice, by=request.user, now=timezone.now())
            messages.success(request, f"{found}: {said}." if said else "Nothing changed.")
            return redirect("outreach:settings")
        return render(request, "outreach/settings_confirm.html", _looked_ahead(found, form) | {"branch": found, "form": form})
    context = {"branch": found, "form": form, "row": readiness.outreach_of(found)}
    ahead = _looked_ahead(found, form) if form.is_bound else {}
    return render(request, "outreach/settings_branch.html", context | ahead)


@requires("desk.see_outreach")
@require_safe
def branch_preview(request: DeskRequest, pk: int) -> HttpResponse:
    """What the choice in the form would begin; htmx asks while the person chooses."""
    found = get_object_or_404(people.branches_of(request.user), pk=pk)
    form = BranchOutreachForm(request.GET)
    return render(request, "outreach/_settings_preview.html", _looked_ahead(found, form) | {"branch": found})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def officer(request: DeskRequest, pk: int) -> HttpResponse:
    """Calls only, and a ceiling; for oneself calls only, since a ceiling is set by others."""
    someone, row = _officer(request, pk)
    decides = request.user.has_perm("desk.set_outreach", someone.branch)
    form = OfficerOutreachForm(request.POST or None, row=row, with_ceiling=decides)
    back = "outreach:settings" if decides else "outreach:going_out"
    if request.method == "POST" and form.is_valid():
        said = switching.set_officer(someone, **form.decided(), by=request.user, now=timezone.now())
        messages.success(request, f"{someone}: {said}." if said else "Nothing changed.")
        return redirect(back)
    return render(request, "outreach/settings_officer.html", {"form": form, "someone": someone, "back": reverse(back)})


@requires("desk.set_outreach")
@require_POST
def ceilings(request: DeskRequest) -> HttpResponse:
    form = CeilingsForm(request.POST)
    if form.is_valid():
        said = switching.set_ceilings(**form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, f"{said}." if said else "Nothing changed.")
    else:
        messages.error(request, "Write whole numbers, 0 or more.")
    return redirect("outreach:settings")


@requires("desk.set_outreach")
@require_http_methods(["GET", "HEAD", "POST"])
def domain(request: DeskRequest) -> HttpResponse:
    """A person says that the three records are right; the desk does not look them up."""
    form = DomainForm(request.POST or None, initial={"domain": request.GET.get("domain", "")})
    if request.method == "POST" and form.is_valid():
        switching.verify_domain(form.cleaned_data["domain"], by=request.user, now=timezone.now())
        messages.success(request, f"{form.cleaned_data['domain']} is verified.")
        return redirect("outreach:settings")
    return render(request, "outreach/settings_domain.html", {"form": form})


@requires("desk.set_outreach")
@require_POST
def domain_distrust(request: DeskRequest) -> HttpResponse:
    name = request.POST.get("domain", "")
    switching.distrust_domain(name, by=request.user, now=timezone.now())
    messages.success(request, f"No e-mail goes out from {name} any more.")
    return redirect("outreach:settings")


@requires("desk.set_outreach")
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: DeskRequest) -> HttpResponse:
    desk = Desk.current()
    form = TextsForm(request.POST or None, initial={"campaign_id": desk.campaign_id})
    if request.method == "POST" and form.is_valid():
        switching.attest_texts(form.cleaned_data["campaign_id"], by=request.user, now=timezone.now())
        messages.success(request, "Texts may go out.")
        return redirect("outreach:settings")
    return render(request, "outreach/settings_texts.html", {"form": form})


@requires("desk.set_outreach")
@require_POST
def texts_withdraw(request: DeskRequest) -> HttpResponse:
    switching.withdraw_texts(by=request.user, now=timezone.now())
    messages.success(request, "Texts are held.")
    return redirect("outreach:settings")


@requires("desk.set_outreach")
@require_POST
def provider_resume(request: DeskRequest) -> HttpResponse:
    name = request.POST.get("provider", "")
    if switching.resume_provider(name, by=request.user, now=timezone.now()):
        messages.success(request, f"{name.capitalize()} goes on. What waited for it is tried again.")
    return redirect("outreach:settings")


def _branch(request: DeskRequest, pk: int) -> tuple[Branch, BranchOutreachForm]:
    """Whoever may see it may look; saving asks for more."""
    found = get_object_or_404(people.branches_of(request.user).select_related("outreach__sequence"), pk=pk)
    if not request.user.has_perm("desk.set_outreach", found):
        raise PermissionDenied
    return found, BranchOutreachForm.of(readiness.outreach_of(found), request.POST or None)


def _officer(request: DeskRequest, pk: int) -> tuple[User, Any]:
    for someone, row in readiness.officers(request.user):
        if someone.pk == pk:
            if someone != request.user and not request.user.has_perm("desk.set_outreach", someone.branch):
                raise PermissionDenied
            return someone, row
    return get_object_or_404(User.objects.none(), pk=pk), None


def _looked_ahead(branch: Branch, form: BranchOutreachForm) -> dict[str, Any]:
    if not form.is_valid():
        return {}
    choice = form.choice()
    sequence = choice.sequence or Sequence.objects.filter(slug=enrolling.DEFAULT_SEQUENCE).first()
    lender = Lender.current()
    providers = {channel: channels.provider(channel, lender) for channel in ("email", "sms", "call")}
    return {
        "choice": choice,
        "preview": switching.preview(branch, choice, now=timezone.now()),
        "findings": readiness.findings(branch, sequence, providers) if choice.mode != Mode.OFF else [],
        "sandbox": providers["email"] == channels.SANDBOX,
    }
