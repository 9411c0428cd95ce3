"""Doing what `words` says: each act goes through the service that a vendor's post, the borrower's page or an officer uses."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from accounts.models import Lender
from loans.models import Opportunity
from loans.services import acting
from outreach.adapters.happenings import Kind
from outreach.models import Channel, ConsentSource, Touch
from outreach.queries import estimate, slots
from outreach.queries.estimate import Visit
from outreach.services import answering, booking, calling, composing
from refidetect.management.demo import vendors
from refidetect.management.demo.words import Act, Then

SPRING = (4, 1)
LONGEST = timedelta(days=acting.LONGEST_SNOOZE_DAYS)


def do(touch: Touch, then: Then, at: datetime) -> None:
    """One act about a message that went out; what does not fit the opportunity any more is left undone."""
    seen = estimate.visit(touch.link_token)
    if seen is not None:
        _ACTS[then.act](seen, then, at)


def answer(seen: Visit, text: str, at: datetime) -> None:
    """The officer writes back by e-mail."""
    subject = f"Re: {seen.touch.message.subject}" if seen.touch.channel == Channel.EMAIL else "Your questions"
    composing.write(
        _row(seen), seen.borrower, Channel.EMAIL, text=text, by=seen.loan.officer, token=composing.new_token(), now=at,
        subject=subject,
    )  # fmt: skip


def spring(today: date) -> date:
    """The next spring that is not here yet, no further than a snooze may reach."""
    ahead = next(day for year in (today.year, today.year + 1) if (day := date(year, *SPRING)) > today + timedelta(days=14))
    return min(ahead, today + LONGEST)


def _row(seen: Visit) -> Opportunity:
    return Opportunity.objects.select_related("loan__officer", "loan__branch").get(pk=seen.touch.opportunity_id)


def _bounces(seen: Visit, then: Then, at: datetime) -> None:
    vendors.told(seen.touch, Kind.BOUNCED, at, permanent=True, code="5.1.1", detail="550 No such person at this address.")


def _opened_by_a_machine(seen: Visit, then: Then, at: datetime) -> None:
    vendors.told(seen.touch, Kind.OPENED, at, machine=True)


def _opens(seen: Visit, then: Then, at: datetime) -> None:
    vendors.told(seen.touch, Kind.OPENED, at)


def _looks(seen: Visit, then: Then, at: datetime) -> None:
    answering.glimpsed(seen, at=at)
    answering.looked(seen, at=at)


def _looks_at_times(seen: Visit, then: Then, at: datetime) -> None:
    answering.looked_at_times(seen, at=at)


def _books(seen: Visit, then: Then, at: datetime) -> None:
    days = slots.offered(seen.officer, seen.loan, at).days if seen.officer else []
    # The day after the next that has a place, in the middle of it.
    free = days[min(1, len(days) - 1)].slots if days else ()
    if free:
        booking.book(seen, free[len(free) // 2].at, phone=seen.borrower.phone, at=at)


def _asks(seen: Visit, then: Then, at: datetime) -> None:
    answering.ask(seen, then.text, at=at)


def _replies(seen: Visit, then: Then, at: datetime) -> None:
    if seen.touch.channel == Channel.SMS:
        vendors.texted(seen.touch, then.text, at)
    else:
        vendors.mailed(seen.touch, then.text, at)


def _replies_stop(seen: Visit, then: Then, at: datetime) -> None:
    """The carrier knows the bare keyword and has answered it."""
    vendors.texted(seen.touch, then.text, at, kind=Kind.OPTED_OUT)


def _somebody_else_writes(seen: Visit, then: Then, at: datetime) -> None:
    vendors.mailed(seen.touch, then.text, at, sender=f"the.{seen.borrower.last_name}s@example.com".lower())


def _unsubscribes(seen: Visit, then: Then, at: datetime) -> None:
    answering.unsubscribe(seen, [Channel.EMAIL.value], source=ConsentSource.ONE_CLICK, at=at)


def _not_this_year(seen: Visit, then: Then, at: datetime) -> None:
    answering.not_this_year(seen, at=at)


def _applies(seen: Visit, then: Then, at: datetime) -> None:
    vendors.applied(seen.loan.loan_number, at)


def _officer_answers(seen: Visit, then: Then, at: datetime) -> None:
    answer(seen, then.text, at)


def _officer_calls(seen: Visit, then: Then, at: datetime) -> None:
    officer: Any = seen.loan.officer
    calling.log(_row(seen), seen.borrower, "reached", by=officer, now=at, text=then.text)


def _officer_archives(seen: Visit, then: Then, at: datetime) -> None:
    row = _row(seen)
    if row.is_open:
        acting.archive(row, reason="selling", by=seen.loan.officer, today=Lender.current().today(at), text=then.text)


def _officer_snoozes(seen: Visit, then: Then, at: datetime) -> None:
    row, today = _row(seen), Lender.current().today(at)
    if row.is_open:
        officer: Any = seen.loan.officer
        acting.snooze(row, until=spring(today), by=officer, today=today)


_ACTS: dict[Act, Callable[[Visit, Then, datetime], None]] = {
    Act.BOUNCES: _bounces,
    Act.OPENED_BY_A_MACHINE: _opened_by_a_machine,
    Act.OPENS: _opens,
    Act.LOOKS: _looks,
    Act.LOOKS_AT_TIMES: _looks_at_times,
    Act.BOOKS: _books,
    Act.ASKS: _asks,
    Act.REPLIES: _replies,
    Act.REPLIES_STOP: _replies_stop,
    Act.SOMEBODY_ELSE_WRITES: _somebody_else_writes,
    Act.UNSUBSCRIBES: _unsubscribes,
    Act.NOT_THIS_YEAR: _not_this_year,
    Act.APPLIES: _applies,
    Act.OFFICER_ANSWERS: _officer_answers,
    Act.OFFICER_CALLS: _officer_calls,
    Act.OFFICER_ARCHIVES: _officer_archives,
    Act.OFFICER_SNOOZES: _officer_snoozes,
}
BY_THE_OFFICER = frozenset({Act.OFFICER_ANSWERS, Act.OFFICER_CALLS, Act.OFFICER_ARCHIVES, Act.OFFICER_SNOOZES})
BY_PEOPLE_AT_HOME = frozenset(_ACTS) - BY_THE_OFFICER - {Act.BOUNCES, Act.OPENED_BY_A_MACHINE}
