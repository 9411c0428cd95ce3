"""Whom to call first: the opportunities by how far the borrower came towards us, each with the reason in a line."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.models import User
from loans.models import Borrower, Engagement, Opportunity
from loans.queries import opportunities as loan_rows
from outreach.models import Appointment, AppointmentState, Reading, Reply
from outreach.queries import call_list, consent_panel, local_time, past_calls

PAGE = 100
PASSED = "Call passed, note the outcome"
VIEWS: dict[str, tuple[str, Engagement]] = {
    "": ("Acted", Engagement.OPENED),
    "replied": ("Replied or booked", Engagement.REPLIED),
    "clicked": ("Looked at the estimate", Engagement.CLICKED),
    "opened": ("Opened", Engagement.OPENED),
    "sent": ("Contacted", Engagement.SENT),
}
"""The views by name: label, and the engagement from which they count. All but the first and "replied" are of that one alone."""


@dataclass(frozen=True)
class Caller:
    """One row with everything needed to call: who, where, at which hour of theirs, why, and what is allowed."""

    row: Any
    person: Any
    name: str
    place: str
    local_now: str
    hours: str
    lead: str
    quote: str
    # A booked call is over, and nobody has noted what came of it.
    call_passed: bool = False

    @property
    def borrower(self) -> Any:
        return self.person.borrower if self.person else None

    @property
    def no_text(self) -> str:
        """Why no text can go; empty where one can. Who wrote first may be answered without consent."""
        if self.person is None:
            return "The file names nobody on this loan."
        line = self.person.line("sms")
        return "" if line.allowed or (self.quote and not line.closed) else str(line.why)

    @property
    def no_mail(self) -> str:
        """The same of e-mail."""
        if self.person is None:
            return "The file names nobody on this loan."
        line = self.person.line("email")
        return "" if line.allowed else str(line.why)


def rows(user: User, view: str, now: datetime) -> QuerySet[Opportunity]:
    """What the user has to work on, of a view, less booked calls that are done; the furthest first, then the newest act."""
    from_here = VIEWS.get(view, VIEWS[""])[1]
    found = past_calls.less_those_done(loan_rows.queue(user), now).order_by(
        "-engagement", F("engaged_at").desc(nulls_last=True), "loan_number"
    )
    if view in ("clicked", "opened", "sent"):
        return found.filter(engagement=from_here)
    return found.filter(engagement__gte=from_here)


def counts(user: User, now: datetime) -> dict[str, int]:
    """How many stand under each view. One query."""
    asked = {view or "acted": Count("pk", filter=_in_view(view, from_here)) for view, (_, from_here) in VIEWS.items()}
    counted = past_calls.less_those_done(Opportunity.objects.visible_to(user).in_queue(), now).aggregate(**asked)
    return {view: counted[view or "acted"] for view in VIEWS}


def callers(found: QuerySet[Opportunity], now: datetime) -> list[Caller]:
    """Six queries, however many rows; two more where a booked call is over."""
    people = Prefetch("loan__borrowers", Borrower.objects.order_by("position"), to_attr="people")
    known: list[Any] = list(found.select_related("loan__officer__branch").prefetch_related(people))
    for row in known:
        for one in row.loan.people:
            one.loan = row.loan
    reach = {person.borrower.pk: person for person in consent_panel.of([one for row in known for one in row.loan.people])}
    words, booked = _last_words(known), _booked(known)
    passed = past_calls.without_outcome(booked.values(), now)
    return [
        replace(caller, lead=PASSED, call_passed=True) if row.pk in passed and row.engagement == Engagement.BOOKED else caller
        for row in known
        for caller in [_caller(row, reach, words.get(row.pk), booked.get(row.pk), now)]
    ]


def _in_view(view: str, from_here: Engagement) -> Q:
    if view in ("clicked", "opened", "sent"):
        return Q(engagement=from_here)
    return Q(engagement__gte=from_here)


def _last_words(known: list[Any]) -> dict[int, Reply]:
    said = Reply.objects.filter(opportunity__in=known).exclude(reading=Reading.AUTOMATIC)
    newest = said.order_by("opportunity", "-at", "-pk").distinct("opportunity")
    return {reply.opportunity_id: reply for reply in newest if reply.opportunity_id is not None}


def _booked(known: list[Any]) -> dict[int, Appointment]:
    agreed = Appointment.objects.filter(opportunity__in=known, state=AppointmentState.BOOKED)
    return {one.opportunity_id: one for one in agreed.order_by("starts_at")}


def _caller(row: Any, reach: dict[int, Any], words: Reply | None, booked: Appointment | None, now: datetime) -> Caller:
    loan = row.loan
    zone = local_time.zone_of(loan)
    who = next((one for one in loan.people if one.phone), loan.people[0] if loan.people else None)
    hours = ""
    if who is not None:
        hours = call_list.hours_in_words(local_time.hours(loan, who, "call", now), zone, now)
    lead, quote = _reason(row, words, booked, zone, now)
    return Caller(
        row=row,
        person=reach.get(who.pk) if who is not None else None,
        name=who.name if who is not None and who.name else row.loan_number,
        place=", ".join(filter(None, (loan.property_city, loan.property_state))),
        local_now=local_time.clock(now, zone),
        hours=hours,
        lead=lead,
        quote=quote,
    )


def _reason(row: Any, words: Reply | None, booked: Appointment | None, zone: Any, now: datetime) -> tuple[str, str]:
    """Why this one, and the borrower's own words where there are any."""
    at = f" {local_time.words(row.engaged_at, zone, now)}" if row.engaged_at else ""
    if booked is not None and row.engagement == Engagement.BOOKED:
        local = booked.starts_at.astimezone(zone)
        return f"Booked a call for {local:%a}, {local:%b} {local.day}, {local_time.clock(booked.starts_at, zone)}", ""
    if words is not None and row.engagement >= Engagement.REPLIED:
        verb = "Asked" if words.reading == Reading.QUESTION else "Replied"
        return f"{verb} {local_time.words(words.at, zone, now)}", words.text
    if row.engagement == Engagement.SENT and row.last_contact_at:
        return f"Contacted {local_time.words(row.last_contact_at, zone, now)}, no answer yet", ""
    return f"{Engagement(row.engagement).label}{at}", ""
