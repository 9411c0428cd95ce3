"""Whether this is an hour to write or call: the recipient's local time against the law, the states' own hours and the house's.

Where the borrower may be in one of several zones, or two states are involved, an instant must suit all of them. The gate and
the cadence ask. Instants are aware; those given back are UTC. A local time that a clock change skips is read as the first
instant after it, one that comes twice as the first of the two.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

import holidays

from outreach.domain.state_windows import WINDOWS, Hours

DAYS_AHEAD = 14
"""How far the next opening is looked for: longer than any run of weekends and holidays."""

Calendar = Callable[[date], Hours | None]
Spell = tuple[datetime, datetime]


@dataclass(frozen=True)
class Verdict:
    """Allowed now or not, why, and in UTC when the allowed hours begin (next, where they have not) and end. None: never."""

    allowed: bool
    sentence: str
    opens_at: datetime | None
    closes_at: datetime | None

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold; `from_json` gives back an equal verdict."""
        return {
            "allowed": self.allowed,
            "sentence": self.sentence,
            "opens_at": self.opens_at and self.opens_at.isoformat(),
            "closes_at": self.closes_at and self.closes_at.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The verdict that `as_json` wrote. Raises KeyError where a part is missing."""
        opens, closes = (stored[name] and datetime.fromisoformat(stored[name]) for name in ("opens_at", "closes_at"))
        return cls(stored["allowed"], stored["sentence"], opens, closes)


def may_send(channel: str, by_hand: bool, now: datetime, zones: Iterable[str], states: Iterable[str]) -> Verdict:
    """The verdict for this instant. No states: the strictest of all. Raises ValueError for no zones or a naive `now`."""
    places = sorted(zones)
    if not places or now.tzinfo is None:
        raise ValueError("The hours need a time zone and an instant that knows its own.")
    now = now.astimezone(UTC)
    if channel == "email" and by_hand:
        return Verdict(True, "E-mail typed by hand goes at any hour", now, None)
    calendar = hours_of(channel, by_hand, frozenset(states))
    spell = next_spell(calendar, places, now)
    if spell is None and channel == "email":
        # No law sets hours for e-mail: where no hour is a business hour in every zone, one zone's is enough.
        spell = min((found for place in places if (found := next_spell(calendar, [place], now))), default=None)
    local = _local_words(now, places)
    if spell is None:
        return Verdict(False, f"{local}. No hour is allowed in every place the borrower may be", None, None)
    opens, closes = spell
    hours = f"{_clock(opens, now, places[0])} to {_clock(closes, opens, places[0])}"
    where = f", {_city(places[0])} time" if len(places) > 1 else ""
    if opens <= now:
        return Verdict(True, f"{local}. Allowed {hours}{where}", opens, closes)
    return Verdict(False, f"{local}. Next allowed {hours}{where}", opens, closes)


@lru_cache(maxsize=4096)
def hours_of(channel: str, by_hand: bool, states: frozenset[str]) -> Calendar:
    """The calendar of allowed local hours: what every row of the table that binds leaves open on a day."""
    rows = [
        window
        for window in WINDOWS
        if channel in window.channels
        and (window.by_hand or not by_hand)
        and (window.state == "US" or not states or window.state in states)
    ]

    @lru_cache(maxsize=1024)
    def on(day: date) -> Hours | None:
        holiday = is_holiday(day)
        opens, closes = time.min, time.max
        for row in rows:
            if row.effective_from is None or row.effective_from <= day:
                hours = row.hours_on(day, holiday=holiday)
                if hours is None:
                    return None
                opens, closes = max(opens, hours[0]), min(closes, hours[1])
        return (opens, closes) if opens < closes else None

    return on


def next_spell(calendar: Calendar, zones: Iterable[str], now: datetime) -> Spell | None:
    """The first stretch that is allowed in every zone and ends after `now`: when it began or begins, and ends (not included).

    None where there is none within the next days.
    """
    spells = [_spells(calendar, ZoneInfo(zone), now) for zone in zones]
    current = [next(each, None) for each in spells]
    while all(current):
        known = [spell for spell in current if spell]
        opens, closes = max(spell[0] for spell in known), min(spell[1] for spell in known)
        if opens < closes and closes > now:
            return opens, closes
        # The stretch that ends first can meet no later one of the others.
        behind = min(range(len(known)), key=lambda index: known[index][1])
        current[behind] = next(spells[behind], None)
    return None


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local time: in a gap the first valid instant after it, of a time that comes twice the first."""
    wall = datetime.combine(day, at)
    before, after = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if before.astimezone(zone).replace(tzinfo=None) == wall:
        return before
    # In a gap the two readings lie on either side of the change; the change is the first instant whose offset is the later one.
    earlier, later = sorted((before, after))
    target = later.astimezone(zone).utcoffset()
    while later - earlier > timedelta(seconds=1):
        middle = earlier + (later - earlier) // 2
        earlier, later = (earlier, middle) if middle.astimezone(zone).utcoffset() == target else (middle, later)
    return later.replace(microsecond=0)


def is_business_day(day: date) -> bool:
    """Monday to Friday, and not a federal holiday."""
    return day.weekday() < 5 and not is_holiday(day)


def is_holiday(day: date) -> bool:
    """A federal holiday, or the weekday on which one is kept."""
    return day in _holidays_of(day.year)


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    # The year after as well: its New Year's Day may be kept on this year's last day.
    return frozenset(holidays.country_holidays("US", years=(year, year + 1)))


def _spells(calendar: Calendar, zone: ZoneInfo, now: datetime) -> Iterator[Spell]:
    today = now.astimezone(zone).date()
    for ahead in range(-1, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        hours = calendar(day)
        if hours:
            opens, closes = (instant_of(day, at, zone) for at in hours)
            if opens < closes:
                yield opens, closes


def _local_words(now: datetime, places: list[str]) -> str:
    """10:14 AM Monday in Denver; where clocks differ, the earliest and the latest of them."""
    clocks: dict[datetime, str] = {}
    for place in places:
        clocks.setdefault(now.astimezone(ZoneInfo(place)).replace(tzinfo=None), place)
    words = [f"{_time(local)} {local:%A} in {_city(place)}" for local, place in sorted(clocks.items())]
    if len(words) < 3:
        return " and ".join(words)
    return f"{words[0]} to {words[-1]}, {len(words)} clocks possible"


def _clock(moment: datetime, since: datetime, place: str) -> str:
    """6:00 PM, with the weekday where it is another day than `since`."""
    zone = ZoneInfo(place)
    local = moment.astimezone(zone)
    return _time(local) if local.date() == since.astimezone(zone).date() else f"{_time(local)} {local:%A}"


def _time(local: datetime) -> str:
    return f"{local.hour % 12 or 12}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


def _city(zone: str) -> str:
    return zone.rpartition("/")[2].replace("_", " ")
