"""Telling the workers that something came. It may get lost: the clock looks by itself."""

import structlog
from django.db import transaction

from outreach.services.inbox import Taken
from outreach.tasks import apply_inbox
from refidetect.kit import queue

log = structlog.get_logger(__name__)


def something_came(taken: Taken) -> None:
    """Once what came is committed, a worker is sent for it; without a broker it waits for the next minute."""
    if taken.new:
        transaction.on_commit(_send)


def _send() -> None:
    try:
        queue.hand_over(apply_inbox)
    except queue.QueueDown:
        log.warning("queue down, the inbox waits for the clock")
