"""Words that fitted no conversation: a person says whose they are, and they count from then on like any other reply."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from loans.services import progress
from outreach.models import AlertKind, Reading, Reply
from outreach.queries import opportunities
from outreach.services import alerting, stopping


class CannotPlace(Exception):
    """The reply belongs to a loan already; the message says so."""


def place(reply: Any, row: Any, *, by: User, at: datetime) -> None:
    """The reply is the borrower's of this opportunity: its conversation stops and its officer is told."""
    with transaction.atomic():
        stopping.stop([row.loan_id], stopping.Why.REPLY, at=at, detail="Placed by hand", by=by)
        if not Reply.objects.filter(pk=reply.pk, opportunity=None).update(opportunity_id=row.pk):
            raise CannotPlace("Somebody has said already whose words these are.")
        reply.opportunity_id = row.pk
        if reply.reading in (Reading.WORDS, Reading.QUESTION):
            progress.engaged(row.pk, opportunities.Engagement.REPLIED, at=reply.at, text=reply.text)
        kind = AlertKind.DOUBTFUL if reply.reading == Reading.DOUBTFUL else AlertKind.REPLY
        alerting.tell(row.pk, kind, at=reply.at, reply=reply)


def handle(reply: Any, *, by: User, at: datetime) -> bool:
    """Somebody has dealt with it. A doubtful word is not: it takes a decision."""
    rows = Reply.objects.filter(pk=reply.pk, handled_at=None).exclude(reading=Reading.DOUBTFUL)
    return rows.update(handled_at=at, handled_by=by) == 1


def unhandle(reply: Any, *, by: User) -> bool:
    """Takes that back; only whoever said so."""
    rows = Reply.objects.filter(pk=reply.pk, handled_by=by, reading__in=(Reading.WORDS, Reading.QUESTION, Reading.HELP))
    return rows.update(handled_at=None, handled_by=None) == 1
