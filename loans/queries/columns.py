"""The column forms of `loans.domain.words`: given Django expressions, each word gives the SQL expression.

Importing this module registers them. Columns of figures are float8, rates numeric(6,3).
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from django.db.models import (
    BooleanField,
    DateField,
    DecimalField,
    Expression,
    FloatField,
    Func,
    IntegerField,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Ceil, Coalesce, Exp, Greatest, Least, Ln

from loans.domain import words

BOOLEAN, FLOAT, INTEGER, TEXT = BooleanField(), FloatField(), IntegerField(), TextField()
RATE = DecimalField(max_digits=6, decimal_places=3)
LARGE = 16
"""Entries of a table beyond which a look-up is quicker than a CASE."""


def column(value: Any) -> Any:
    """A constant as an SQL value with its type; an expression as it is."""
    if isinstance(value, Combinable):
        return value
    if isinstance(value, bool):
        return Value(value, BOOLEAN)
    if isinstance(value, int):
        return Value(value, INTEGER)
    if isinstance(value, float):
        return Value(value, FLOAT)
    if isinstance(value, Decimal):
        return Value(value, RATE)
    if isinstance(value, str):
        return Value(value, TEXT)
    return Value(value)


class Condition(Func):
    """Two or more expressions joined by an operator, in brackets."""

    template = "(%(expressions)s)"

    def __init__(self, *expressions: Any, operator: str) -> None:
        super().__init__(*map(column, expressions), arg_joiner=f" {operator} ", output_field=BooleanField())


class Wrapped(Func):
    """A template around one expression."""

    def __init__(self, expression: Any, *, template: str, output_field: Any) -> None:
        super().__init__(column(expression), template=template, output_field=output_field)


class Choice(Func):
    """CASE WHEN condition THEN one ELSE other END, with the type of the branch that has one."""

    template = "CASE WHEN %(expressions)s END"

    def __init__(self, *branches: Any, otherwise: Any) -> None:
        super().__init__(*branches, column(otherwise))

    def as_sql(  # type: ignore[override]  # a CASE has no function, joiner or template to take
        self, compiler: Any, connection: Any, **extra: Any
    ) -> Any:
        *branches, otherwise = [compiler.compile(expression) for expression in self.get_source_expressions()]
        parts, values = [], []
        for (condition, condition_values), (then, then_values) in zip(branches[::2], branches[1::2], strict=True):
            parts.append(f"WHEN {condition} THEN {then}")
            values += [*condition_values, *then_values]
        return f"CASE {' '.join(parts)} ELSE {otherwise[0]} END", [*values, *otherwise[1]]

    def _resolve_output_field(self) -> Any:
        *branches, otherwise = self.get_source_expressions()
        typed = (branch._output_field_or_none for branch in (*branches[1::2], otherwise))
        return next((field for field in typed if field is not None), None)


@words.when.register(Combinable)
def _when(condition: Any, then: Any, otherwise: Any) -> Expression:
    return Choice(condition, column(words.lazily(then)), otherwise=words.lazily(otherwise))


class LookUp(Func):
    """A large table as one constant of JSON, whose keys are found by halves where a CASE would go through all of them."""

    template = "((%(expressions)s)::text)"
    arg_joiner = "::jsonb ->> "

    def __init__(self, key: Any, table: Mapping[Any, Any]) -> None:
        values = json.dumps({str(known): str(value) for known, value in table.items()})
        super().__init__(Value(values, TEXT), Cast(key, TEXT), output_field=TextField())


@words.choose.register(Combinable)
def _choose(key: Any, table: Mapping[Any, Any], otherwise: Any = None) -> Expression:
    if not table and isinstance(otherwise, Combinable):
        return cast("Expression", otherwise)
    if not table:
        return Cast(column(otherwise), FLOAT if isinstance(otherwise, float) else RATE)
    if len(table) > LARGE:
        field = {float: FLOAT, int: INTEGER}.get(type(next(iter(table.values()))), RATE)
        return Coalesce(Cast(LookUp(key, table), field), Cast(column(otherwise), field))
    branches = [part for known, value in table.items() for part in (Condition(key, known, operator="="), column(value))]
    return Choice(*branches, otherwise=otherwise)


@words.first_where.register(Combinable)
def _first_where(condition: Any, then: Any, *others: Any) -> Expression:
    *branches, otherwise = map(column, (condition, then, *others))
    return Choice(*branches, otherwise=otherwise)


@words.at_least.register(Combinable)
def _at_least(left: Any, right: Any) -> Expression:
    return Condition(left, right, operator=">=")


@words.more_than.register(Combinable)
def _more_than(left: Any, right: Any) -> Expression:
    return Condition(left, right, operator=">")


@words.same.register(Combinable)
def _same(left: Any, right: Any) -> Expression:
    return Condition(left, right, operator="=")


@words.known.register(Combinable)
def _known(value: Any) -> Expression:
    return Wrapped(value, template="(%(expressions)s IS NOT NULL)", output_field=BooleanField())


@words.negate.register(Combinable)
def _negate(condition: Any) -> Expression:
    return Wrapped(condition, template="(NOT %(expressions)s)", output_field=BooleanField())


@words.all_of.register(Combinable)
def _all_of(*conditions: Any) -> Expression:
    return Condition(*conditions, operator="AND")


@words.any_of.register(Combinable)
def _any_of(*conditions: Any) -> Expression:
    return Condition(*conditions, operator="OR")


@words.number.register(Combinable)
def _number(value: Any) -> Expression:
    return Cast(value, FLOAT)


@words.percent.register(Combinable)
def _percent(value: Any) -> Expression:
    return Cast(value, RATE)


@words.ln.register(Combinable)
def _ln(value: Any) -> Expression:
    return Ln(value, output_field=FloatField())


@words.exp.register(Combinable)
def _exp(value: Any) -> Expression:
    return Exp(value, output_field=FloatField())


@words.least.register(Combinable)
def _least(*values: Any) -> Expression:
    return Least(*map(column, values))


@words.greatest.register(Combinable)
def _greatest(*values: Any) -> Expression:
    return Greatest(*map(column, values))


@words.ceil.register(Combinable)
def _ceil(value: Any) -> Expression:
    return Ceil(value, output_field=FloatField())


class Cents(Func):
    """Half a cent is decided in decimal, from 15 digits; anything else, by far faster, in floats. Both give the nearest cent.

    The argument is written five times: give it a column, not a formula.
    """

    template = (
        "CASE WHEN abs(abs(%(expressions)s * 100 - trunc(%(expressions)s * 100)) - 0.5) > 0.001 "
        "THEN round(%(expressions)s * 100) / 100 ELSE round((%(expressions)s)::numeric, 2)::float8 END"
    )
    output_field = FloatField()


@words.cents.register(Combinable)
def _cents(value: Any) -> Expression:
    return Cents(value)


@words.tenths.register(Combinable)
def _tenths(value: Any) -> Expression:
    return Wrapped(value, template="round((%(expressions)s)::numeric, 1)::float8", output_field=FLOAT)


@words.month_index.register(Combinable)
def _month_index(day: Any) -> Expression:
    return Wrapped(
        day,
        template="(date_part('year', %(expressions)s) * 12 + date_part('month', %(expressions)s))::integer",
        output_field=IntegerField(),
    )


@words.day_of_month.register(Combinable)
def _day_of_month(day: Any) -> Expression:
    return Wrapped(day, template="date_part('day', %(expressions)s)::integer", output_field=IntegerField())


@words.month_length.register(Combinable)
def _month_length(day: Any) -> Expression:
    return Wrapped(
        day,
        template="date_part('day', date_trunc('month', %(expressions)s) + interval '1 month - 1 day')::integer",
        output_field=IntegerField(),
    )


class DaysLater(Func):
    """A date and a whole number of days: PostgreSQL adds them as they are."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = DateField()


@words.plus_days.register(Combinable)
def _plus_days(day: Any, days: Any) -> Expression:
    return DaysLater(day, Cast(column(days), INTEGER))


@words.plus_months.register(Combinable)
def _plus_months(day: Any, months: int) -> Expression:
    template = f"(%(expressions)s + interval '{int(months)} months')::date"
    return Wrapped(day, template=template, output_field=DateField())
