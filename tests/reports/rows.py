"""A month on a desk, built by hand: every row has its instant, so that each number can be traced."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.models import Branch, User
from loans.models import EventKind, MatchRun, Opportunity, OpportunityEvent, Policy
from outreach.domain import sequences
from outreach.models import (
    Appointment,
    Consent,
    Enrollment,
    Reply,
    Sequence,
    SequenceVersion,
    Touch,
    TouchEvent,
)
from tests.loans.rows import make_loan
from tests.outreach.rows import borrower_of

MONDAY = date(2026, 4, 20)
"""Of the week 2026-W17; its report is mailed on Monday, 27 April, 07:00 in Denver."""
WEDNESDAY = datetime(2026, 4, 22, 16, tzinfo=UTC)
PREPARED = datetime(2026, 4, 27, 13, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PRESETS = Path(__file__).parents[2] / "outreach/presets/sequences"
STEPS = sequences.as_json(sequences.from_yaml((PRESETS / "day-1-4-10-refinance.yaml").read_text()))
_numbers = itertools.count(1)


def opened(officer: User | None, on: date = MONDAY, *, branch: Branch | None = None, **columns: Any) -> Opportunity:
    """An opportunity that opened on that day, 1.270 points above the market."""
    policy = Policy.objects.first() or Policy.objects.create()
    run, _ = MatchRun.objects.get_or_create(as_of=on, defaults={"live": True, "policy": policy})
    program = columns.pop("program", "conventional")
    n = next(_numbers)
    loan = make_loan(
        f"R-{n:04}", officer=officer, branch=branch or (officer.branch if officer else None), program=program,
        email=f"reader{n}@example.com", phone=f"+1303555{n:04}",
    )  # fmt: skip
    values = {
        "status": "new", "opened_on": on, "opened_run": run, "opened_market_rate": Decimal("6.230"), "as_of": on,
        "product": f"{program}_30", "note_rate": Decimal("7.500"), "market_rate": Decimal("6.230"), "spread": Decimal("1.270"),
        "threshold": Decimal("0.625"), "months_remaining": 336,
    }  # fmt: skip
    return Opportunity.objects.create(loan=loan, loan_number=loan.loan_number, **(values | columns))


def sequence(title: str = "Day 1/4/10 refinance", slug: str = "") -> Sequence:
    row, made = Sequence.objects.get_or_create(slug=slug or title.lower().replace(" ", "-").replace("/", "-"), title=title)
    if made:
        SequenceVersion.objects.create(sequence=row, number=1, steps=STEPS, content_hash=row.slug)
    return row


def enrolled(row: Opportunity, of: Sequence, at: datetime = WEDNESDAY) -> Enrollment:
    return Enrollment.objects.create(
        sequence=of, version=of.versions.get(), opportunity=row, loan=row.loan, branch=row.loan.branch,
        officer=row.loan.officer, trigger_key=f"test:{next(_numbers)}", started_at=at,
    )  # fmt: skip


def sent(
    row: Opportunity, at: datetime = WEDNESDAY, *, run: Enrollment | None = None, channel: str = "email",
    state: str = "delivered", day: int = 1, **columns: Any,
) -> Touch:  # fmt: skip
    """A message that went out at that instant."""
    n = next(_numbers)
    about = {"enrollment": run, "step_n": n, "day": day, "kind": "sequence"} if run else {"kind": "by_hand"}
    return Touch.objects.create(
        **(about | columns), channel=channel, opportunity=row, borrower=borrower_of(row.loan), branch=row.loan.branch,
        officer=row.loan.officer, address_lookup=bytes(16), state=state, due_at=at, sent_at=at,
        not_after=at + timedelta(days=2), link_token=f"t{n:015}",
    )  # fmt: skip


def told(touch: Touch, kind: str, at: datetime | None = None, **columns: Any) -> TouchEvent:
    return TouchEvent.objects.create(touch=touch, kind=kind, at=at or touch.sent_at + timedelta(minutes=5), **columns)


def replied(row: Opportunity, at: datetime = WEDNESDAY, **columns: Any) -> Reply:
    values = {"borrower": borrower_of(row.loan), "channel": "sms", "text": "Is this real?", "sender_lookup": bytes(16)}
    return Reply.objects.create(opportunity=row, at=at, **(values | columns))


def booked(row: Opportunity, at: datetime = WEDNESDAY, **columns: Any) -> Appointment:
    starts = at + timedelta(days=2, minutes=next(_numbers))
    values = {"officer": row.loan.officer, "starts_at": starts, "ends_at": starts + timedelta(minutes=20), "source": "page"}
    return Appointment.objects.create(opportunity=row, booked_at=at, **(values | columns))


def applied(row: Opportunity, at: datetime = WEDNESDAY) -> OpportunityEvent:
    event = OpportunityEvent.objects.create(opportunity=row, kind=EventKind.APPLIED)
    OpportunityEvent.objects.filter(pk=event.pk).update(at=at)
    return event


def closed(row: Opportunity, on: date = MONDAY, status: str = "closed") -> Opportunity:
    Opportunity.objects.filter(pk=row.pk).update(status=status, closed_on=on)
    return row


def opted_out(row: Opportunity, at: datetime = WEDNESDAY, **columns: Any) -> Consent:
    values = {"channel": "email", "source": "page", "borrower": borrower_of(row.loan), "lookup": bytes(16)}
    return Consent.objects.create(act="revoked", at=at, **(values | columns))
