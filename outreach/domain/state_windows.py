"""The hours in which a borrower may be reached, as data: federal, state by state, and the house's own. A page lists them.

The states' rows come from trade summaries that disagree with each other; `verified` turns true when counsel has read the law.
`windows` decides by them. A row binds from its day on; a row without one binds always.
"""

from dataclasses import dataclass
from datetime import date, time

MONDAY_TO_FRIDAY, SATURDAY, SUNDAY = range(5), 5, 6
Hours = tuple[time, time]


@dataclass(frozen=True)
class Window:
    """From when to when, local time, in a week that starts on Monday; None for a day on which nothing is allowed."""

    # "US" for the whole country, else a state's two letters.
    state: str
    channels: frozenset[str]
    week: tuple[Hours | None, ...]
    holidays: bool
    citation: str
    # The house's own habit binds what a sequence sends; the law binds what is typed by hand as well.
    by_hand: bool = True
    effective_from: date | None = None
    verified: bool = False

    def hours_on(self, day: date, *, holiday: bool) -> Hours | None:
        """The hours of that local day, None for none at all."""
        return None if holiday and not self.holidays else self.week[day.weekday()]

    @property
    def said(self) -> str:
        """`Mon to Fri 9 AM to 9 PM, Sat 9 AM to 9 PM, Sun 12 PM to 9 PM`; days of the same hours together."""
        spells: list[tuple[int, int, Hours | None]] = []
        for day, hours in enumerate(self.week):
            first = spells.pop()[0] if spells and spells[-1][2] == hours else day
            spells.append((first, day, hours))
        parts = [f"{_days(first, last)} {_said(hours)}" for first, last, hours in spells]
        return ", ".join(parts if self.holidays else [*parts, "none on federal holidays"])


DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _days(first: int, last: int) -> str:
    return DAYS[first] if first == last else "every day" if (first, last) == (0, 6) else f"{DAYS[first]} to {DAYS[last]}"


def _said(hours: Hours | None) -> str:
    return "none" if hours is None else " to ".join(f"{clock:%I %p}".removeprefix("0") for clock in hours)


def _hours(opens: int, closes: int) -> Hours:
    return time(opens), time(closes)


def _week(workday: Hours | None, saturday: Hours | None, sunday: Hours | None) -> tuple[Hours | None, ...]:
    return (*(workday for _ in MONDAY_TO_FRIDAY), saturday, sunday)


_SPOKEN = frozenset({"sms", "call"})


def _daily(
    state: str,
    opens: int,
    closes: int,
    citation: str,
    *,
    effective_from: date | None = None,
    sunday: bool = True,
    holidays: bool = True,
) -> Window:
    hours = _hours(opens, closes)
    return Window(state, _SPOKEN, _week(hours, hours, hours if sunday else None), holidays, citation, True, effective_from)


WINDOWS: tuple[Window, ...] = (
    Window(
        "US",
        _SPOKEN,
        _week(_hours(10, 18), _hours(10, 17), None),
        False,
        "House rule: inside every window below",
        by_hand=False,
        verified=True,
    ),
    Window(
        "US",
        frozenset({"email"}),
        _week(_hours(9, 18), None, None),
        False,
        "House rule: business hours",
        by_hand=False,
        verified=True,
    ),
    Window("US", _SPOKEN, _week(*[_hours(8, 21)] * 3), True, "47 CFR 64.1200(c)(1)", verified=True),
    _daily("AL", 8, 20, "Alabama telephone solicitation law", sunday=False, holidays=False),
    _daily("CT", 9, 20, "Conn. Gen. Stat. 42-288a"),
    _daily("FL", 8, 20, "Fla. Stat. 501.616(6)", effective_from=date(2021, 7, 1)),
    _daily("KY", 10, 21, "Ky. Rev. Stat. 367.46955"),
    _daily("LA", 8, 20, "Louisiana telephone solicitation law", sunday=False, holidays=False),
    _daily("MA", 8, 20, "Mass. Gen. Laws ch. 159C"),
    _daily("MD", 8, 20, "Md. Stop the Spam Calls Act of 2023", effective_from=date(2024, 1, 1)),
    _daily("MI", 9, 21, "Michigan home solicitation law"),
    _daily("MN", 9, 21, "Minn. Stat. 325E.30"),
    _daily("MS", 8, 20, "Mississippi Telephone Solicitation Act", sunday=False),
    _daily("NJ", 8, 20, "New Jersey do-not-call law"),
    _daily("NM", 9, 21, "N.M. Stat. 57-12-22"),
    _daily("NV", 9, 20, "Nevada telephone solicitation law"),
    _daily("OK", 8, 20, "Oklahoma Telephone Solicitation Act of 2022", effective_from=date(2022, 11, 1)),
    Window("RI", _SPOKEN, _week(_hours(9, 18), _hours(10, 17), _hours(10, 17)), True, "R.I. Gen. Laws ch. 5-61"),
    Window(
        "TX",
        _SPOKEN,
        _week(_hours(9, 21), _hours(9, 21), _hours(12, 21)),
        True,
        "Tex. Bus. & Com. Code 301.051; texts by SB 140",
    ),
    _daily("WA", 8, 20, "Wash. Rev. Code 80.36.390"),
)
"""The table. Every row that binds a place, channel and day must allow the instant."""
