"""The inbox: the borrowers' words that wait for somebody, and those that were dealt with."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Role, User
from loans.models import Borrower
from outreach.domain.gate import CONVERSATION
from outreach.models import Channel, Reading, Reply
from outreach.queries import local_time, opportunities

PAGE = 100
MAY_PLACE = (Role.MANAGER, Role.ADMINISTRATOR)
"""Who sees words that fit no loan yet, and says whose they are. Compliance sees them."""
FINDS = 8


@dataclass(frozen=True)
class Line:
    """A reply as the inbox shows it; `when` in the borrower's time. `opportunity` is None where it fits no loan yet."""

    reply: Any
    name: str
    when: str
    local_now: str

    @property
    def opportunity(self) -> Any:
        return self.reply.opportunity

    @property
    def doubtful(self) -> bool:
        return bool(self.reply.reading == Reading.DOUBTFUL and self.reply.handled_at is None)


def visible(user: User) -> QuerySet[Reply]:
    """The replies of the rows that the user sees, and of no row where the user says whose they are."""
    seen = Q(opportunity__isnull=False) & opportunities.rows_of(user, "opportunity__loan__")
    if user.is_active and user.role in (*MAY_PLACE, Role.COMPLIANCE):
        seen |= Q(opportunity__isnull=True)
    return Reply.objects.filter(seen)


def waiting(user: User) -> QuerySet[Reply]:
    """Those that nobody has dealt with. What a machine answered and a clear opt-out ask for nothing."""
    quiet = (Reading.AUTOMATIC, Reading.OPT_OUT)
    return visible(user).filter(handled_at=None).exclude(reading__in=quiet)


def doubtful(user: User) -> QuerySet[Reply]:
    """Perhaps opt-outs that nobody has read yet."""
    return visible(user).filter(handled_at=None, reading=Reading.DOUBTFUL)


def page(user: User, now: datetime, *, handled: bool) -> list[Line]:
    """The newest first; two queries."""
    rows = visible(user).exclude(handled_at=None) if handled else waiting(user)
    rows = rows.exclude(reading=Reading.AUTOMATIC) if handled else rows
    return lines(rows.order_by("-at", "-pk")[:PAGE], now)


def lines(rows: QuerySet[Reply], now: datetime) -> list[Line]:
    """Two queries."""
    people = Prefetch("opportunity__loan__borrowers", Borrower.objects.order_by("position"))
    known = rows.select_related("opportunity__loan__officer__branch", "borrower", "touch", "handled_by")
    return [_line(reply, now) for reply in known.prefetch_related(people)]


def wrote_by_text(lookup: bytes, now: datetime) -> bool:
    """Whether somebody with this number has written to us by text within a conversation's length."""
    since = now - CONVERSATION
    return (
        Reply.objects.filter(sender_lookup=lookup, channel=Channel.SMS, at__gte=since)
        .exclude(reading=Reading.AUTOMATIC)
        .exists()
    )


def last_words(row: Any) -> Reply | None:
    """What the borrower said last, of whatever channel; none where only machines answered."""
    return Reply.objects.filter(opportunity__loan=row.loan).exclude(reading=Reading.AUTOMATIC).first()


def _line(reply: Any, now: datetime) -> Line:
    if reply.opportunity is None:
        return Line(reply, reply.sender, f"{reply.at:%b} {reply.at.day}", "")
    loan = reply.opportunity.loan
    zone = local_time.zone_of(loan)
    people = list(loan.borrowers.all())
    who = reply.borrower or (people[0] if people else None)
    name = who.name if who is not None else loan.loan_number
    return Line(reply, name, local_time.words(reply.at, zone, now), local_time.clock(now, zone))
