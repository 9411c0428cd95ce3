"""One loan as its page tells it: the explanation of the day, the people, the history, and their other loans."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from loans.domain import attention, scenarios, standing, words
from loans.models import Borrower, Loan, MatchRun, Opportunity, OpportunityEvent, Policy
from loans.queries import explaining
from loans.queries.explaining import Explanation

EVENTS, OTHER_LOANS = 100, 5
LINES = (
    ("today", "Today", "muted", False),
    ("same_term", "Same term", "accent", False),
    ("new_30_year", "New 30-year", "bad", True),
)


@dataclass(frozen=True)
class OtherLoan:
    """Another loan of the same people that the reader may see, judged on the same day."""

    explained: Explanation
    opportunity: Opportunity | None


@dataclass(frozen=True)
class LoanPage:
    """`row` is the opportunity the page is about, if any. `dated`: no rate is current, so the figures are of the row's day."""

    loan: Loan
    row: Opportunity | None
    explained: Explanation
    dated: bool
    people: list[Borrower]
    events: list[OpportunityEvent]
    others: list[OtherLoan]
    run: MatchRun | None
    policy: Policy

    @property
    def client(self) -> Borrower | None:
        return self.people[0] if self.people else None

    @property
    def today(self) -> scenarios.Scenario:
        return self.explained.scenarios[0]

    @property
    def same_term(self) -> scenarios.Scenario:
        return self.explained.scenarios[1]

    @property
    def long_term(self) -> scenarios.Scenario:
        return self.explained.scenarios[2]

    @property
    def has_figures(self) -> bool:
        return self.same_term.payment is not None

    @property
    def balance(self) -> Decimal | None:
        return _money(self.explained.values["balance"])

    @property
    def ends_early(self) -> int | None:
        return standing.ends_early(self.explained.values)

    @property
    def loan_to_value(self) -> Decimal | None:
        return standing.loan_to_value(self.explained.values["balance"], self.loan.property_value)

    @property
    def from_longer_term(self) -> Decimal | None:
        """Dollars of the new 30-year's lower payment that come from running longer."""
        cut = scenarios.payment_cut_from_longer_term(self.explained.values)
        return cut if cut is not None and cut > 0 else None

    @property
    def months_longer(self) -> float | None:
        now, long = self.today.months, self.long_term.months
        return None if now is None or long is None or long <= now else long - now

    @property
    def passed(self) -> int:
        return sum(rule.passed is True for rule in self.explained.rules)

    @property
    def failed(self) -> int:
        return sum(rule.passed is False for rule in self.explained.rules)

    @property
    def unknown(self) -> int:
        return sum(rule.passed is None for rule in self.explained.rules)

    @property
    def against(self) -> list[Any]:
        """The rules that keep the loan out of the queue."""
        return [rule for rule in self.explained.rules if rule.excludes]

    @property
    def attention(self) -> list[str]:
        """Why a person must look before anything is sent."""
        found = attention.reasons(self.loan, self.explained.as_of, self.explained.values["program_values"])
        return [reason.label for reason in found if reason.holds]

    @property
    def chart(self) -> dict[str, Any] | None:
        """Interest still to pay under each scenario, for the shared chart."""
        points = scenarios.interest_still_to_pay(self.explained.values)
        if points is None:
            return None
        labels = [words.minus_months(self.explained.as_of, -round(years * 12)).isoformat() for years in points["years"]]
        series = [
            {"name": label, "values": points[name], "tone": tone, "dashed": dashed} for name, label, tone, dashed in LINES
        ]
        return {"labels": labels, "x": "time", "unit": "dollars_k", "series": series}


def page(loan: Loan, user: User, today: date, row: Opportunity | None = None) -> LoanPage:
    """The loan has been found through `visible_to`; so are the other loans here. About twenty queries, whatever the book."""
    basis = explaining.basis(today)
    explained = explaining.explain(loan, today, basis)
    dated = explained.rate is None and row is not None and row.market_rate is not None
    if dated and row is not None:
        explained = explaining.explain(loan, row.as_of)
    others = explaining.same_borrower_loans(loan).visible_to(user).order_by("loan_number")[:OTHER_LOANS]
    open_rows = {one.loan_id: one for one in Opportunity.objects.visible_to(user).open().filter(loan__in=list(others))}
    events = OpportunityEvent.objects.filter(opportunity__loan=loan).select_related("by", "opportunity")
    return LoanPage(
        loan=loan,
        row=row,
        explained=explained,
        dated=dated,
        people=list(loan.borrowers.all()),
        events=list(events[:EVENTS]),
        others=[OtherLoan(explaining.explain(other, today, basis), open_rows.get(other.pk)) for other in others],
        run=MatchRun.objects.first(),
        policy=Policy.current(),
    )


def _money(value: float | None) -> Decimal | None:
    return None if value is None else words.round_to_cent(value)
