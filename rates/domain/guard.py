"""The guard between a feed and the desk: one bad feed must never start ten thousand conversations.

Each function returns the reason why a value waits for a person, as a sentence, or None to let it in. `rates.domain.merging`
decides which values are judged by which.
"""

from datetime import date, timedelta
from decimal import Decimal

LOWEST = Decimal(1)
HIGHEST = Decimal(20)
MOVE = Decimal("0.75")
"""Points: a move of this much or more since the last value waits for a person."""
APART = Decimal("1.25")
"""Points between the first rate for some loans only and the market's for every loan, from which it waits for a person."""
WITH_THE_REST = "The rate of the same source for every loan waits for a person too."
"""Why the first rate for some loans waits: a feed that slipped has slipped in all of its columns."""
HISTORY_DAYS = 30
"""Older values load with the range check alone."""


def outside_range(rate: Decimal) -> str | None:
    """Below 1% or above 20%: a decimal point that slipped, or a page that is not a rate."""
    if LOWEST <= rate <= HIGHEST:
        return None
    return f"{rate:.3f}% is outside {LOWEST}% to {HIGHEST}%."


def moved_too_far(
    rate: Decimal, last: Decimal | None, *, of_another_source: bool = False, for_some_loans: bool = False
) -> str | None:
    """0.75 points or more away from the last accepted value of the product, of the same source where it has one.

    The first rate for some loans only may be 1.25 points from another source's for every loan: risk has its price.
    """
    limit = APART if of_another_source and for_some_loans else MOVE
    if last is None or abs(rate - last) < limit:
        return None
    side = "above" if rate > last else "below"
    what = "what another source says today" if of_another_source else "the last value"
    return f"{rate:.3f}% is {abs(rate - last):.3f} points {side} {what}, {last:.3f}%; {limit} or more waits for a person."


def reason_to_hold(
    rate: Decimal, last: Decimal | None, *, of_another_source: bool = False, for_some_loans: bool = False
) -> str | None:
    """Both checks; `last` is None where nothing came before."""
    return outside_range(rate) or moved_too_far(rate, last, of_another_source=of_another_source, for_some_loans=for_some_loans)


def is_history(as_of: date, today: date) -> bool:
    """Too old to start anything, so that old jumps of a long series load."""
    return as_of < today - timedelta(days=HISTORY_DAYS)
