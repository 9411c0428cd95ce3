"""Real weekly averages (Source: Freddie Mac PMMS), moved by whole weeks so that the last published one is this week's."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

SURVEY = Path(__file__).with_name("survey.csv")


@cache
def published() -> tuple[tuple[date, Decimal, Decimal], ...]:
    """(day, 30-year, 15-year) in percent, as published, oldest first."""
    with SURVEY.open(encoding="utf-8", newline="") as file:
        return tuple(
            (date.fromisoformat(row["date"]), Decimal(row["frm30"]), Decimal(row["frm15"])) for row in csv.DictReader(file)
        )


def moved_by(today: date) -> timedelta:
    """Whole weeks that bring the last survey to the latest Thursday."""
    return timedelta(weeks=(today - published()[-1][0]).days // 7)


def replayed(today: date) -> list[tuple[date, Decimal, Decimal]]:
    """The survey under today's dates."""
    move = moved_by(today)
    return [(day + move, thirty, fifteen) for day, thirty, fifteen in published()]


def thirty_year_on(day: date, today: date) -> Decimal:
    """The replayed 30-year average in force on a day; before the first, the first."""
    rates = replayed(today)
    return next((thirty for week, thirty, _ in reversed(rates) if week <= day), rates[0][1])


def write(path: Path, today: date) -> None:
    """The replayed survey as a file in the publisher's shape."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("date", "frm30", "frm15"))
        writer.writerows(replayed(today))


def notice(today: date) -> str:
    """What every page of a demo says."""
    last, moved = published()[-1][0], moved_by(today).days // 7
    return (
        f"Demo. Borrowers and loans are invented. Rates are real Freddie Mac survey averages up to "
        f"{last:%B} {last.day}, {last.year}, shown {moved} weeks later than they were published."
    )
