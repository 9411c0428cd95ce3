"""The switch that halts everything: its state on every page, the page that asks for a reason, and letting go."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.rules import requires
from loans.views.requests import DeskRequest
from outreach.forms.outreach_settings import ReasonForm
from outreach.models import Desk
from outreach.services import switching


@login_required
@require_safe
def state(request: DeskRequest) -> HttpResponse:
    """What the shell of every page shows of it: the red bar, and the word in the sidebar's foot. One query."""
    desk = Desk.objects.select_related("halted_by").filter(pk=1).first() or Desk(pk=1)
    return render(request, "outreach/_halt_state.html", {"desk": desk})


@requires("desk.halt")
@require_http_methods(["GET", "HEAD", "POST"])
def halt(request: DeskRequest) -> HttpResponse:
    """Asks for the reason; returns when nothing is on its way any more."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if switching.halt(by=request.user, because=form.cleaned_data["because"], now=timezone.now()):
            messages.success(request, "Everything is halted. Nothing has gone out since.")
        else:
            messages.warning(request, "Everything was halted already.")
        return redirect("outreach:halt")
    return render(request, "outreach/halt.html", {"form": form, "desk": Desk.current()})


@requires("desk.halt")
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: DeskRequest) -> HttpResponse:
    """Asks first; the POST lets sending go on and leads to the settings, not to the question of halting again."""
    if request.method == "POST":
        if switching.resume(by=request.user, now=timezone.now()):
            messages.success(request, "Sending goes on. What waited is asked about again within a minute.")
        else:
            messages.warning(request, "Nothing was halted.")
        return redirect("outreach:settings")
    return render(request, "outreach/halt_resume.html", {"desk": Desk.current()})
