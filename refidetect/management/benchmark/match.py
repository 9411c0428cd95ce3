"""The match against its floor, and its growth with the book."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Lender
from loans.services import matching
from rates.services import pulling
from refidetect.management.benchmark import measuring, memory, portfolio

FLOOR = Path(__file__).with_name("match_floor.sql").read_text(encoding="utf-8")
BUDGET, GROWTH_BUDGET = 3.0, 12.0
# Up to what sorts and hashes may take before they spill, which a few hundred thousand loans reach.
MEMORY_BUDGET = 1.5
SHEET = "as_of,product,rate\n{day},conventional_30,6.500\n{day},conventional_15,5.750\n"


def run(loans: int, rounds: int, say: Callable[[str], None]) -> Iterator[measuring.Measured]:
    """First runs and runs that change nothing against the floor, then ten times the loans against one time."""
    today = Lender.current().today()
    set_market(today)
    small, large = memory.Watch(), memory.Watch()
    stored: list[matching.MatchResult] = []

    def ours(watch: memory.Watch = large) -> None:
        with watch.watching():
            stored.append(matching.run(today))

    def floor() -> None:
        _execute(FLOOR, {"as_of": today, "run": stored[0].run})

    portfolio.generate(1, loans // 10, today.isoformat())
    tenth = [measuring.seconds(lambda: ours(small), _empty) for _ in range(rounds)]
    portfolio.generate(loans // 10 + 1, loans, today.isoformat())
    opening, again, floor_opening, floor_again = zip(*(_round(ours, floor) for _ in range(rounds)), strict=True)
    say(f"{stored[rounds].opened:,} of {stored[rounds].loans:,} generated loans open at 6.500 percent.")
    yield measuring.Measured(f"match, {loans:,} loans, opening", opening, floor_opening, BUDGET)
    yield measuring.Measured(f"match, {loans:,} loans, nothing new", again, floor_again, BUDGET)
    yield measuring.Measured("match, ten times the loans", opening, tuple(tenth), GROWTH_BUDGET)
    if small.peak and large.peak:
        yield memory.Grown("match, memory with ten times the loans", (large.peak,), (small.peak,), MEMORY_BUDGET)
    else:
        say("The database runs elsewhere: its memory can't be seen from here.")


def _round(ours: measuring.Work, floor: measuring.Work) -> tuple[float, float, float, float]:
    """Ours into an empty queue and again, then the floor in the same way."""
    return (
        measuring.seconds(ours, _empty),
        measuring.seconds(ours, _settle),
        measuring.seconds(floor, _empty),
        measuring.seconds(floor, _settle),
    )


def set_market(today: date) -> None:
    """A rate sheet of the day: 6.500 and 5.750 percent."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as sheet:
        sheet.write(SHEET.format(day=today))
        sheet.flush()
        pulling.pull("file", now=timezone.now(), file=Path(sheet.name))


def _empty() -> None:
    # What outreach keeps about an opportunity goes with it; a scratch database has none of it.
    _execute("TRUNCATE loans_opportunity CASCADE")
    _settle()


def _settle() -> None:
    """What was written before is on disk: else a book that was just generated is cheaper to write to, and only a small one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role('pg_checkpoint', 'MEMBER')")
        if cursor.fetchone()[0]:
            cursor.execute("CHECKPOINT")


def _execute(sql: str, values: dict[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
