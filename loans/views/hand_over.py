"""Handing an officer's loans over, with or without the officer leaving."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.queries import people
from accounts.rules import requires
from accounts.services.people import CannotChange
from loans.forms.hand_over import HandOverForm
from loans.queries import hand_over as handing
from loans.services import handing_over
from loans.views.requests import DeskRequest


@requires("desk.hand_over_loans")
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: DeskRequest, pk: int) -> HttpResponse:
    """Says how much moves and asks to whom; the POST moves it."""
    leaver = get_object_or_404(people.people_of(request.user), pk=pk)
    form = HandOverForm(
        request.POST or None,
        successors=handing.successors(leaver, request.user),
        may_deactivate=_may_deactivate(request.user, leaver),
        leaver=leaver,
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = handing_over.hand_over(
                leaver, form.successor, by=request.user, deactivate=form.ends_access, now=timezone.now()
            )
        except (handing_over.CannotHandOver, CannotChange) as refusal:
            form.add_error(None, str(refusal))
        else:
            gone = f" {leaver} can no longer sign in." if form.ends_access else ""
            messages.success(request, f"{moved:,} loans went to {form.successor or 'the branch manager'}.{gone}")
            return redirect("accounts:person", pk)
    context = {"leaver": leaver, "form": form, "moves": handing.moves(leaver)}
    return render(request, "loans/hand_over.html", context, status=422 if form.errors else 200)


def _may_deactivate(user: User, leaver: User) -> bool:
    return user.has_perm("desk.manage_people") and leaver.is_active and leaver != user
