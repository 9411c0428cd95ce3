"""Taking a branch's, a state's or a program's costs back, or an investor's window: rows are added, and none is removed.

What has not begun never begins: the numbers before it go on. What counts already counts for the last time yesterday.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from loans.models import ClosingCost, InvestorWindow
from loans.queries import rule_rows
from loans.services import rule_numbers
from loans.services.policies import CannotSave

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('loans.rule_rows', 0))"
OVER = "It does not count any more: somebody has replaced it or taken it back."


@transaction.atomic
def take_back_cost(row: ClosingCost, entry: rule_numbers.Entry) -> None:
    """Ends it; of the entry's day only today is read. Raises CannotSave where the row is not what counts."""
    for then, (fixed, percent) in _instead(row, entry):
        rule_numbers.set_cost(fixed, percent, then, branch=row.branch, state=row.state, program=row.program)


@transaction.atomic
def take_back_window(row: InvestorWindow, entry: rule_numbers.Entry) -> None:
    """Ends it; of the entry's day only today is read. Raises CannotSave where the row is not what counts."""
    for then, (days, premium) in _instead(row, entry):
        rule_numbers.set_window(row.investor, days, premium, then)


def _instead(row: rule_rows.Row, entry: rule_numbers.Entry) -> list[tuple[rule_numbers.Entry, tuple[Any, Any]]]:
    """From which days something else counts, and its numbers: none, or of a row that has not begun those before it."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    rows = list(rule_rows.same_loans(row))
    day = max(row.effective_from, entry.today)
    if rule_rows.counting(rows, day) != row:
        raise CannotSave(OVER)
    before = rule_rows.counting(rows, day - timedelta(days=1)) if row.effective_from > entry.today else None
    numbers = rule_rows.numbers(before)
    if numbers == rule_rows.numbers(row):
        raise CannotSave(OVER)
    days = [day, *_days_on_which_it_goes_on(rows, row, day)]
    return [(rule_numbers.Entry(entry.by, entry.today, each, entry.note), numbers) for each in days]


def _days_on_which_it_goes_on(rows: list[Any], row: rule_rows.Row, after: date) -> Iterator[date]:
    """Days on which a row begins that has the same numbers, as one has that took a plan back: it would bring them back."""
    for day in sorted({one.effective_from for one in rows if one.effective_from > after}):
        if rule_rows.numbers(rule_rows.counting(rows, day)) != rule_rows.numbers(row):
            return
        yield day
