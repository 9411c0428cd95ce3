"""A message typed by hand, under what the borrower said last. The gate answers in its own words where it does not go."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.rules import requires
from loans.templatetags.loan_words import client
from loans.views.requests import DeskRequest
from outreach.domain import text_frame
from outreach.forms.composing import MessageForm, token_for
from outreach.models import Channel, TouchState
from outreach.queries import call_list, consent_panel, local_time, reply_list, writing
from outreach.services import composing, seeing
from outreach.views import rows


@requires("desk.converse")
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: DeskRequest, pk: int, channel: str) -> HttpResponse:
    row, now = rows.find(request, pk), timezone.now()
    if channel not in writing.CHANNELS:
        raise Http404
    people = consent_panel.of_loan(row.loan)
    way = writing.way(channel, people, now)
    about = {"row": row.pk, "channel": channel, "user": request.user.pk}
    posted = request.POST if request.method == "POST" else None
    form = MessageForm(posted, channel=channel, people=list(way.people), about=about, initial=_initial(row, way))
    refused = ""
    if way.allowed and form.is_valid():
        try:
            sent = _send(request, row, way, form.cleaned_data, now)
        except composing.CannotWrite as error:
            refused = str(error)
        else:
            if _is_done(request, sent, client(row)):
                seeing.seen_of(request.user, row.pk, at=now)
                return redirect("loans:opportunity", row.pk)
            refused = sent.why or "The provider did not take it."
    context = _context(row, way, people, form, refused, now)
    # What is sent after a refusal is a new message.
    context["token"] = token_for(**about) if refused or not form.is_bound else form["token"].value()
    template = "outreach/_compose.html" if request.htmx and request.method == "GET" else "outreach/compose.html"
    return render(request, template, context, status=422 if refused or (form.is_bound and form.errors) else 200)


def _send(request: DeskRequest, row: Any, way: writing.Way, data: dict[str, Any], now: Any) -> composing.Sent:
    borrower = next(one for one in way.people if one.pk == data["to"])
    return composing.write(
        row,
        borrower,
        Channel(way.channel),
        subject=data.get("subject", ""),
        text=data["text"],
        by=request.user,
        token=data["token"],
        now=now,
    )


def _is_done(request: DeskRequest, sent: composing.Sent, name: str) -> bool:
    """Says what became of it; False where it did not go and may be written again."""
    if sent.went:
        messages.success(request, f"Kept in the sandbox. Nothing went to {name}." if sent.kept else f"Sent to {name}.")
    elif sent.state == TouchState.UNKNOWN:
        messages.warning(request, "The provider did not say whether it took the message. It is not sent again by itself.")
    elif sent.state in TouchState.waiting():
        messages.warning(request, f"The provider is busy. It is tried again for a quarter of an hour. {sent.why}")
    else:
        return False
    return True


def _initial(row: Any, way: writing.Way) -> dict[str, Any]:
    """To whoever wrote last, and under the subject they wrote."""
    said = reply_list.last_words(row)
    to = said.borrower_id if said is not None and said.borrower_id is not None else None
    known = [one.pk for one in way.people]
    subject = f"Re: {said.subject.removeprefix('Re: ')}" if said is not None and said.subject else ""
    return {"to": to if to in known else next(iter(known), None), "subject": subject}


def _context(
    row: Any, way: writing.Way, people: list[consent_panel.Person], form: MessageForm, refused: str, now: Any
) -> dict[str, Any]:
    said, zone = reply_list.last_words(row), local_time.zone_of(row.loan)
    hours = None
    if way.people:
        hours = local_time.hours(row.loan, way.people[0], way.channel, now)
    text = way.channel == Channel.SMS
    way_out = text and not any(
        reply_list.wrote_by_text(bytes(one.phone_lookup), now) for one in way.people if one.phone_lookup is not None
    )
    return {
        "row": row,
        "client": client(row),
        "way": way,
        "form": form,
        "refused": refused,
        "said": said,
        "said_when": local_time.words(said.at, zone, now) if said is not None else "",
        "local_now": local_time.clock(now, zone),
        "hours": call_list.hours_in_words(hours, zone, now) if hours is not None else "",
        "closed": hours is not None and not hours.allowed,
        "stop_line": text_frame.STOP_LINE if way_out else "",
        "several": len(way.people) > 1,
    }
