"""The daily cycle: the market's rates, then the match. Beat looks every minute whether a slot of New York's clock is due."""

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog
from celery import shared_task
from django.utils import timezone

from loans.services import cycles, matching
from outreach.services import enrolling, lapsing
from rates.services import pulling

log = structlog.get_logger(__name__)

NEW_YORK = ZoneInfo("America/New_York")


@shared_task
def tick() -> None:
    """What beat calls each minute."""
    run_due(timezone.now())


def run_due(now: datetime) -> bool:
    """Runs the cycle whose slot is due, once however many workers ask; False where none is."""
    cycle = cycles.claim(now.astimezone(NEW_YORK))
    if cycle is None:
        return False
    pulled = pulling.pull_daily(now)
    result = matching.run()
    lapsed = lapsing.lapse(now)
    # Whoever opened today is spoken with today: the sweep would find them within a minute, too.
    enrolled = enrolling.enroll(now)
    log.info(
        "daily cycle",
        enrolled=enrolled,
        lapsed=lapsed,
        slot=str(cycle),
        rate_in=pulled.day_in,
        run=result.run,
        opened=result.opened,
        held=result.held,
    )
    cycles.finish(cycle, now=timezone.now(), rate_in=pulled.day_in, run=result.run, message=pulled.message)
    return True
