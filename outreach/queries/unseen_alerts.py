"""What somebody has not been shown yet, for the strip on top of every page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat, Trim

from accounts.models import User
from loans.models import Borrower
from outreach.models import Alert

SHOWN, MOST = 1, 9
VERBS = {
    "reply": "replied",
    "question": "asked a question",
    "booked": "booked a call",
    "canceled": "canceled the call",
    "clicked": "looked at times to talk",
    "application": "applied",
    "opted_out": "opted out",
    "doubtful": "may have opted out",
}


@dataclass(frozen=True)
class News:
    """One alert in words: who, what, how long ago, and the borrower's own words."""

    pk: int
    opportunity: int
    name: str
    verb: str
    ago: str
    text: str


def of(user: User, now: datetime) -> list[News]:
    """The newest of them, one more than are shown. One query."""
    first = Borrower.objects.filter(loan=OuterRef("opportunity__loan"), position=Borrower.PRIMARY)
    name = Subquery(first.annotate(whole=Trim(Concat("first_name", Value(" "), "last_name"))).values("whole")[:1])
    rows = Alert.objects.filter(officer=user, seen_at=None).annotate(client=name)[: MOST + 1]
    return [
        News(row.pk, row.opportunity_id, row.client or "A borrower", VERBS[row.kind], _ago(now - row.acted_at), str(row.text))
        for row in rows
    ]


def _ago(length: timedelta) -> str:
    seconds = max(0, int(length.total_seconds()))
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {word}{'' if count == 1 else 's'} ago"
    return f"{seconds} second{'' if seconds == 1 else 's'} ago"
