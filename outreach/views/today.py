"""Today: who acted, what is to be decided, what moved; beside it the market, what goes out and what else happened."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import Lender
from loans.views.requests import DeskRequest
from outreach.queries import desk_today


@login_required
@require_safe
def today(request: DeskRequest) -> HttpResponse:
    user, now, lender = request.user, timezone.now(), Lender.current()
    on = lender.today()
    standing = desk_today.standing(user, on)
    moved = desk_today.moved(user, standing.run)
    context = {
        "on": on,
        "standing": standing,
        "callers": desk_today.call_now(user, now),
        "to_call": desk_today.to_call(user, now).count(),
        "decisions": list(desk_today.decisions(user, now)),
        "moved": moved,
        "moved_count": sum(part.count for part in moved),
        "going": desk_today.going_out(user, now),
        "happened": desk_today.since_yesterday(user, now),
        "rail": desk_today.rail(on),
    }
    return render(request, "outreach/today.html", context)
