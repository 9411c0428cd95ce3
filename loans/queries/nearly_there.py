"""Which loans open if the market falls by so much: those that the match of that market would open and today's would not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
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
CHUNK = 2000

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
    opens_at: Decimal
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
        """How many loans would open, by how far the market falls."""
        return {fall: len(ids) for fall, ids in self._listed.items()}

    def page(self, fall: str, *, start: int, size: int) -> list[Row]:
        """Of the loans that open within the fall those from `start`, by total interest savings. Two queries."""
        return self._rows(self._listed[fall][start : start + size], FALLS[fall])

    def every(self, fall: str) -> Iterator[Row]:
        """All of them, in the same order; read in chunks."""
        for some in batched(self._listed[fall], CHUNK):
            yield from self._rows(some, FALLS[fall])

    @cached_property
    def _listed(self) -> dict[str, list[int]]:
        """The ids of the loans that open within each fall, ranked. One statement; remembered where the book is large."""
        return self.counter.remembered(f"nearly:{self.versions}:{self.filters}", self._ranked)

    def _ranked(self) -> dict[str, list[int]]:
        bound = opening.lowest_rate_that_may_open(opening.fallen(self.terms, max(FALLS.values())))
        if bound is None:
            return {fall: [] for fall in FALLS}
        among = self._among(bound)
        now, params = _sql(staging.judged(self.terms, (), among))
        joins, ranked, values = [], [], list(params)
        ended = f"LEFT JOIN {_ended(self.terms.as_of)} AS e ON e.loan_id = j.id"
        for number, points in enumerate(FALLS.values()):
            then, more = _sql(
                staging.judged(opening.fallen(self.terms, points), ("market_rate", "total_interest_savings"), among)
            )
            opens = f"NOT ({_FAILS_THEN}) AND {match_statements.REOPENABLE}"
            joins.append(
                f"LEFT JOIN (SELECT j.id, j.total_interest_savings AS saved FROM ({then}) AS j {ended} WHERE {opens}) "  # noqa: S608
                f"AS fall_{number} ON fall_{number}.id = n.id"
            )
            ranked.append(
                f"array_agg(n.id ORDER BY fall_{number}.saved DESC NULLS LAST, n.loan_number) "
                f"FILTER (WHERE fall_{number}.id IS NOT NULL)"
            )
            values += more
        statement = f"SELECT {', '.join(ranked)} FROM ({now}) AS n {' '.join(joins)} WHERE {_FAILS_NOW}"  # noqa: S608
        return {fall: ids or [] for fall, ids in zip(FALLS, _fetch(statement, values)[0], strict=True)}

    def _among(self, bound: Decimal) -> QuerySet[Loan]:
        """The loans that can open at all: without a row in the queue, and with a rate that may reach a threshold."""
        loans = Loan.objects.visible_to(self.user).filter(status=LoanStatus.ACTIVE, lien_position=1)
        if self.filters.officer:
            loans = loans.filter(officer=None if self.filters.officer == portfolio.UNASSIGNED else int(self.filters.officer))
        if self.filters.program:
            loans = loans.filter(program=self.filters.program)
        is_open = Opportunity.objects.filter(loan=OuterRef("pk"), status__in=OpportunityStatus.open())
        return loans.filter(~Exists(is_open), Q(amortization=Amortization.ARM) | Q(note_rate__gte=bound))

    def _rows(self, ids: Sequence[int], points: Decimal) -> list[Row]:
        """In the order of the ids. What somebody has changed since they were remembered is left out."""
        loans = portfolio.visible(self.user).in_bulk(ids)
        if not loans:
            return []
        among = Loan.objects.filter(pk__in=list(loans))
        sql, params = _sql(staging.judged(opening.fallen(self.terms, points), (*figures.FACTS, *SHOWN), among))
        found = _fetch(f"SELECT {', '.join(NAMES)} FROM ({sql}) AS j", params)  # noqa: S608
        values = {row[0]: dict(zip(NAMES, row, strict=True)) for row in found}
        rows = (self._row(loans[pk], values[pk], points) for pk in ids if pk in values)
        return [row for row in rows if row is not None]

    def _row(self, loan: Loan, values: dict[str, Any], points: Decimal) -> Row | None:
        opens_at = opening.opens_at({name: values[name] for name in figures.FACTS}, self.terms, points)
        if opens_at is None:
            return None
        months = values["break_even_months"]
        return Row(
            loan=loan,
            product=values["product"],
            proxy=values["proxy"],
            note_rate=values["interest_rate"] or values["note_rate"],
            market_rate=values["market_rate"] + points,
            fallen_rate=values["market_rate"],
            opens_at=opens_at,
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


def _ended(on: date) -> str:
    """What the match reads of rows that were closed, as of a day."""
    return match_statements.ended(f"'{on.isoformat()}'::date", "true")


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
