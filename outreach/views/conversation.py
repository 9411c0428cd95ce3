"""The conversation about one opportunity: what happened, what comes next, by what the borrower may be reached; and its acts."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Lender
from accounts.rules import requires
from loans.templatetags.loan_words import client
from loans.views import acting
from loans.views.requests import DeskRequest
from outreach.domain import liquid
from outreach.forms.calls import OutcomeForm
from outreach.queries import call_list, consent_panel, gate_reading, local_time, next_touch, timeline, touch_reading, writing
from outreach.services import enrolling, filling, stopping
from outreach.views import rows
from refidetect.kit import parts


@login_required
@require_safe
def conversation(request: DeskRequest, pk: int) -> HttpResponse:
    row, now = rows.find(request, pk), timezone.now()
    people, following = consent_panel.of_loan(row.loan), next_touch.of(row, now)
    preview, missing = _preview(following)
    context = {
        "row": row,
        "client": client(row),
        "entries": timeline.of(row, now),
        "next": following,
        "may_start": row.status in gate_reading.OPEN_TO_TOUCHES,
        "preview": preview,
        "missing": missing,
        "people": people,
        "first": people[0] if people else None,
        "ways": writing.ways(people, now),
        "calls": next_touch.open_calls(row),
        "local": _local(row, people, now),
        "outcomes": OutcomeForm().fields["outcome"].choices,  # type: ignore[attr-defined]
    }
    return parts.page_or_part(request, "outreach/conversation.html", context)


@requires("desk.converse")
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: DeskRequest, pk: int) -> HttpResponse:
    row = rows.find(request, pk)
    if request.method != "POST":
        return _ask(request, row, "start")

    def begin() -> str:
        run = enrolling.start(row.pk, by=request.user, now=timezone.now())
        return f"The conversation with {client(row)} begins: {run.sequence.title}. Its first message goes as the hours allow."

    return _do(request, row, begin, "outreach:stop_now")


@requires("desk.converse")
@require_POST
def pause(request: DeskRequest, pk: int) -> HttpResponse:
    row = rows.find(request, pk)

    def hold() -> str:
        return f"Paused. Nothing goes to {client(row)} by the sequence until it is resumed." if _pause(row, request) else ""

    return _do(request, row, hold, "outreach:resume", "This conversation was not running.")


@requires("desk.converse")
@require_POST
def resume(request: DeskRequest, pk: int) -> HttpResponse:
    row = rows.find(request, pk)

    def go_on() -> str:
        run = next_touch.of(row, timezone.now()).run
        return (
            f"The conversation with {client(row)} goes on."
            if run is not None and stopping.resume(run.pk, by=request.user)
            else ""
        )

    return _do(request, row, go_on, "outreach:pause", "This conversation was not paused.")


@requires("desk.converse")
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: DeskRequest, pk: int) -> HttpResponse:
    row = rows.find(request, pk)
    return _ask(request, row, "stop") if request.method != "POST" else stop_now(request, pk)


@requires("desk.converse")
@require_POST
def stop_now(request: DeskRequest, pk: int) -> HttpResponse:
    row = rows.find(request, pk)

    def end() -> str:
        done = stopping.stop([row.loan_id], stopping.Why.BY_HAND, at=timezone.now(), by=request.user)
        if not done.enrollments:
            return ""
        took = f" {done.touches} planned message{'' if done.touches == 1 else 's'} taken back." if done.touches else ""
        return f"Stopped.{took} Nothing more goes to this household by the sequence."

    return _do(request, row, end, "", "Nothing was running.")


def _pause(row: Any, request: DeskRequest) -> bool:
    run = next_touch.of(row, timezone.now()).run
    return run is not None and stopping.pause(run.pk, by=request.user, detail=f"by {request.user}")


def _do(request: DeskRequest, row: Any, act: Callable[[], str], undo: str, refused: str = "") -> HttpResponse:
    """The act, what it says, and a button that takes it back where there is one."""
    try:
        said = act()
    except enrolling.CannotEnroll as error:
        messages.error(request, str(error))
        said = ""
    else:
        if said and undo:
            acting.say_with_undo(request, said, reverse(undo, args=[row.pk]), [])
        elif said:
            messages.success(request, said)
        else:
            messages.warning(request, refused)
    return redirect("loans:opportunity", row.pk)


def _ask(request: DeskRequest, row: Any, act: str) -> HttpResponse:
    """The question in the dialog, or as a page of its own."""
    now = timezone.now()
    following = next_touch.of(row, now)
    context = {"row": row, "client": client(row), "act": act, "next": following}
    return render(request, "outreach/_conversation_ask.html" if request.htmx else "outreach/conversation_ask.html", context)


def _preview(following: next_touch.Next) -> tuple[Any, str]:
    """The message as it would go today, or what it lacks."""
    if following.touch is None or following.touch.channel == "call":
        return None, ""
    try:
        filled = filling.fill_best(touch_reading.touch(following.touch.pk), Lender.current())
    except liquid.CannotRender as error:
        return None, str(error)
    return filled, "" if filled is not None else "No template of this step is approved yet."


def _local(row: Any, people: list[Any], now: Any) -> dict[str, str]:
    """The borrower's clock, and until when somebody may call."""
    zone = local_time.zone_of(row.loan)
    words = {"now": local_time.clock(now, zone), "place": row.loan.property_city or row.loan.property_state, "hours": ""}
    if people:
        verdict = local_time.hours(row.loan, people[0].borrower, "call", now)
        words["hours"] = call_list.hours_in_words(verdict, zone, now)
    return words
