"""The few words beyond operators in which formulas and rules are written.

Each word takes numbers and gives a number; `loans.queries.columns` registers its form for columns, which gives an SQL
expression. So a formula is written once and read by one loan and by a million. Unknown is None here and NULL there, and
spreads the same way: a comparison with an unknown is unknown, `all_of` is false as soon as one part is false.
"""

import calendar
import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import singledispatch
from typing import Any

CENT, TENTH = Decimal("0.01"), Decimal("0.1")


def lazily(value: Any) -> Any:
    """A branch of `when` may be a function without arguments, so that a number is worked out only where it is wanted."""
    return value() if callable(value) else value


@singledispatch
def when(condition: Any, then: Any, otherwise: Any) -> Any:
    """`then` where the condition is true, else `otherwise`; an unknown condition is not true."""
    return lazily(then) if condition is True else lazily(otherwise)


@singledispatch
def at_least(left: Any, right: Any) -> Any:
    """left ≥ right; unknown where either is. Rates are compared as Decimal, never as float."""
    return None if left is None or right is None else left >= right


@singledispatch
def more_than(left: Any, right: Any) -> Any:
    """left > right; unknown where either is."""
    return None if left is None or right is None else left > right


@singledispatch
def same(left: Any, right: Any) -> Any:
    """left = right; unknown where either is."""
    return None if left is None or right is None else left == right


@singledispatch
def known(value: Any) -> Any:
    """True or false, never unknown."""
    return value is not None


@singledispatch
def negate(condition: Any) -> Any:
    """The opposite; of an unknown, unknown."""
    return None if condition is None else not condition


@singledispatch
def all_of(first: Any, *others: Any) -> Any:
    """False as soon as one is false, else unknown as soon as one is unknown."""
    conditions = (first, *others)
    if any(condition is False for condition in conditions):
        return False
    return None if any(condition is None for condition in conditions) else True


@singledispatch
def any_of(first: Any, *others: Any) -> Any:
    """True as soon as one is true, else unknown as soon as one is unknown."""
    conditions = (first, *others)
    if any(condition is True for condition in conditions):
        return True
    return None if any(condition is None for condition in conditions) else False


@singledispatch
def number(value: Any) -> Any:
    """A float, as figures are; rates and dollars come as Decimal."""
    return None if value is None else float(value)


@singledispatch
def percent(value: Any) -> Any:
    """A rate in percent as numeric(6,3), in which rates are compared."""
    return value


@singledispatch
def ln(value: Any) -> Any:
    """The natural logarithm of a number above 0."""
    return None if value is None else math.log(value)


@singledispatch
def exp(value: Any) -> Any:
    """e to the power of a number."""
    return None if value is None else math.exp(value)


@singledispatch
def least(first: Any, *others: Any) -> Any:
    """The smallest; none of them unknown."""
    return min(first, *others)


@singledispatch
def greatest(first: Any, *others: Any) -> Any:
    """The largest; none of them unknown."""
    return max(first, *others)


@singledispatch
def ceil(value: Any) -> Any:
    """Rounded up to a whole number, as a float."""
    return None if value is None else float(math.ceil(value))


def round_to_cent(value: float) -> Decimal:
    """Half away from zero, from the 15 significant digits PostgreSQL casts with, so that both give the same cent."""
    return Decimal(f"{value:.15g}").quantize(CENT, rounding=ROUND_HALF_UP)


@singledispatch
def cents(value: Any) -> Any:
    """Dollars rounded to the cent, still a float, so that figures go on from what a person reads."""
    return None if value is None else float(round_to_cent(value))


@singledispatch
def tenths(value: Any) -> Any:
    """A number rounded to a tenth, half away from zero, still a float."""
    return None if value is None else float(Decimal(f"{value:.15g}").quantize(TENTH, rounding=ROUND_HALF_UP))


@singledispatch
def month_index(day: Any) -> Any:
    """Months since year 0: the difference of two is a number of calendar months."""
    return None if day is None else day.year * 12 + day.month


@singledispatch
def day_of_month(day: Any) -> Any:
    """1 to 31."""
    return None if day is None else day.day


@singledispatch
def month_length(day: Any) -> Any:
    """The last day of the date's month, 28 to 31."""
    return None if day is None else calendar.monthrange(day.year, day.month)[1]


@singledispatch
def plus_days(day: Any, days: Any) -> Any:
    """So many days later."""
    return None if day is None or days is None else day + timedelta(days=days)


@singledispatch
def plus_months(day: Any, months: int) -> Any:
    """So many calendar months later, the same number for every loan; a day the month has not becomes its last."""
    return None if day is None else minus_months(day, -months)


@singledispatch
def choose(key: Any, table: Mapping[Any, Any], otherwise: Any = None) -> Any:
    """The table's value for the key, `otherwise` where it has none; the table is the same for every loan."""
    return table.get(key, otherwise)


@singledispatch
def first_where(condition: Any, then: Any, *others: Any) -> Any:
    """The value after the first true condition; the last of `others`, which go on in such pairs, where none is."""
    *pairs, otherwise = condition, then, *others
    return next((value for test, value in zip(pairs[::2], pairs[1::2], strict=True) if test is True), otherwise)


def unknown_in_unknown_out(formula: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a formula of arithmetic spread unknowns as SQL does: any None in, None out."""

    def guarded(*values: Any) -> Any:
        return None if any(value is None for value in values) else formula(*values)

    guarded.__name__, guarded.__doc__ = formula.__name__, formula.__doc__
    guarded.__wrapped__ = formula  # type: ignore[attr-defined]  # what inspect.signature reads
    return guarded


def minus_months(day: date, months: int) -> date:
    """So many calendar months earlier; a day the month has not becomes its last (31 March less one is 28 February)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
