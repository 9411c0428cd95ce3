"""Conversations under way, in a line each, and what vendors tell of them."""

import itertools
import json
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from accounts.models import Lender, User
from loans.models import Borrower, MatchRun, Opportunity, Policy
from outreach.adapters.happenings import Happening, Kind
from outreach.models import Channel, Enrollment, Sequence, SequenceVersion, Touch, TouchState
from outreach.services import inbox
from tests.loans.rows import make_loan

NOW = datetime(2026, 4, 27, 16, 30, tzinfo=UTC)
"""A Monday, 10:30 in Denver."""
SENT = NOW - timedelta(hours=2)
_numbers = itertools.count(100)


def lender() -> Lender:
    values = {"name": "Harbor Pine", "nmls_id": "9900112", "phone": "+13035550140", "time_zone": "America/Denver"}
    return Lender.objects.update_or_create(pk=1, defaults=values)[0]


def opportunity(officer: User, *, status: str = "contacting", email: str = "", phone: str = "", **columns: Any) -> Opportunity:
    """An open one of a borrower with an e-mail address and a number of the own."""
    n = next(_numbers)
    loan = make_loan(
        email=email or f"person{n}@example.com",
        phone=phone or f"+1303555{n:04d}",
        officer=officer,
        branch=officer.branch,
        **columns,
    )
    return opportunity_of(loan, status=status)


def opportunity_of(loan: Any, status: str = "contacting") -> Opportunity:
    policy = Policy.objects.first() or Policy.objects.create()
    run, _ = MatchRun.objects.get_or_create(as_of=date(2026, 4, 24), defaults={"live": True, "policy": policy})
    return Opportunity.objects.create(
        loan=loan,
        loan_number=loan.loan_number,
        status=status,
        opened_on=date(2026, 4, 24),
        opened_run=run,
        as_of=date(2026, 4, 24),
        product="conventional_30",
        note_rate=Decimal("7.500"),
        months_remaining=336,
    )


def borrower(row: Opportunity, position: int = 1) -> Borrower:
    return Borrower.objects.get(loan=row.loan, position=position)


def co_borrower(row: Opportunity, **fields: str) -> Borrower:
    keys = settings.FIELD_KEYS
    looked_up = {f"{name}_lookup": keys.lookup(fields.get(name, "")) for name in ("email", "phone")}
    return Borrower.objects.create(loan=row.loan, position=2, last_name="Vega", first_name="Luis", **fields, **looked_up)


def enrollment(row: Opportunity) -> Enrollment:
    sequence, _ = Sequence.objects.get_or_create(slug="a-sequence", defaults={"title": "A sequence"})
    version, _ = SequenceVersion.objects.get_or_create(sequence=sequence, number=1, defaults={"steps": {}})
    return Enrollment.objects.create(
        sequence=sequence, version=version, opportunity=row, loan=row.loan, branch=row.loan.branch, officer=row.loan.officer,
        trigger_key=f"test:{row.pk}", started_at=SENT,
    )  # fmt: skip


def touch(row: Opportunity, channel: str = "email", state: str = "accepted", **fields: Any) -> Touch:
    """One that has gone out unless told otherwise; of a running enrollment where there is one."""
    person = fields.pop("borrower", None) or borrower(row)
    running = Enrollment.objects.filter(opportunity=row).first()
    number = next(_numbers)
    gone = state not in TouchState.waiting()
    defaults: dict[str, Any] = {
        "enrollment": running,
        "kind": "sequence" if running else "by_hand",
        "step_n": number if running else None,
        "channel": channel,
        "opportunity": row,
        "borrower": person,
        "branch": row.loan.branch,
        "officer": row.loan.officer,
        "address_lookup": person.email_lookup if channel == "email" else person.phone_lookup,
        "state": state,
        "due_at": SENT,
        "not_after": NOW + timedelta(days=2),
        "link_token": f"tok{number:06d}",
        "claimed_at": SENT if gone else None,
        "sent_at": SENT if gone else None,
        "claim_token": uuid.uuid4(),
        "claim_until": NOW,
        "provider": "sendgrid" if channel == "email" else "twilio",
        "provider_id": f"{'sg' if channel == 'email' else 'SM'}{number:06d}",
    }
    return Touch.objects.create(**(defaults | fields))


def under_way(officer: User, channel: str = "email", **columns: Any) -> tuple[Opportunity, Touch, Touch]:
    """An opportunity with a running sequence, a touch that went out and one that waits."""
    row = opportunity(officer, **columns)
    enrollment(row)
    return row, touch(row, channel), touch(row, "sms", "scheduled")


def told(kind: Kind, of: Touch, at: datetime = NOW, **fields: Any) -> inbox.Told:
    """What a vendor tells of a touch, ready to be kept."""
    source = "sendgrid" if of.channel == Channel.EMAIL else "twilio"
    key = f"{source}:{uuid.uuid4()}"
    values = {"address": address_of(of), "touch_id": str(of.pk), "provider_id": of.provider_id} | fields
    return inbox.told(Happening(kind=kind, source=source, at=at, dedupe_key=key, semantic_key=key, **values))


def mail_from(address: str, text: str, **fields: Any) -> inbox.Told:
    key = f"mail:{uuid.uuid4()}"
    kind = fields.pop("kind", Kind.REPLIED)
    return inbox.told(
        Happening(
            kind=kind, source="sendgrid_inbound", at=None, dedupe_key=key, semantic_key=key, address=address, text=text,
            **fields,
        )
    )  # fmt: skip


def text_from(number: str, text: str, **fields: Any) -> inbox.Told:
    key = f"text:{uuid.uuid4()}"
    kind = fields.pop("kind", Kind.REPLIED)
    return inbox.told(
        Happening(kind=kind, source="twilio", at=None, dedupe_key=key, semantic_key=key, address=number, text=text, **fields),
        source=inbox.TWILIO_INBOUND,
    )


def address_of(of: Touch) -> str:
    return str(of.borrower.email if of.channel == Channel.EMAIL else of.borrower.phone)


def lookup(address: str) -> bytes:
    return settings.FIELD_KEYS.lookup(address)


def event(kind: str, number: str, **data: Any) -> dict[str, Any]:
    given = {name: data.pop(name) for name in ("id", "timestamp") if name in data}
    return {"type": kind, "data": {"loan_number": number, **data}, **given}


def as_body(value: Any) -> bytes:
    return json.dumps(value).encode()
