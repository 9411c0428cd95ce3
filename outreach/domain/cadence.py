"""When the steps of a sequence fall due: day 1 as soon as it may be, day N at the same local time N − 1 days later.

Days are the recipient's own; instants are aware, and UTC when given back. The sweep plans with this, the gate asks again.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.domain import windows
from outreach.domain.state_windows import Hours

TEN = time(10)
OPENS, CLOSES = time(9), time(18)
"""The hours of a business day in which a sequence may begin."""


def first_due(now: datetime, zones: Iterable[str], states: Iterable[str], channel: str) -> datetime:
    """The first instant from `now` on, 09:00 to 18:00 on a business day of the recipient, at which the channel is allowed.

    Raises ValueError for no zones or a naive `now`.
    """
    return _opening(_aware(now), _known(zones), frozenset(states), channel)


def due(
    day_one: date, step_day: int, zones: Iterable[str], states: Iterable[str], channel: str, at: time | None = None
) -> datetime:
    """The instant of day N at a local time (10:00 unless told), rolled to the next business day.

    Where several zones are possible it is the latest of their local times, or the next instant at which all are open. Raises
    ValueError for no zones or a day below 1.
    """
    places = _known(zones)
    if step_day < 1:
        raise ValueError("A sequence starts on day 1.")
    day = day_one + timedelta(days=step_day - 1)
    while not windows.is_business_day(day):
        day += timedelta(days=1)
    asked = max(windows.instant_of(day, at or TEN, ZoneInfo(place)) for place in places)
    return _opening(asked, places, frozenset(states), channel)


def local_date(instant: datetime, zones: Iterable[str]) -> date:
    """The recipient's day at an instant; the latest where zones disagree, so that no later step comes a day early."""
    return max(_aware(instant).astimezone(ZoneInfo(place)).date() for place in _known(zones))


def not_after(due_at: datetime, hours: int) -> datetime:
    """The last instant at which a step may still go. Hours are elapsed hours, whatever clocks do meanwhile."""
    return _aware(due_at) + timedelta(hours=hours)


def _opening(asked: datetime, places: list[str], states: frozenset[str], channel: str) -> datetime:
    """The first instant from `asked` on that is open in every zone; `asked` itself where none is, for the gate to refuse."""
    allowed = windows.hours_of(channel, False, states)

    def business(day: date) -> Hours | None:
        hours = allowed(day) if windows.is_business_day(day) else None
        if hours is None:
            return None
        opens, closes = max(hours[0], OPENS), min(hours[1], CLOSES)
        return (opens, closes) if opens < closes else None

    spell = windows.next_spell(business, places, asked)
    if spell is None:
        verdict = windows.may_send(channel, False, asked, places, states)
        return max(asked, verdict.opens_at or asked)
    return max(asked, spell[0])


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(UTC)


def _known(zones: Iterable[str]) -> list[str]:
    places = sorted(zones)
    if not places:
        raise ValueError("A recipient has at least one possible time zone.")
    return places
