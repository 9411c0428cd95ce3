"""Today: whom to call, what to decide, what moved overnight, what goes out, and what else happened since yesterday."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Lender, User
from loans.models import Borrower, Engagement, EventKind, Opportunity, OpportunityEvent
from loans.queries import desk as queue_desk
from loans.queries import opportunities as loan_rows
from outreach.domain import gate
from outreach.models import Appointment, CallTask, Touch, TouchEvent, TouchState
from outreach.queries import call_list, hot_list, local_time, opportunities, reply_list
from rates.queries import board, charts, market, records

CALLS, DECISIONS, MOVED, HAPPENED = 5, 5, 5, 8
TELLS = (EventKind.BOOKED, EventKind.CANCELED, EventKind.APPLIED, EventKind.CLOSED, EventKind.LOST, EventKind.ENGAGED)


@dataclass(frozen=True)
class Decision:
    """Something that waits for this person: the question, what is known, and where to answer it."""

    title: str
    text: str
    quote: str = ""
    reply: Any = None
    link: str = ""
    verb: str = ""


@dataclass(frozen=True)
class Moved:
    """Rows that opened with the newest run, of one verdict: how many, and the first of them."""

    title: str
    view: str
    count: int
    rows: list[Any]


@dataclass(frozen=True)
class GoingOut:
    """Messages planned for a day by channel, and why others of the day do not go, most frequent first."""

    today: dict[str, int]
    tomorrow: dict[str, int]
    held: list[tuple[str, int]]

    @property
    def channels(self) -> list[tuple[str, int, int]]:
        labels = {"email": "E-mail", "sms": "Text", "call": "Call"}
        return [(labels[one], self.today.get(one, 0), self.tomorrow.get(one, 0)) for one in labels]

    @property
    def will_go(self) -> int:
        return sum(self.today.values())

    @property
    def will_go_tomorrow(self) -> int:
        return sum(self.tomorrow.values())

    @property
    def will_not(self) -> int:
        return sum(count for _, count in self.held)


@dataclass(frozen=True)
class Happened:
    """A line of what else happened; a quiet one was no person."""

    when: str
    name: str
    text: str
    opportunity: int | None = None


def to_call(user: User, now: datetime) -> QuerySet[Opportunity]:
    """Calls that are due, and whoever came towards us after we last spoke; who came furthest first."""
    due = CallTask.objects.filter(done_at=None, due_at__lte=now).values("opportunity")
    came = Q(engagement__gte=Engagement.CLICKED) & (Q(last_contact_at=None) | Q(engaged_at__gt=F("last_contact_at")))
    rows = loan_rows.queue(user).filter(Q(pk__in=due) | (came & ~Q(engagement=Engagement.BOOKED)))
    return rows.order_by("-engagement", F("total_interest_savings").desc(nulls_last=True), "loan_number")


def call_now(user: User, now: datetime) -> list[hot_list.Caller]:
    """The first of them. Where the borrower did nothing, the reason is that of the call. Seven queries."""
    callers = hot_list.callers(to_call(user, now)[:CALLS], now)
    rows = [caller.row for caller in callers if caller.row.engagement < Engagement.OPENED]
    tasks = CallTask.objects.filter(opportunity__in=rows, done_at=None, due_at__lte=now).order_by("-due_at")
    known = {task.opportunity_id: task.get_reason_display() for task in tasks}
    return [replace(caller, lead=known.get(caller.row.pk, caller.lead)) for caller in callers]


def decisions(user: User, now: datetime) -> Iterator[Decision]:
    """What this person may decide. Five queries at most."""
    for line in reply_list.lines(reply_list.doubtful(user)[:DECISIONS], now):
        yield Decision(f"Is this an opt-out? {line.name}", "Held as opted out until you say.", line.reply.text, line.reply)
    if user.role in reply_list.MAY_PLACE:
        for reply in reply_list.waiting(user).filter(opportunity=None)[:DECISIONS]:
            yield Decision(
                f"Whose words are these? {reply.sender}", "", reply.text, link="outreach:inbox", verb="Find the loan"
            )
    if user.has_perm("desk.decide_rates"):
        for rate in records.held()[:DECISIONS]:
            known = f"{rate.published}% for {rate.product.replace('_', ' ')} is unusual. Nothing opens by it."
            yield Decision("A market rate is held", known, link="rates:rates", verb="Accept or keep the old one")
    looks = Opportunity.objects.visible_to(user).in_queue().exclude(review="").count()
    if looks:
        what = f"{looks} opportunit{'y' if looks == 1 else 'ies'}"
        known = f"{what} wait; nothing goes to them."
        yield Decision("Figures that a person must look at", known, link="loans:queue", verb="Open the queue")


def moved(user: User, run: Any) -> list[Moved]:
    """What opened with the newest run, worth acting on now or better to wait. Four queries."""
    if run is None:
        return []
    opened = loan_rows.queue(user).filter(opened_on=run.as_of)
    parts = (("Became worth acting on", "act_now"), ("Opened, better to wait", "wait"))
    found = []
    for title, verdict in parts:
        rows = opened.filter(loan_rows.TIMINGS[verdict][1])
        found.append(Moved(title, verdict, rows.count(), list(rows[:MOVED])))
    return found


def going_out(user: User, now: datetime) -> GoingOut:
    """Of the rows the user sees, by the lender's days. Two queries."""
    today = _day(now)
    rows = Touch.objects.filter(opportunities.rows_of(user, "opportunity__loan__"), kind="sequence")
    planned = rows.filter(state__in=TouchState.waiting(), due_at__lt=today + timedelta(days=2))
    tomorrow = Q(due_at__gte=today + timedelta(days=1))
    counted = planned.values("channel").annotate(
        today=Count("pk", filter=~tomorrow & Q(reason="")), tomorrow=Count("pk", filter=tomorrow)
    )
    by_channel = {row["channel"]: row for row in counted}
    kept = rows.filter(Q(state="skipped", settled_at__gte=today) | (Q(state__in=TouchState.waiting()) & ~Q(reason="")))
    held = kept.exclude(reason="").values("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return GoingOut(
        today={channel: row["today"] for channel, row in by_channel.items()},
        tomorrow={channel: row["tomorrow"] for channel, row in by_channel.items()},
        held=[(reason_words(row["reason"]), row["count"]) for row in held],
    )


def reason_words(reason: str) -> str:
    """A reason of the gate, as a rail shows it."""
    words = {
        "frequency_cap": "Touched in the last 48 hours",
        "consent_missing": "No text consent, now a call",
        "enrollment_stopped": "Replied, booked or stopped",
        "suppressed": "Opted out or bounced",
        "license": "License not on file",
        "outreach_mode": "Waits for a release",
        "kill_switch": "Sending is halted",
    }
    if reason in words:
        return words[reason]
    return gate.Reason(reason).label if reason in set(gate.Reason) else reason.replace("_", " ").capitalize()


def since_yesterday(user: User, now: datetime) -> list[Happened]:
    """What borrowers did, newest first, and how many opens were machines'. Two queries."""
    since = _day(now) - timedelta(days=1)
    events = OpportunityEvent.objects.filter(
        opportunities.rows_of(user, "opportunity__loan__"), kind__in=TELLS, at__gte=since
    ).select_related("opportunity__loan__officer__branch")
    first = Borrower.objects.filter(loan=OuterRef("opportunity__loan"), position=Borrower.PRIMARY)
    named = events.annotate(first=Subquery(first.values("first_name")[:1]), last=Subquery(first.values("last_name")[:1]))
    zone = Lender.current().zone
    found = [
        Happened(
            local_time.words(event.at, zone, now),
            " ".join(filter(None, (event.first, event.last))) or event.opportunity.loan_number,
            event.get_kind_display().lower(),
            event.opportunity_id,
        )
        for event in named[:HAPPENED]
    ]
    opens = TouchEvent.objects.filter(
        opportunities.rows_of(user, "touch__opportunity__loan__"), kind="opened", machine=True, at__gte=since
    ).count()
    if opens:
        found.append(Happened("", f"{opens} open{'' if opens == 1 else 's'}", "by machines, not counted"))
    return found


@dataclass(frozen=True)
class Rail:
    """The market beside the day: the quotes, and the curve of two years."""

    quotes: list[Any]
    curve: Any


def rail(today: date) -> Rail:
    """Four queries."""
    known = market.on_file(today, depth=2)
    shown = [quote for quote in board.board(known).quotes if quote.product in ("conventional_30", "conventional_15")]
    by_product: dict[str, Any] = {}
    for quote in shown:
        by_product.setdefault(quote.product, quote)
    return Rail(list(by_product.values()), charts.curve(known, group="conventional", source="", span="2y"))


def counts(user: User, now: datetime) -> dict[str, int]:
    """What the sidebar says beside the pages, by their names. Four queries."""
    calls = call_list.waiting(user, now).count()
    return {
        "today": to_call(user, now).count(),
        "hot_list": hot_list.rows(user, "replied", now).count(),
        "inbox": reply_list.waiting(user).count(),
        "calls": calls,
    }


def standing(user: User, today: date) -> Any:
    """The queue as it stands: the run, what is held, the totals."""
    return queue_desk.standing(user, today)


def appointments(user: User, now: datetime) -> QuerySet[Appointment]:
    """The calls agreed on from now to the end of tomorrow, in order."""
    until = _day(now) + timedelta(days=2)
    rows = Appointment.objects.filter(opportunities.rows_of(user, "opportunity__loan__"), state="booked")
    return rows.filter(starts_at__gte=now, starts_at__lt=until).order_by("starts_at")


def _day(now: datetime) -> datetime:
    """When the lender's day began."""
    zone = Lender.current().zone
    return datetime.combine(now.astimezone(zone).date(), time(), zone)
