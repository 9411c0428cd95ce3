"""The book of daily cycles: which slot is due, claimed once, and what came of it."""

from datetime import date, datetime, time

from django.db import transaction

from loans.models import DailyCycle

MAIN_SLOTS = (time(10, 30), time(13, 0))
RETRY_SLOTS = tuple(time(hour) for hour in range(14, 21))
SLOTS = MAIN_SLOTS + RETRY_SLOTS


def claim(local: datetime) -> DailyCycle | None:
    """The slot that is due at this local time, for exactly one caller; None where nothing is.

    After the two main slots it is tried every hour while the day's rate is not in, or where the day has no finished cycle.
    """
    slot = max((slot for slot in SLOTS if slot <= local.time()), default=None)
    if slot is None or (slot in RETRY_SLOTS and _is_settled(local.date())):
        return None
    with transaction.atomic():
        cycle, created = DailyCycle.objects.get_or_create(day=local.date(), slot=slot, defaults={"started_at": local})
    return cycle if created else None


def _is_settled(day: date) -> bool:
    return DailyCycle.objects.filter(day=day, finished_at__isnull=False, rate_in=True).exists()


def finish(cycle: DailyCycle, *, now: datetime, rate_in: bool, run: int | None, message: str = "") -> None:
    """Writes what came of it."""
    cycle.finished_at, cycle.rate_in, cycle.run_id, cycle.message = now, rate_in, run, message[:500]
    cycle.save(update_fields=["finished_at", "rate_in", "run", "message"])
