"""Conversations that came to nothing: what is not worth refinancing any more leaves the queue a while after the last word."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Lender
from loans.services import progress
from outreach.queries import opportunities

QUIET = timedelta(days=30)


def lapse(now: datetime) -> int:
    """Expires what was contacted, has no message to come, heard nothing for 30 days and no longer qualifies; how many."""
    with transaction.atomic():
        quiet = opportunities.quiet_since(now - QUIET)
        return progress.lapsed(quiet, on=now.astimezone(Lender.current().zone).date())
