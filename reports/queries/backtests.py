"""What a back-test goes by, and the stored ones with what their pages draw."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from loans.models import Policy
from loans.queries import terms
from rates.queries import market
from reports.models import BacktestRun

NO_LIMIT = 1e12
"""Every loan of the agencies is conforming by definition: no amount makes it a jumbo."""
NUMBERS = ("cost_fixed", "cost_percent", "minimum_months", "refinance_months", "early_payoff_days")


def policy() -> dict[str, Any]:
    """The numbers of the policy in force, without its spreads: those are what is tried."""
    current = Policy.current()
    return {name: getattr(current, name) for name in NUMBERS}


def constants(as_of: date) -> dict[str, Any]:
    """The terms of the match under the policy in force, by name; what differs from month to month are columns instead."""
    in_force = terms.terms(as_of, Policy.current(), market.applying(as_of))
    return vars(in_force) | {"limits_by_state": {}, "baseline_limit": NO_LIMIT, "buckets": ()}


def listed() -> QuerySet[BacktestRun]:
    """Newest first, without their results."""
    return BacktestRun.objects.defer("result")


def stored() -> QuerySet[BacktestRun]:
    """With their results."""
    return BacktestRun.objects.all()
