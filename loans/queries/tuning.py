"""What each threshold would open on today's portfolio: one statement over the stages of the match, for every choice at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from accounts.models import User
from loans.domain import eligibility, figures, tuning
from loans.domain.covering import threshold_of
from loans.domain.tuning import Scope
from loans.domain.tuning_sentences import VERDICTS, Compared
from loans.models import Loan, LoanStatus, OpportunityStatus, Policy, Threshold
from loans.queries import columns, counting, staging
from loans.queries.terms import terms
from rates.queries import market

OPEN = ", ".join(f"'{status}'" for status in OpportunityStatus.open())
READ = ("product", "branch_id", "balance", "months_remaining", "spread", "threshold")
TALLEST = 96
OTHER_RULES = [rule for rule in eligibility.RULES if rule.name != "spread"]

# Loans that pass every other rule, by what the spread is held against; beside each group what is told of the whole scope.
COUNTS = """
WITH looked_at AS MATERIALIZED (
  SELECT j.id, j.spread, j.threshold, j.decided = {mark} AS decided, j.balance, j.months_remaining, NOT ({others}) AS passes
  FROM ({judged}) AS j WHERE j.inside = {mark}
), told AS (
  SELECT count(*) AS active, count(*) FILTER (WHERE NOT decided) AS elsewhere,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY balance) AS balance,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY months_remaining) FILTER (WHERE balance IS NOT NULL) AS months
  FROM looked_at
), held AS (
  SELECT l.spread, l.threshold, l.decided, count(*) AS loans, count(*) FILTER (WHERE o.status = 'new') AS untouched,
    count(*) FILTER (WHERE o.status <> 'new') AS begun
  FROM looked_at l LEFT JOIN loans_opportunity o ON o.loan_id = l.id AND o.status IN ({open})
  WHERE l.passes GROUP BY 1, 2, 3
)
SELECT told.*, held.* FROM told LEFT JOIN held ON true"""


@dataclass(frozen=True)
class Group:
    """Loans that pass every rule but the spread's. `untouched` stand in the queue as new; `begun` are open in another way."""

    spread: Decimal | None
    threshold: Decimal | None
    decided: bool
    loans: int
    untouched: int
    begun: int

    def passes(self, spread: Decimal | None) -> bool:
        """With another threshold where the scope's own row decides; with none, as things are."""
        threshold = self.threshold if spread is None or not self.decided else spread
        return eligibility.spread_reached(self.spread, threshold) is not False


@dataclass(frozen=True)
class Book:
    """The loans of a scope: how many are active, how many of them go by a narrower threshold, and the medians of the active.

    Balance in dollars; None where no balance is known.
    """

    active: int
    elsewhere: int
    balance: float | None
    months: int | None
    groups: tuple[Group, ...]

    @property
    def now(self) -> int:
        """Loans that qualify as things are."""
        return self.qualifying(None)

    def qualifying(self, spread: Decimal | None) -> int:
        """Loans that would qualify with that threshold, in percentage points."""
        return sum(group.loans for group in self.groups if group.passes(spread))

    def expiring(self, spread: Decimal) -> int:
        """Rows of the queue that qualify now, would not, and that nobody has begun to work on."""
        return sum(group.untouched for group in self._lost(spread))

    def going_on(self, spread: Decimal) -> int:
        """Rows that qualify now, would not, and that somebody has begun to work on: they stay."""
        return sum(group.begun for group in self._lost(spread))

    @property
    def thresholds(self) -> list[Decimal]:
        """What the loans that the scope's own row would decide are held against now."""
        return sorted({group.threshold for group in self.groups if group.decided and group.threshold is not None})

    def _lost(self, spread: Decimal) -> list[Group]:
        return [group for group in self.groups if group.passes(None) and not group.passes(spread)]


@dataclass(frozen=True)
class Choice:
    """A threshold that can be chosen: how many loans qualify, how many more than now, and what a typical one at it gets."""

    spread: Decimal
    loans: int
    more: int
    share: float
    is_now: bool
    outcome: tuning.Outcome | None

    @property
    def height(self) -> int:
        """Of its bar, in pixels; the longest has TALLEST."""
        return round(self.share * TALLEST)

    @property
    def against_now(self) -> str:
        """`+123`, `−97`, `now`."""
        if self.is_now:
            return "now"
        return f"{'−' if self.more < 0 else '+' if self.more else ''}{abs(self.more):,}"

    @property
    def verdict(self) -> str:
        return VERDICTS[self.outcome.timing.verdict] if self.outcome else ""


@dataclass(frozen=True)
class Today:
    """The scope on a day: the terms and the market that its loans are judged by, and what was counted."""

    scope: Scope
    terms: figures.Terms
    rate: market.MarketRate | None
    book: Book

    @property
    def thresholds(self) -> list[Decimal]:
        """What counts for the scope now, in percentage points: of its loans, or where it has none, by the rules."""
        if self.book.thresholds:
            return self.book.thresholds
        balance = self.book.balance if self.scope.balance_from is None else float(self.scope.balance_from)
        default = self.terms.thresholds[self.scope.product]
        return [threshold_of(self.terms.threshold_rows, self.scope.product, balance, self.scope.branch_id, default)]

    @property
    def typical(self) -> tuning.Typical | None:
        """A loan with the medians of the scope."""
        if self.book.balance is None or self.book.months is None:
            return None
        return tuning.Typical(self.scope, self.book.balance, self.book.months)

    def outcome(self, spread: Decimal) -> tuning.Outcome | None:
        """What refinancing does for a typical loan that just reaches that spread."""
        return tuning.outcome(self.typical, spread, self.terms) if self.typical else None

    def choices(self) -> list[Choice]:
        """Every spread that can be chosen, smallest first."""
        counts = {spread: self.book.qualifying(spread) for spread in tuning.CHOICES}
        longest = max(counts.values()) or 1
        now = self.thresholds
        return [
            Choice(spread, loans, loans - self.book.now, loans / longest, now == [spread], self.outcome(spread))
            for spread, loans in counts.items()
        ]

    def compared(self, spread: Decimal) -> Compared:
        """A choice beside what counts now, for the sentences."""
        now = self.thresholds
        return Compared(
            spread=spread,
            spreads=now,
            active=self.book.active,
            qualify=self.book.qualifying(spread),
            now=self.book.now,
            outcome=self.outcome(spread),
            outcome_now=self.outcome(now[0]) if len(now) == 1 else None,
            limit=self.terms.break_even_limit,
        )


def today(scope: Scope, on: date, counter: counting.Counter) -> Today:
    """The counts are remembered for a minute where the book is large; a threshold or policy that was added counts at once."""
    offered, policy = market.applying(on), Policy.current()
    run = terms(on, policy, offered)
    newest = Threshold.objects.order_by("-pk").values_list("pk", flat=True).first()
    what = f"tune:{on}:{scope}:{newest}:{policy.pk}:{sorted((code, rate.rate) for code, rate in offered.rates.items())}"
    return Today(scope, run, offered.rates.get(scope.product), counter.remembered(what, _counted(scope, run)))


def active_loans(user: User) -> int:
    """How many active loans the user sees. One query."""
    return Loan.objects.visible_to(user).filter(status=LoanStatus.ACTIVE).count()


def _counted(scope: Scope, run: figures.Terms) -> Callable[[], Book]:
    return lambda: book(scope, run)


def book(scope: Scope, run: figures.Terms) -> Book:
    """One statement, whatever the number of choices."""
    looked_at = _marked(scope, run, _among(scope))
    judged, params = looked_at.query.sql_with_params()
    others = " OR ".join(staging.excludes(rule) for rule in OTHER_RULES)
    with transaction.atomic(), connection.cursor() as cursor:
        staging.prepare(cursor)
        cursor.execute(COUNTS.format(judged=judged, others=others, open=OPEN, mark=tuning.MARK), params)
        rows = cursor.fetchall()
    active, elsewhere, balance, months = rows[0][:4]
    # Without a loan that passes there is one row, whose second half is empty.
    groups = tuple(Group(*row[4:]) for row in rows if row[7] is not None)
    return Book(active, elsewhere, balance, months, groups)


def _among(scope: Scope) -> QuerySet[Loan]:
    """Active loans of the branch and the program: no other qualifies, or is told of."""
    named = {"branch": scope.branch_id, "program": scope.program if scope.family else None}
    return Loan.objects.filter(status=LoanStatus.ACTIVE, **{name: value for name, value in named.items() if value is not None})


def _marked(scope: Scope, run: figures.Terms, among: QuerySet[Loan]) -> QuerySet[Loan, Any]:
    facts = (F("product"), F("balance"), F("branch_id"))
    return staging.judged(run, READ, among).annotate(
        inside=columns.column(tuning.inside(scope, *facts)),
        decided=columns.column(tuning.decided(scope, run.threshold_rows, *facts)),
    )
