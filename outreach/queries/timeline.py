"""Everything between us and a borrower, newest first: the match, touches, replies, bookings, and what was not sent and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from loans.models import EventKind, OpportunityEvent
from outreach.domain import gate
from outreach.domain.gate_facts import Facts
from outreach.models import (
    Alert,
    Appointment,
    AppointmentState,
    CallTask,
    Enrollment,
    EnrollmentState,
    GateAnswer,
    Reading,
    Reply,
    Touch,
    TouchEvent,
    TouchState,
)
from outreach.queries import holds, local_time

MOST = 200
# What these say, the rows of outreach say better.
TOLD_BY_ROWS = (EventKind.CONTACTED, EventKind.ENGAGED, EventKind.BOOKED, EventKind.CANCELED)
CHANNELS = {"email": "e-mail", "sms": "text", "call": "call"}
STATES = {
    TouchState.SENDING: "on its way",
    TouchState.ACCEPTED: "sent",
    TouchState.DELIVERED: "delivered",
    TouchState.BOUNCED: "bounced",
    TouchState.FAILED: "not sent",
    TouchState.SKIPPED: "not sent",
    TouchState.UNKNOWN: "perhaps sent",
    TouchState.ABANDONED: "perhaps sent",
}
STOPS = {
    "reply": "the borrower replied",
    "booking": "a call is booked",
    "confirmed_click": "the borrower looked at times to talk",
    "application": "the borrower applied",
    "opt_out": "the borrower opted out",
    "not_now": "the borrower said not now",
    "by_hand": "somebody stopped it",
    "opportunity_closed": "the opportunity closed",
    "officer_left": "the officer left",
}
READINGS = {
    Reading.WORDS: "Reply",
    Reading.QUESTION: "Question",
    Reading.OPT_OUT: "Opt-out",
    Reading.DOUBTFUL: "Perhaps an opt-out",
    Reading.HELP: "Asked for help",
    Reading.AUTOMATIC: "Answered by a machine",
}


@dataclass(frozen=True)
class Entry:
    """One line. `quote` is the borrower's exact words; a quiet one was no person and counts for nothing."""

    at: datetime
    title: str
    lines: tuple[str, ...] = ()
    quote: str = ""
    note: str = ""
    quiet: bool = False
    when: str = ""


def of(row: Any, now: datetime) -> list[Entry]:
    """The history of the opportunity's loan, newest first, in the borrower's time. Nine queries, however long it is."""
    zone = local_time.zone_of(row.loan)
    found = sorted(_entries(row.loan), key=lambda entry: entry.at, reverse=True)[:MOST]
    return [_dated(entry, zone, now) for entry in found]


def refusal(answer: GateAnswer) -> str:
    """Why the gate said no, in its own words; its name where the facts are of another version."""
    try:
        said = gate.answer(Facts.from_json(answer.facts)).sentence
    except (ValueError, KeyError):
        said = ""
    label = gate.Reason(answer.reason).label if answer.reason in set(gate.Reason) else answer.reason
    return f"{label}: {said}." if said else f"{label}."


def name_of(touch: Any) -> str:
    """Day 4 text, Text by hand, Confirmation."""
    word = CHANNELS[touch.channel]
    if touch.kind == "sequence":
        return f"Day {touch.day} {word}"
    return f"{word.capitalize()} by hand" if touch.kind == "by_hand" else f"{word.capitalize()} that confirms"


def _entries(loan: Any) -> Iterator[Entry]:
    touches = list(
        Touch.objects.filter(opportunity__loan=loan).select_related("officer", "written_by").order_by("-due_at")[:MOST]
    )
    replies = list(Reply.objects.filter(opportunity__loan=loan)[:MOST])
    appointments = list(Appointment.objects.filter(opportunity__loan=loan))
    told = TOLD_BY_ROWS if touches or replies or appointments else ()
    yield from map(_of_event, _events(loan).exclude(kind__in=told)[:MOST])
    yield from (entry for touch in touches if (entry := _of_touch(touch)))
    yield from (entry for event in _touch_events(loan) if (entry := _of_touch_event(event)))
    alerts = {alert.reply_id: alert for alert in Alert.objects.filter(reply__in=replies).order_by("-created_at")}
    yield from (_of_reply(reply, alerts.get(reply.pk)) for reply in replies)
    for appointment in appointments:
        yield from _of_appointment(appointment, local_time.zone_of(loan))
    for run in Enrollment.objects.filter(loan=loan).select_related("sequence", "started_by", "ended_by"):
        yield from _of_run(run)
    refused = GateAnswer.objects.filter(touch__opportunity__loan=loan, send=False).select_related("touch").order_by("-at")
    yield from (_of_refusal(answer) for answer in refused[:MOST] if answer.touch.state not in (TouchState.SKIPPED,))
    done = CallTask.objects.filter(opportunity__loan=loan, done_at__isnull=False, done_by__isnull=False)
    yield from map(_of_call, done.select_related("done_by"))


def _events(loan: Any) -> Any:
    return OpportunityEvent.objects.filter(opportunity__loan=loan).select_related("by", "opportunity")


def _touch_events(loan: Any) -> Any:
    known = TouchEvent.objects.filter(touch__opportunity__loan=loan).exclude(kind__in=("processed", "delivered", "sent"))
    return known.select_related("touch").order_by("-at")[:MOST]


def _of_event(event: Any) -> Entry:
    by = (str(event.by),) if event.by else ("By the match",) if event.run_id else ()
    if holds.is_one(event):
        return Entry(event.at, event.text.rstrip("."), by)
    if event.kind == EventKind.NOTE:
        return Entry(event.at, "Note", by, note=event.text)
    lines = [event.text] if event.text else []
    row = event.opportunity
    if event.kind == EventKind.OPENED and row.opened_market_rate is not None:
        lines.append(f"Market {row.opened_market_rate:.2f}%; note rate {row.note_rate:.3f}%.")
    return Entry(event.at, "Opportunity opened" if event.kind == EventKind.OPENED else event.get_kind_display(), (*lines, *by))


def _of_touch(touch: Any) -> Entry | None:
    word = STATES.get(TouchState(touch.state))
    if word is None:
        return None
    lines = []
    if touch.state in (TouchState.ACCEPTED, TouchState.DELIVERED) and touch.channel == "email":
        lines.append(f"From {touch.officer.email}.")
    if touch.written_by is not None:
        lines.append(f"Written by {touch.written_by}.")
    if touch.detail:
        lines.append(_sentence(STOPS.get(touch.detail, touch.detail)))
    if touch.provider == "sandbox" and touch.sent_at:
        lines.append("Sandbox: kept here, sent to nobody.")
    title = (
        f"{name_of(touch)} {word}" if touch.channel != "call" else f"{name_of(touch)} {'asked for' if touch.sent_at else word}"
    )
    return Entry(touch.sent_at or touch.settled_at or touch.due_at, title, tuple(lines), quiet=not touch.sent_at)


def _of_touch_event(event: Any) -> Entry | None:
    about = f"{name_of(event.touch)}."
    if event.kind in ("opened", "clicked") and (event.machine or (event.kind == "clicked" and not event.confirmed)):
        title = "Opened by a machine" if event.kind == "opened" else "Link followed by a program"
        return Entry(event.at, title, (f"{about} Not counted.",), quiet=True)
    titles: dict[str, str] = {
        "opened": "Opened",
        "clicked": "Looked at the estimate",
        "times": "Looked at times to talk",
        "complained": "Reported as unwanted",
        "unsubscribed": "Unsubscribed",
        "bounced": "Bounced",
        "dropped": "Dropped by the provider",
        "failed": "Failed",
    }
    known = titles.get(event.kind)
    return Entry(event.at, known, tuple(filter(None, (about, event.detail)))) if known else None


def _of_reply(reply: Reply, alert: Any) -> Entry:
    by = {"email": "by e-mail", "sms": "by text", "call": "by phone"}[reply.channel]
    reading = Reading(reply.reading)
    title = READINGS[reading] if reading == Reading.AUTOMATIC else f"{READINGS[reading]} {by}"
    if reading == Reading.QUESTION:
        title = "Question from the estimate page"
    lines = []
    if alert is not None:
        lines.append(f"The officer was told in {_span(alert.created_at - alert.acted_at)}.")
    if reading == Reading.AUTOMATIC:
        lines.append("Not counted.")
    return Entry(reply.at, title, tuple(lines), quote=reply.text, quiet=reading == Reading.AUTOMATIC)


def _of_appointment(row: Appointment, zone: ZoneInfo) -> Iterator[Entry]:
    local = row.starts_at.astimezone(zone)
    on = f"{local:%A, %B} {local.day}, {local_time.clock(row.starts_at, zone)}."
    yield Entry(row.booked_at, "Call booked", (on,))
    if row.state == AppointmentState.CANCELED and row.canceled_at is not None:
        yield Entry(row.canceled_at, "Call canceled", (on,))


def _of_run(run: Any) -> Iterator[Entry]:
    by = f"By {run.started_by}." if run.started_by else "By the desk."
    yield Entry(run.started_at, "Conversation started", (f"{run.sequence.title}.", by))
    if run.ended_at is None:
        return
    if run.state == EnrollmentState.STOPPED:
        by = f"By {run.ended_by}." if run.ended_by else ""
        lines = (_sentence(STOPS.get(run.stop_reason, run.stop_reason)), by)
        yield Entry(run.ended_at, "Conversation stopped", tuple(filter(None, lines)))
    else:
        yield Entry(run.ended_at, f"Conversation {run.get_state_display().lower()}")


def _of_refusal(answer: Any) -> Entry:
    return Entry(answer.at, f"{name_of(answer.touch)} not sent yet", (refusal(answer),), quiet=True)


def _of_call(task: Any) -> Entry:
    return Entry(task.done_at, "Call", (_sentence(task.outcome.replace("_", " ")), f"By {task.done_by}."))


def _dated(entry: Entry, zone: ZoneInfo, now: datetime) -> Entry:
    when = local_time.words(entry.at, zone, now)
    return Entry(entry.at, entry.title, entry.lines, entry.quote, entry.note, entry.quiet, when)


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _span(length: Any) -> str:
    seconds = max(0, round(length.total_seconds()))
    if seconds < 120:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    minutes = seconds // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
