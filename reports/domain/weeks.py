"""Weeks as a report counts them: Monday 00:00 to Monday 00:00 on a branch's own clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHOWN = 12
"""How many weeks a report looks back, its own among them."""
EARLIEST_YEAR, LATEST_YEAR = 2000, 2200


class NotAWeek(ValueError):
    """The text names no week; the message says what to write."""


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week by its Monday. In a year with a change of the clocks it has 167 or 169 hours."""

    monday: date

    @classmethod
    def holding(cls, day: date) -> "Week":
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def named(cls, text: str) -> "Week":
        """`2026-W17`. Raises NotAWeek."""
        found = re.fullmatch(r"([0-9]{4})-W([0-9]{2})", text, re.ASCII)
        try:
            if found is None or not EARLIEST_YEAR <= int(found[1]) <= LATEST_YEAR:
                raise ValueError(text)
            return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError as error:
            raise NotAWeek(f"{text} is not a week; write 2026-W17.") from error

    @property
    def name(self) -> str:
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def label(self) -> str:
        """Monday 20 to Sunday 26 April 2026."""
        first, last = self.monday, self.sunday
        month = "" if first.month == last.month else f" {first:%B}"
        year = "" if first.year == last.year else f" {first.year}"
        return f"Monday {first.day}{month}{year} to Sunday {last.day} {last:%B} {last.year}"

    def back(self, weeks: int) -> "Week":
        return Week(self.monday - timedelta(weeks=weeks))

    def begins(self, zone: ZoneInfo) -> datetime:
        """The first instant, in UTC."""
        return datetime.combine(self.monday, time(), zone).astimezone(UTC)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The instant after the last, in UTC."""
        return self.back(-1).begins(zone)

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        return now >= self.ends(zone)


def current(now: datetime, zone: ZoneInfo) -> Week:
    """The week under way on that clock."""
    return Week.holding(now.astimezone(zone).date())


def last_complete(now: datetime, zone: ZoneInfo) -> Week:
    """The newest week that is over on that clock."""
    return current(now, zone).back(1)


def prepared(week: Week, zone: ZoneInfo) -> datetime:
    """When its report is mailed: the Monday after it, 07:00 on the branch's clock, in UTC."""
    return datetime.combine(week.back(-1).monday, time(7), zone).astimezone(UTC)
