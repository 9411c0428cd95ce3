"""A back-test: the rules of the match replayed month by month over a published history of loans, and what came of each.

Loans stream from their files into temporary tables, a slice of loans at a time; PostgreSQL works out figures, verdicts and
counts of a slice, and only the counts are kept. So memory does not grow with the file.
"""

import time
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from loans.domain import words
from reports.adapters import loan_files, rate_history
from reports.adapters.rate_history import RateHistory
from reports.domain import backtest_results as results
from reports.domain.backtest_criteria import SPREADS, criteria
from reports.domain.backtest_histories import (
    OTHER_ENDS_MEAN,
    PREPAID_MEANS,
    BadHistory,
    Originated,
    Reported,
    first_of,
    month_index,
)
from reports.models import BacktestRun
from reports.queries import backtest_statements as statements
from reports.queries import backtests
from reports.queries.backtest_staging import flags

SLICE = 100_000
"""Months worked on at once, or a few more: a loan is never parted."""
CURRENT_DAYS = 35
"""A rate older than this at the end of a month is not that month's market."""
ENDS = ("loans", "prepaid", "matured", "ended_otherwise", "still_running")

Report = Callable[[int], None]


def run(
    loans: Sequence[Path],
    rates: Path,
    *,
    thresholds: Sequence[Decimal] = SPREADS,
    report: Report | None = None,
    slice_months: int = SLICE,
) -> BacktestRun:
    """Replays the files and stores what came of it; `report` is told the months read so far, after each slice.

    Thresholds are spreads in percentage points. Raises BadHistory with a sentence where a file can't be used.
    """
    started = time.monotonic()
    try:
        judging = criteria(thresholds)
    except ValueError as error:
        raise BadHistory(str(error)) from error
    market = rate_history.read(rates)
    files = loan_files.recognized(loans)
    policy = backtests.policy()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(statements.TABLES)
        _copy_market(cursor, market, policy)
        _copy_loans(cursor, chain.from_iterable(file.originated() for file in files))
        tally, missing = results.Tally(), 0
        months = chain.from_iterable(file.reported() for file in files)
        select = flags(statements.FACTS, judging, backtests.constants(market.days[-1]))
        read = 0
        for part, number in _slices(months, slice_months):
            missing += _load(cursor, part, number)
            _replay(cursor, tally, select, len(judging))
            read += len(part)
            if report:
                report(read)
        if not tally.overall.counts["months"]:
            raise BadHistory("No month of these loans falls in the time of the rate file, so there is nothing to replay.")
        cursor.execute(statements.SKIPPED)
        adjustable, implausible, without_months = cursor.fetchone()
        at_month_end = _rates_at_month_end(cursor)
    skipped = {
        "adjustable": adjustable,
        "implausible": implausible,
        "without_months": without_months,
        "without_origination": missing,
    }
    result = {
        "histories": {
            "publisher": files[0].layout.publisher,
            "files": [file.path.name for file in files],
            "rows": read,
            **{name: tally.ends[name] for name in ENDS},
            "skipped": skipped,
        },
        "rates": {"file": market.name, "from": market.days[0].isoformat(), "to": market.days[-1].isoformat()},
        "policy": {name: str(value) for name, value in policy.items()},
        "criteria": results.judged(tally, judging),
        "monthly": results.monthly(tally, judging, at_month_end),
        "meaning": [PREPAID_MEANS, OTHER_ENDS_MEAN],
        "seconds": round(time.monotonic() - started, 2),
    }
    return BacktestRun.objects.create(
        name=files[0].path.name,
        loans=tally.ends["loans"],
        months=tally.overall.counts["months"],
        first_month=first_of(min(tally.months)),
        last_month=first_of(max(tally.months)),
        result=result,
    )


def _slices(months: Iterable[Reported], size: int) -> Iterator[tuple[list[Reported], int]]:
    """Months in slices that never part a loan, each with the number of its loans. Raises BadHistory for one out of order."""
    part: list[Reported] = []
    number = 0
    last: Reported | None = None
    for month in months:
        if last is None or month.number != last.number:
            if len(part) >= size:
                yield part, number
                part, number = [], 0
            number += 1
        elif month.month <= last.month:
            raise BadHistory(f"The months of loan {month.number} do not follow one another; sort the file by loan and month.")
        part.append(month)
        last = month
    if part:
        yield part, number


def _load(cursor: CursorWrapper, part: Sequence[Reported], number: int) -> int:
    """Puts a slice in the place of the one before; how many of its loans have no origination. Raises BadHistory."""
    cursor.execute(statements.NEXT_SLICE)
    rows = (
        (month.number, month.month, month.rate or None, month.balance or None, month.modified, month.code, month.ended)
        for month in part
    )
    _copy(cursor, statements.COPY_MONTHS, rows)
    cursor.execute("ANALYZE backtest_month")
    cursor.execute(statements.MARK_READ)
    distinct, known, again = cursor.fetchone()
    if again or distinct != number:
        raise BadHistory("The months of a loan stand in several places of the file; sort it by loan and month.")
    return int(distinct - known)


def _replay(cursor: CursorWrapper, tally: results.Tally, select: Any, judging: int) -> None:
    """Figures and verdicts of the loaded slice, added to the counts."""
    cursor.execute(statements.OUTCOMES)
    cursor.execute("ANALYZE backtest_outcome")
    cursor.execute(statements.flagged(select.sql), select.params)
    cursor.execute(statements.ENDS)
    tally.ends.update(dict(zip(ENDS, cursor.fetchone(), strict=True)))
    cursor.execute(statements.counted(judging))
    names = statements.names(judging)
    for vintage, size, month, *counts in cursor.fetchall():
        tally.group(vintage, size, month).counts.update(dict(zip(names, counts, strict=True)))
    cursor.execute(statements.first_flags(judging))
    for vintage, size, at, prepaid, flagged, lead, loans in cursor.fetchall():
        group = tally.group(vintage, size, None)
        group.counts[f"{at}.prepaid" if prepaid else f"{at}.not_prepaid"] += loans
        if flagged and prepaid:
            group.lead(at, lead, loans)
        elif flagged:
            group.counts[f"{at}.flagged_not_prepaid"] += loans


def _copy_loans(cursor: CursorWrapper, loans: Iterable[Originated]) -> None:
    rows = (
        (
            loan.number,
            loan.note_rate or None,
            loan.original_amount or None,
            loan.term_months or None,
            loan.first_payment,
            loan.originated,
            loan.state,
            loan.refinance,
            loan.adjustable,
        )
        for loan in loans
    )
    try:
        _copy(cursor, statements.COPY_LOANS, rows)
    except IntegrityError as error:
        raise BadHistory("A loan stands twice in the file of loans.") from error
    cursor.execute("ANALYZE backtest_loan")


def _copy_market(cursor: CursorWrapper, market: RateHistory, policy: Mapping[str, Any]) -> None:
    """The market at the end of each month that the rate file covers."""
    first, last = market.days[0], market.days[-1]
    rows = []
    for month in range(month_index(first.year, first.month), month_index(last.year, last.month) + 1):
        begin = first_of(month)
        as_of = begin.replace(day=monthrange(begin.year, begin.month)[1])
        cutoffs = (
            words.minus_months(as_of, policy["refinance_months"]),
            as_of - timedelta(days=policy["early_payoff_days"] + 1),
        )
        rows.append((month, as_of, *(_current(market.values[product], as_of) for product in rate_history.PRODUCTS), *cutoffs))
    _copy(cursor, statements.COPY_MARKET, rows)


def _current(series: Mapping[date, Decimal], as_of: date) -> Decimal | None:
    """The newest value in force on a day."""
    days = (as_of - timedelta(days=back) for back in range(CURRENT_DAYS))
    return next((series[day] for day in days if day in series), None)


def _rates_at_month_end(cursor: CursorWrapper) -> dict[int, Decimal | None]:
    cursor.execute("SELECT month, rate_30 FROM backtest_market")
    return dict(cursor.fetchall())


def _copy(cursor: CursorWrapper, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    try:
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except DataError as error:
        raise BadHistory(f"The files hold a value that is no number or too large: {str(error).splitlines()[0]}.") from error
