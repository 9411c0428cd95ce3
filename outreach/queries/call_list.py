"""The calls that wait for somebody, in the order in which to make them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, F, IntegerField, Prefetch, QuerySet, Value, When

from accounts.models import User
from loans.models import Borrower
from outreach.domain import windows
from outreach.models import CallReason, CallTask
from outreach.queries import local_time, opportunities

PAGE = 100
ASKED_FOR = (CallReason.REPLIED, CallReason.QUESTION)
_FIRST = Case(When(reason__in=ASKED_FOR, then=Value(0)), default=Value(1), output_field=IntegerField())


@dataclass(frozen=True)
class Call:
    """A call as the list shows it: whom, at which hour of theirs, until when, and what was said."""

    task: Any
    borrower: Any
    local_now: str
    hours: str
    allowed: bool

    @property
    def row(self) -> Any:
        return self.task.opportunity

    @property
    def name(self) -> str:
        return str(self.borrower.name if self.borrower is not None else self.row.loan_number)

    @property
    def phone(self) -> str:
        return str(self.borrower.phone) if self.borrower is not None else ""


def visible(user: User) -> QuerySet[CallTask]:
    """The calls about the rows that the user sees."""
    return CallTask.objects.filter(opportunities.rows_of(user, "opportunity__loan__"))


def waiting(user: User, now: datetime) -> QuerySet[CallTask]:
    """Those that are due."""
    return visible(user).filter(done_at=None, due_at__lte=now)


def page(user: User, now: datetime) -> list[Call]:
    """Who replied first, then by the interest that would be saved. Two queries."""
    ranked = waiting(user, now).order_by(_FIRST, F("opportunity__total_interest_savings").desc(nulls_last=True), "due_at", "pk")
    return calls(ranked[:PAGE], now)


def calls(tasks: QuerySet[CallTask], now: datetime) -> list[Call]:
    """Two queries."""
    people = Prefetch("opportunity__loan__borrowers", Borrower.objects.order_by("position"))
    known = tasks.select_related("opportunity__loan__officer__branch", "officer", "touch__borrower", "done_by")
    return [_call(task, now) for task in known.prefetch_related(people)]


def find(user: User, pk: int) -> CallTask | None:
    """One of them, done or not."""
    return visible(user).select_related("opportunity__loan__officer", "touch__borrower").filter(pk=pk).first()


def callee(task: Any) -> Any:
    """Whom to call: the borrower of the touch, else the first on the loan who has a number."""
    if task.touch is not None:
        return task.touch.borrower
    people = opportunities.borrowers(task.opportunity.loan_id)
    return next((one for one in people if one.phone), people[0] if people else None)


def _call(task: Any, now: datetime) -> Call:
    loan = task.opportunity.loan
    people = list(loan.borrowers.all())
    who = task.touch.borrower if task.touch else next((one for one in people if one.phone), people[0] if people else None)
    zone = local_time.zone_of(loan)
    if who is None:
        return Call(task, None, local_time.clock(now, zone), "", allowed=False)
    verdict = local_time.hours(loan, who, "call", now)
    return Call(task, who, local_time.clock(now, zone), hours_in_words(verdict, zone, now), allowed=verdict.allowed)


def hours_in_words(verdict: windows.Verdict, zone: Any, now: datetime) -> str:
    """Until 8:00 PM; from Mon 8:00 AM where it is too early or too late."""
    if verdict.allowed and verdict.closes_at is not None:
        return f"until {local_time.clock(verdict.closes_at, zone)}"
    if not verdict.allowed and verdict.opens_at is not None:
        local = verdict.opens_at.astimezone(zone)
        day = "" if local.date() == now.astimezone(zone).date() else f"{local:%a} "
        return f"from {day}{local_time.clock(verdict.opens_at, zone)}"
    return "" if verdict.allowed else "at no hour"
