"""What has gone out: every message of the rows that somebody sees, by officer, branch, channel, state and day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from outreach.models import Channel, Touch, TouchState
from outreach.queries import going_out

SHOWN = (
    TouchState.SENDING, TouchState.ACCEPTED, TouchState.DELIVERED, TouchState.BOUNCED, TouchState.FAILED, TouchState.UNKNOWN,
    TouchState.ABANDONED,
)  # fmt: skip
"""What was handed over, or may have been."""

CHUNK = 500
COLUMNS = (
    "handed over", "sent", "channel", "state", "kind", "day", "to", "loan", "from", "officer nmls", "branch", "sequence",
    "template", "template version", "subject", "text", "content hash", "provider", "provider id", "reason", "touch",
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What the person asked for; empty means everything. Days are the lender's."""

    officer: int | None = None
    branch: int | None = None
    channel: str = ""
    state: str = ""
    day: date | None = None

    def any(self) -> bool:
        return self != Filters()


def messages(user: User, filters: Filters, zone: ZoneInfo) -> QuerySet[Touch]:
    """Newest first, without the words of the messages themselves."""
    rows = going_out.rows_of(user).filter(channel__in=(Channel.EMAIL, Channel.SMS), state__in=SHOWN, message__isnull=False)
    if filters.officer:
        rows = rows.filter(officer=filters.officer)
    if filters.branch:
        rows = rows.filter(branch=filters.branch)
    if filters.channel:
        rows = rows.filter(channel=filters.channel)
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.day:
        begins, ends = span(filters.day, filters.day, zone)
        rows = rows.filter(claimed_at__gte=begins, claimed_at__lt=ends)
    rows = rows.select_related("message", "opportunity__loan", "borrower", "officer", "branch")
    return rows.defer("message__html", "message__text").order_by("-claimed_at", "-pk")


def one(user: User, touch_id: Any) -> Touch | None:
    """One touch that the person sees, with everybody it is about."""
    rows = going_out.rows_of(user).select_related(
        "opportunity__loan", "borrower", "officer", "branch", "enrollment__sequence", "written_by", "template_version__template"
    )
    return rows.filter(pk=touch_id).first()


def span(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last one."""
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def of_period(user: User, first: date, last: date, zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    """The cells of every message of a period, oldest first, as COLUMNS names them; read in chunks."""
    begins, ends = span(first, last, zone)
    rows = going_out.rows_of(user).filter(
        channel__in=(Channel.EMAIL, Channel.SMS), state__in=SHOWN, message__isnull=False,
        claimed_at__gte=begins, claimed_at__lt=ends,
    )  # fmt: skip
    rows = rows.select_related(
        "message", "opportunity__loan", "officer", "branch", "enrollment__sequence", "template_version__template"
    ).defer("message__html")
    for touch in rows.order_by("claimed_at", "pk").iterator(chunk_size=CHUNK):
        yield _cells(touch)


def _cells(touch: Any) -> tuple[Any, ...]:
    version, message = touch.template_version, touch.message
    return (
        touch.claimed_at.isoformat(), touch.sent_at and touch.sent_at.isoformat(), touch.channel, touch.state, touch.kind,
        touch.day, message.to_name, touch.opportunity.loan.loan_number, message.from_name, touch.officer.nmls_id,
        touch.branch.name, touch.enrollment.sequence.slug if touch.enrollment else "",
        version.template.slug if version else "", version.number if version else None, message.subject, message.text,
        message.content_hash, touch.provider, touch.provider_id, touch.reason, str(touch.pk),
    )  # fmt: skip
