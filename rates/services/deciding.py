"""A person decides on a value that the guard held. Called by the page; each decision stands with who and when."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Case, F, QuerySet, Value, When

from rates.models import Rate

# What the table takes as a rate in force, in percent.
ABOVE, BELOW = Decimal(0), Decimal(25)


class CannotAccept(ValueError):
    """The value is no rate at all."""


def approve(rate_id: int, *, value: Decimal, by: int, now: datetime) -> bool:
    """Lets the value in. True for the one decision that counted; False where it was decided or changed since it was read.

    `value` is what the person saw, `by` a user's id. Raises CannotAccept.
    """
    if not ABOVE < value < BELOW:
        raise CannotAccept(f"{value}% is not a rate between {ABOVE}% and {BELOW}%; keep the old one.")
    decided = _waiting(rate_id, value).update(
        rate=F("published"), status=Rate.Status.ACCEPTED, awaiting=False, decided_by=by, decided_at=now
    )
    return decided == 1


def reject(rate_id: int, *, value: Decimal, by: int, now: datetime) -> bool:
    """Keeps the old rate: a new day's value is rejected, a correction is dropped and the value it was for stands."""
    decided = _waiting(rate_id, value).update(
        status=Case(When(status=Rate.Status.HELD, then=Value(Rate.Status.REJECTED)), default=F("status")),
        awaiting=False,
        decided_by=by,
        decided_at=now,
    )
    return decided == 1


def _waiting(rate_id: int, value: Decimal) -> QuerySet[Rate]:
    return Rate.objects.filter(pk=rate_id, awaiting=True, published=value)
