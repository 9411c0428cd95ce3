"""Which loans open if the market falls by so much: those that the match of that market would open and today's would not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from loans.domain import eligibility, figures, opening, words
from loans.domain.opening import FALLS
from loans.models import Amortization, Loan, LoanStatus, Opportunity, OpportunityStatus, Policy, Threshold
from loans.queries import counting, match_statements, portfolio, staging
from loans.queries.terms import terms
from rates.queries import market

SHOWN = (
    "product", "proxy", "interest_rate", "market_rate", "monthly_savings", "total_interest_savings", "closing_costs",
    "break_even_months", "person_first",
)  # fmt: skip
NAMES = ("id", "loan_number", *figures.FACTS, *SHOWN)
CHUNK = 500

# `j` is the fallen market, `n` today's.
_FAILS_NOW = " OR ".join(staging.excludes(rule).replace("(j.", "(n.", 1) for rule in eligibility.RULES)
_FAILS_THEN = " OR ".join(staging.excludes(rule) for rule in eligibility.RULES)


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty is no filter. The officer's id, or `portfolio.UNASSIGNED`."""

    officer: str = ""
    program: str = ""

    @property
    def is_set(self) -> bool:
        return bool(self.officer or self.program)


@dataclass(frozen=True)
class Row:
    """A loan that would open. Rates in percent: today's market, the one after the fall, and the one at which it opens.

    Dollars and months are after the fall. `review`: why a person must look before anything is sent, empty where none must.
    """

    loan: Loan
    product: str
    proxy: bool
    note_rate: Decimal
    market_rate: Decimal
    fallen_rate: Decimal
    opens_at: Decimal | None
    monthly_savings: Decimal | None
    total_interest_savings: Decimal | None
    closing_costs: Decimal | None
    break_even_months: int | None
    review: str


@dataclass(frozen=True)
class Nearby:
    """The list for one reader, of one day."""

    user: User
    filters: Filters
    terms: figures.Terms
    offered: market.Market
    counter: counting.Counter
    versions: str

    @property
    def has_rates(self) -> bool:
        return bool(self.terms.market_rates)

    def counts(self) -> dict[str, int]:
        """How many loans would open, by how far the market falls. One statement; remembered where the book is large."""
        return self.counter.remembered(f"nearly:{self.versions}:{self.filters}", self._counts)

    def page(self, points: Decimal, *, start: int, size: int) -> list[Row]:
        """Of the loans that open within the fall those from `start`, by total interest savings. Two queries."""
        return list(self._rows(self._found(points, f"LIMIT {int(size)} OFFSET {int(start)}"), points))

    def every(self, points: Decimal) -> Iterator[Row]:
        """All of them, in the same order."""
        for some in batched(self._found(points, ""), CHUNK):
            yield from self._rows(some, points)

    def _counts(self) -> dict[str, int]:
        among = self._among(max(FALLS.values()))
        if among is None:
            return dict.fromkeys(FALLS, 0)
        now, params = _sql(staging.judged(self.terms, (), among))
        joins, tests, values = [], [], list(params)
        for number, points in enumerate(FALLS.values()):
            then, more = _sql(staging.judged(opening.fallen(self.terms, points), ("market_rate",), among))
            joins.append(
                f"LEFT JOIN (SELECT j.id FROM ({then}) AS j WHERE NOT ({_FAILS_THEN}) AND {_reopenable(self.terms.as_of)}) "  # noqa: S608
                f"AS fall_{number} ON fall_{number}.id = n.id"
            )
            tests.append(f"count(fall_{number}.id)")
            values += more
        statement = f"SELECT {', '.join(tests)} FROM ({now}) AS n {' '.join(joins)} WHERE {_FAILS_NOW}"  # noqa: S608
        return dict(zip(FALLS, _fetch(statement, values)[0], strict=True))

    def _found(self, points: Decimal, bounds: str) -> list[tuple[Any, ...]]:
        among = self._among(points)
        if among is None:
            return []
        now, params = _sql(staging.judged(self.terms, (), among))
        then, more = _sql(staging.judged(opening.fallen(self.terms, points), (*figures.FACTS, *SHOWN), among))
        return _fetch(
            f"""SELECT {", ".join(f"j.{name}" for name in NAMES)} FROM ({then}) AS j JOIN ({now}) AS n ON n.id = j.id
            WHERE NOT ({_FAILS_THEN}) AND ({_FAILS_NOW}) AND {_reopenable(self.terms.as_of)}
            ORDER BY j.total_interest_savings DESC NULLS LAST, j.loan_number {bounds}""",  # noqa: S608
            [*more, *params],
        )

    def _among(self, points: Decimal) -> QuerySet[Loan] | None:
        """The loans that can open at all: without a row in the queue, and with a rate that may reach a threshold."""
        bound = opening.lowest_rate_that_may_open(opening.fallen(self.terms, points))
        if bound is None:
            return None
        loans = Loan.objects.visible_to(self.user).filter(status=LoanStatus.ACTIVE, lien_position=1)
        if self.filters.officer:
            loans = loans.filter(officer=None if self.filters.officer == portfolio.UNASSIGNED else int(self.filters.officer))
        if self.filters.program:
            loans = loans.filter(program=self.filters.program)
        is_open = Opportunity.objects.filter(loan=OuterRef("pk"), status__in=OpportunityStatus.open())
        return loans.filter(~Exists(is_open), Q(amortization=Amortization.ARM) | Q(note_rate__gte=bound))

    def _rows(self, found: Sequence[tuple[Any, ...]], points: Decimal) -> Iterator[Row]:
        loans = portfolio.visible(self.user).in_bulk([row[0] for row in found])
        for row in found:
            values = dict(zip(NAMES, row, strict=True))
            months = values["break_even_months"]
            facts = {name: values[name] for name in figures.FACTS}
            yield Row(
                loan=loans[values["id"]],
                product=values["product"],
                proxy=values["proxy"],
                note_rate=values["interest_rate"] or values["note_rate"],
                market_rate=values["market_rate"] + points,
                fallen_rate=values["market_rate"],
                opens_at=opening.opens_at(facts, self.terms, points),
                monthly_savings=_money(values["monthly_savings"]),
                total_interest_savings=_money(values["total_interest_savings"]),
                closing_costs=_money(values["closing_costs"]),
                break_even_months=None if months is None else int(months),
                review=values["person_first"],
            )


def nearby(user: User, filters: Filters, on: date, counter: counting.Counter) -> Nearby:
    """What the list goes by: the market and the policy of the day."""
    offered, policy = market.applying(on), Policy.current()
    newest = Threshold.objects.order_by("-pk").values_list("pk", flat=True).first()
    rates = sorted((product, rate.rate) for product, rate in offered.rates.items())
    return Nearby(user, filters, terms(on, policy, offered), offered, counter, f"{on}:{policy.pk}:{newest}:{rates}")


def _reopenable(on: date) -> str:
    """What the match asks of a loan whose row was closed, at the fallen market."""
    return match_statements.REOPENABLE.replace("%(as_of)s", f"'{on.isoformat()}'")


def _sql(rows: staging.Rows) -> tuple[str, Sequence[Any]]:
    return rows.query.sql_with_params()


def _fetch(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        staging.prepare(cursor)
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _money(amount: float | None) -> Decimal | None:
    return None if amount is None else words.round_to_cent(amount)
