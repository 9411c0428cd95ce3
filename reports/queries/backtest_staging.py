"""The figures and verdicts of the match over months of a history: the same functions, a stage each, on any statement.

`loans.queries.staging` reads the portfolio; this reads a statement whose columns are the facts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from django.db import connection
from django.db.models import DateField, DecimalField, Expression, Field, IntegerField
from django.db.models.sql import Query

from loans.domain import eligibility, figures
from loans.models import Loan
from loans.queries import columns
from reports.domain.backtest_criteria import OTHER_RULES, Criterion, Family

INTEGER, DAY, MONEY = IntegerField(), DateField(), DecimalField(max_digits=12, decimal_places=2)
KEPT = ("number", "month", "vintage", "size", "last", "ended", "prepaid")
"""What tells the months apart, and what became of the loan; no figure reads it."""
# A limit that no table reaches keeps the planner from writing one stage into the next.
NO_LIMIT = 2**63 - 1

FACTS: Mapping[str, Field[Any, Any]] = {
    "note_rate": columns.RATE,
    "current_rate": columns.RATE,
    "is_arm": columns.BOOLEAN,
    "interest_only": columns.BOOLEAN,
    "original_amount": MONEY,
    "term_months": INTEGER,
    "first_payment_date": DAY,
    "origination_date": DAY,
    "upb": MONEY,
    "upb_as_of": DAY,
    "program": columns.TEXT,
    "property_state": columns.TEXT,
    "is_active": columns.BOOLEAN,
    "lien_position": INTEGER,
    "early_payoff_until": DAY,
    "do_not_solicit_clear": columns.BOOLEAN,
    "has_open_application": columns.BOOLEAN,
    "last_refinanced": DAY,
    # What is a constant of a run in the portfolio differs here from month to month.
    "as_of": DAY,
    "rate_30": columns.RATE,
    "rate_15": columns.RATE,
    "refinance_cutoff": DAY,
    "early_payoff_cutoff": DAY,
}
DERIVED: Mapping[str, Field[Any, Any]] = {"investor_key": columns.TEXT, "licensed": columns.BOOLEAN}
"""Facts of the match that are worked out from other rows than the loan's own."""
RATES = {"conventional_30": "rate_30", "conventional_15": "rate_15"}
WANTED = ("spread", "break_even_months", "optimal_bp")
VERDICTS = frozenset({*WANTED, *(name for rule in OTHER_RULES for name in eligibility.inputs(rule))})
"""What the criteria and the other rules read."""


class Compiled(NamedTuple):
    sql: str
    params: list[Any]


class Column(Expression):
    """A column by its name, of a statement that no model stands for."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return connection.ops.quote_name(self.name), []


def flags(facts: str, criteria: Sequence[Criterion], constants: Mapping[str, Any]) -> Compiled:
    """A statement with the kept columns and, for each criterion in its order, whether it flags the month: f0, f1, …

    `facts` is a statement with KEPT and FACTS for columns; `constants` are the terms by name.
    """
    types = {**_unpublished(), **FACTS}
    values: dict[str, Any] = {**constants, **{name: Column(name, field) for name, field in types.items()}}
    values["market_rates"] = {product: values[rate] for product, rate in RATES.items()}
    statement = Compiled(_with_unknowns(facts), [])
    read_later = _read_after_each_stage()
    held = [*types]
    for formulas, needed in zip(figures.STAGES, read_later, strict=True):
        made = {formula.__name__: _of(formula, values) for formula in formulas if formula.__name__ in needed}
        held = [name for name in held if name in needed]
        statement = _over(statement, [*KEPT, *held], {name: _compiled(value) for name, value in made.items()})
        held += made
        values |= {name: Column(name, _type(value)) for name, value in made.items()}
    statement = _over(statement, [*KEPT, *WANTED], {"passes": _passes(values)})
    reached = (criterion.reached(*(values[name] for name in WANTED)) for criterion in criteria)
    tests = {
        f"f{at}": Compiled(f"(({sql}) IS TRUE{'' if criterion.family is Family.BARE else ' AND passes'})", params)
        for at, (criterion, (sql, params)) in enumerate(zip(criteria, map(_compiled, reached), strict=True))
    }
    return _over(statement, KEPT, tests)


def _unpublished() -> dict[str, Field[Any, Any]]:
    """The facts of the match that no agency publishes, with their types: those of a loan on file."""
    names = (name for name in figures.FACTS if name not in FACTS)
    return {name: DERIVED[name] if name in DERIVED else cast("Field[Any, Any]", Loan._meta.get_field(name)) for name in names}


def _with_unknowns(facts: str) -> str:
    unknown = [f"NULL::{field.db_type(connection)} AS {name}" for name, field in _unpublished().items()]
    return f"SELECT {', '.join(['f.*', *unknown])} FROM ({facts}) AS f"  # noqa: S608


def _read_after_each_stage() -> list[set[str]]:
    """Which facts and figures are read after stage 1, after stage 2, and so on."""
    needed = [set(VERDICTS)]
    for formulas in reversed(figures.STAGES[1:]):
        read = {name for formula in formulas if formula.__name__ in needed[0] for name in figures.parameters(formula)}
        if "market_rates" in read:
            read |= set(RATES.values())
        needed.insert(0, needed[0] - {formula.__name__ for formula in formulas} | read)
    return needed


def _over(statement: Compiled, kept: Sequence[str], made: Mapping[str, Compiled]) -> Compiled:
    select = ", ".join([*kept, *(f"{compiled.sql} AS {name}" for name, compiled in made.items())])
    params = [value for compiled in made.values() for value in compiled.params]
    return Compiled(f"SELECT {select} FROM ({statement.sql}) AS s LIMIT {NO_LIMIT}", [*params, *statement.params])  # noqa: S608


def _of(formula: figures.Figure, values: Mapping[str, Any]) -> Any:
    return columns.column(formula(*(values[name] for name in figures.parameters(formula))))


def _passes(values: Mapping[str, Any]) -> Compiled:
    """That no other rule keeps the loan out; unknown does so only where the rule says it, as in the match."""
    tests: list[str] = []
    params: list[Any] = []
    for rule in OTHER_RULES:
        sql, given = _compiled(_of(rule.judge, values))
        tests.append(f"({sql}) IS {'NOT TRUE' if rule.unknown_excludes else 'FALSE'}")
        params += given
    return Compiled(f"NOT ({' OR '.join(tests)})", params)


def _compiled(expression: Expression) -> Compiled:
    query = Query(None)
    sql, params = query.get_compiler(connection=connection).compile(expression.resolve_expression(query))
    return Compiled(sql, list(params))


def _type(expression: Expression) -> Field[Any, Any] | None:
    found: Field[Any, Any] | None = getattr(expression.resolve_expression(Query(None)), "_output_field_or_none", None)
    return found
