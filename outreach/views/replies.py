"""The inbox: what borrowers said, what is to be decided about it, and whose words it is where no loan fits."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.rules import requires
from loans.queries import opportunities
from loans.views import acting
from loans.views.requests import DeskRequest
from outreach.models import Reply
from outreach.queries import reply_list
from outreach.services import consent, placing, seeing
from outreach.views import rows

VIEWS = {"": "Waiting", "handled": "Done"}


@login_required
@require_safe
def inbox(request: DeskRequest) -> HttpResponse:
    view = "handled" if request.GET.get("view") == "handled" else ""
    context = {
        "lines": reply_list.page(request.user, timezone.now(), handled=view == "handled"),
        "view": view,
        "views": VIEWS.items(),
        "waiting": reply_list.waiting(request.user).count(),
        "may_place": request.user.role in reply_list.MAY_PLACE,
    }
    return render(request, "outreach/replies.html", context)


@requires("desk.converse")
@require_POST
def done(request: DeskRequest, pk: int) -> HttpResponse:
    reply, now = _reply(request, pk), timezone.now()
    if placing.handle(reply, by=request.user, at=now):
        seeing.seen_of(request.user, reply.opportunity_id, at=now)
        acting.say_with_undo(request, "Done.", reverse("outreach:reply_undone", args=[pk]), [])
    else:
        messages.warning(request, "Somebody has dealt with it already, or it needs a decision.")
    return rows.back(request, "outreach:inbox")


@requires("desk.converse")
@require_POST
def undone(request: DeskRequest, pk: int) -> HttpResponse:
    if placing.unhandle(_reply(request, pk), by=request.user):
        messages.success(request, "It waits in the inbox again.")
    return rows.back(request, "outreach:inbox")


@requires("desk.converse")
@require_POST
def settle(request: DeskRequest, pk: int) -> HttpResponse:
    """Was it an opt-out? Both channels are closed, or open as they were."""
    is_opt_out = request.POST.get("answer") == "stop"
    if request.POST.get("answer") not in ("stop", "keep"):
        messages.error(request, "Choose what the words meant.")
    elif not consent.settle_doubt(_reply(request, pk), is_opt_out=is_opt_out, by=request.user, at=timezone.now()):
        messages.warning(request, "Somebody has decided it already.")
    elif is_opt_out:
        messages.success(request, "Stopped. Nothing more goes to this borrower on any channel.")
    else:
        messages.success(request, "Kept. What was open before is open again; the conversation goes on by hand.")
    return rows.back(request, "outreach:inbox")


@requires("desk.converse")
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: DeskRequest, pk: int) -> HttpResponse:
    """Whose words are these: a search among the opportunities one sees."""
    if request.user.role not in reply_list.MAY_PLACE:
        raise PermissionDenied
    reply = _reply(request, pk)
    if request.method == "POST":
        chosen = request.POST.get("opportunity", "")
        row = rows.find(request, int(chosen) if chosen.isascii() and chosen.isdecimal() and len(chosen) < 18 else 0)
        try:
            placing.place(reply, row, by=request.user, at=timezone.now())
        except placing.CannotPlace as error:
            messages.error(request, str(error))
            return redirect("outreach:inbox")
        messages.success(request, "Placed. Its officer has been told.")
        return redirect("loans:opportunity", row.pk)
    return render(request, "outreach/reply_place.html", {"reply": reply, **_found(request)})


def _found(request: DeskRequest) -> dict[str, Any]:
    q = request.GET.get("q", "").strip()[:100]
    found = opportunities.search(opportunities.visible(request.user), q).order_by("-pk")[: reply_list.FINDS] if q else []
    return {"q": q, "found": list(found)}


def _reply(request: DeskRequest, pk: int) -> Reply:
    found: Reply = rows.found(reply_list.visible(request.user).filter(pk=pk).first())
    return found
