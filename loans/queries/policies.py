"""The numbers in force, what they mean at today's market, and who changed them when."""

import itertools
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loans.domain import mortgage
from loans.domain.words import cents
from loans.models import Policy
from rates.domain import products
from rates.queries import limits, market

EXAMPLE_BALANCES = (200_000, 400_000, 800_000)
EXAMPLE_MONTHS = 300
LABELS = {
    "spread": "Spread",
    "spread_jumbo": "Spread, jumbo",
    "minimum_months": "Payments left, more than",
    "refinance_months": "Months since a refinance",
    "early_payoff_days": "Early-payoff window, days",
    "early_payoff_warns": "Early payoff only warns",
    "early_payoff_percent": "Early payoff, percent of the balance",
    "break_even_limit": "Break-even, months at most",
    "cost_fixed": "Costs, dollars",
    "cost_percent": "Costs, percent of the balance",
}


@dataclass(frozen=True)
class Example:
    """A loan that just reaches the threshold: what it saves a month, what it costs, and after how many months it has paid."""

    balance: int
    product: str
    note_rate: Decimal
    market_rate: Decimal
    monthly_savings: float
    closing_costs: float
    break_even_months: int | None


@dataclass(frozen=True)
class Change:
    label: str
    before: Any
    after: Any

    @property
    def was(self) -> str:
        """What it was, as a person reads it."""
        return _said(self.before)

    @property
    def now(self) -> str:
        """What it became."""
        return _said(self.after)


@dataclass(frozen=True)
class Version:
    policy: Policy
    changes: list[Change]


def examples(policy: Policy, on: date) -> list[Example]:
    """R8: the break-even that threshold and costs imply, for balances that are usual, same term, 25 years left.

    None where no 30-year rate is current.
    """
    rates = market.current(on)
    if not rates:
        return []
    baseline = limits.limits_for(on).baseline
    found = []
    for balance in EXAMPLE_BALANCES:
        jumbo = balance > baseline
        rate = rates.get("jumbo_30" if jumbo else "conventional_30")
        if rate is None:
            continue
        note_rate = rate.rate + (policy.spread_jumbo if jumbo else policy.spread)
        now, then = (cents(mortgage.payment(float(balance), float(r), float(EXAMPLE_MONTHS))) for r in (note_rate, rate.rate))
        costs = mortgage.closing_costs(float(balance), float(policy.cost_fixed), float(policy.cost_percent))
        months = mortgage.break_even_months(costs, now - then)
        found.append(
            Example(
                balance=balance,
                product=products.LABELS[rate.product],
                note_rate=note_rate,
                market_rate=rate.rate,
                monthly_savings=now - then,
                closing_costs=costs,
                break_even_months=None if months is None else int(months),
            )
        )
    return found


def history() -> list[Version]:
    """Every version, newest first, with what it changed; the first changed nothing."""
    policies = list(Policy.objects.select_related("by"))
    return [Version(policy, _changes(before, policy)) for policy, before in itertools.zip_longest(policies, policies[1:])]


def _changes(before: Policy | None, after: Policy) -> list[Change]:
    if before is None:
        return []
    pairs = ((label, getattr(before, name), getattr(after, name)) for name, label in LABELS.items())
    return [Change(label, old, new) for label, old, new in pairs if old != new]


def _said(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.0f}" if value == int(value) else f"{value:.3f}"
