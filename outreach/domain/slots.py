"""Which times an officer's day still has for a call, and how the borrower reads them. Instants are aware; those given are UTC.

Fifteen minutes on a grid of half hours, Monday to Friday from nine to five where the officer works, not on a federal holiday,
not within two hours from now, and never at an hour at which nobody is called where the borrower lives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from outreach.domain import windows

LENGTH, GRID, NOTICE = timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=2)
OPENS, CLOSES = time(9), time(17)
# Federal law calls nobody at home before eight or after nine; whoever chooses an hour may still mistake the zone.
EARLIEST, LATEST = time(8), time(21)
FIRST_DAYS, ALL_DAYS = 3, 10
A_FEW = 4
DAYS_AHEAD = 40

Spell = tuple[datetime, datetime]

_NAMES = {"E": "Eastern", "C": "Central", "M": "Mountain", "P": "Pacific", "AK": "Alaska", "H": "Hawaii", "A": "Atlantic"}


@dataclass(frozen=True)
class Slot:
    """A time that can be chosen: `at` is UTC, `clock` is "11:30 AM", `words` "Tuesday, April 28, 11:30 AM"."""

    at: datetime
    clock: str
    words: str

    @property
    def value(self) -> str:
        """What a form posts."""
        return self.at.strftime("%Y-%m-%dT%H:%MZ")


@dataclass(frozen=True)
class Day:
    """A day of the borrower's calendar with what is free on it."""

    on: date
    slots: tuple[Slot, ...]

    @property
    def weekday(self) -> str:
        return f"{self.on:%a}"

    @property
    def words(self) -> str:
        return f"{self.on:%b} {self.on.day}"


def free(now: datetime, officer: ZoneInfo, borrower: ZoneInfo, busy: Iterable[Spell], *, days: int = ALL_DAYS) -> list[Day]:
    """The next so many days on which something is free, by the borrower's calendar."""
    taken = list(busy)
    today = now.astimezone(officer).date()
    found: dict[date, list[Slot]] = {}
    for ahead in range(DAYS_AHEAD):
        for at in _grid(today + timedelta(days=ahead), officer):
            local = at.astimezone(borrower)
            if at >= now + NOTICE and EARLIEST <= local.time() < LATEST and not _meets(at, taken):
                found.setdefault(local.date(), []).append(Slot(at, clock(local), words(local)))
        if len(found) > days:
            break
    return [Day(on, tuple(found[on])) for on in sorted(found)[:days]]


def a_few(days: Sequence[Day], most: int = A_FEW) -> list[Day]:
    """The first days, each with some of its times, from early to late."""
    return [Day(day.on, _spread(day.slots, most)) for day in days[:FIRST_DAYS]]


def clock(local: datetime) -> str:
    """11:30 AM."""
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


def words(local: datetime) -> str:
    """Tuesday, April 28, 11:30 AM."""
    return f"{local:%A, %B} {local.day}, {clock(local)}"


def zone_name(zone: ZoneInfo, on: datetime) -> str:
    """As Americans call it: Mountain Time. Arizona keeps its own; elsewhere the zone's city."""
    if zone.key == "America/Phoenix":
        return "Arizona Time"
    letters = (on.astimezone(zone).tzname() or "").removesuffix("T").removesuffix("S").removesuffix("D")
    name = _NAMES.get(letters)
    return f"{name} Time" if name else f"{zone.key.rpartition('/')[2].replace('_', ' ')} time"


def _grid(day: date, zone: ZoneInfo) -> list[datetime]:
    if not windows.is_business_day(day):
        return []
    opens, closes = (windows.instant_of(day, at, zone) for at in (OPENS, CLOSES))
    # In UTC, where half an hour is always one.
    return [opens + step * GRID for step in range((closes - opens) // GRID)]


def _meets(at: datetime, busy: Sequence[Spell]) -> bool:
    return any(starts < at + LENGTH and at < ends for starts, ends in busy)


def _spread(slots: tuple[Slot, ...], most: int) -> tuple[Slot, ...]:
    if len(slots) <= most:
        return slots
    return tuple(slots[round(index * (len(slots) - 1) / (most - 1))] for index in range(most))


def read(value: str) -> datetime | None:
    """What a form posted, in UTC; None where it is no such time."""
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
