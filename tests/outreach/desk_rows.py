"""What has happened on a desk, in a line each: a reply, a call to make, an alert; and a Friday on which it did."""

from typing import Any

from outreach.models import Alert, AlertKind, CallReason, CallTask, Reply
from tests.outreach.rows import FRIDAY, borrower_of


def replied(row: Any, text: str = "Is this real?", *, channel: str = "sms", **columns: Any) -> Reply:
    borrower = borrower_of(row.loan)
    lookup = borrower.email_lookup if channel == "email" else borrower.phone_lookup
    known = {"opportunity": row, "borrower": borrower, "sender_lookup": lookup, "sender": borrower.phone, "at": FRIDAY}
    return Reply.objects.create(channel=channel, text=text, **(known | columns))


def call_to_make(row: Any, **columns: Any) -> CallTask:
    known = {"opportunity": row, "officer": row.loan.officer, "reason": CallReason.REPLIED, "due_at": FRIDAY}
    return CallTask.objects.create(**(known | columns))


def alert_of(row: Any, officer: Any, text: str = "Is this real?", **columns: Any) -> Alert:
    known = {"opportunity": row, "officer": officer, "kind": AlertKind.REPLY, "text": text, "acted_at": FRIDAY}
    return Alert.objects.create(**(known | columns))
