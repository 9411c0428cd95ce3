"""What a back-test goes by, and the stored ones with what their pages draw."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from loans.domain import figures
from loans.models import Policy
from reports.models import BacktestRun

NO_LIMIT = 1e12
"""Every loan of the agencies is conforming by definition: no amount makes it a jumbo."""
NUMBERS = ("cost_fixed", "cost_percent", "minimum_months", "refinance_months", "early_payoff_days")


def policy() -> dict[str, Any]:
    """The numbers of the policy in force, without its spreads: those are what is tried."""
    current = Policy.current()
    return {name: getattr(current, name) for name in NUMBERS}


def constants(policy: Mapping[str, Any]) -> figures.Terms:
    """The terms of the match that are the same for every month; the days and rates are columns, and stand here as nothing."""
    return figures.Terms(
        as_of=date.min,
        market_rates={},
        thresholds={},
        proxies={},
        limits_by_state={},
        baseline_limit=NO_LIMIT,
        cost_fixed=float(policy["cost_fixed"]),
        cost_percent=float(policy["cost_percent"]),
        minimum_months=policy["minimum_months"],
        refinance_cutoff=date.min,
        early_payoff_cutoff=date.min,
    )


def listed() -> QuerySet[BacktestRun]:
    """Newest first, without their results."""
    return BacktestRun.objects.defer("result")


def stored() -> QuerySet[BacktestRun]:
    """With their results."""
    return BacktestRun.objects.all()
