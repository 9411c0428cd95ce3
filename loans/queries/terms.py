"""What a run goes by: the market of its day and the policy in force."""

from datetime import date, timedelta

from loans.domain import figures, words
from loans.models import Policy
from rates.domain import products
from rates.queries import limits, market


def terms(as_of: date, policy: Policy, rates: dict[str, market.MarketRate]) -> figures.Terms:
    """The terms of a run; `rates` is `market.current(as_of)`, by product of a loan."""
    conforming = limits.limits_for(as_of)
    jumbo = ("jumbo_30", "jumbo_15")
    return figures.Terms(
        as_of=as_of,
        market_rates={product: rate.rate for product, rate in rates.items()},
        proxies={product: product in rates and rates[product].proxy for product in products.CODES},
        thresholds={product: policy.spread_jumbo if product in jumbo else policy.spread for product in products.CODES},
        limits_by_state={area: float(amount) for area, amount in conforming.by_area.items()},
        baseline_limit=float(conforming.baseline),
        cost_fixed=float(policy.cost_fixed),
        cost_percent=float(policy.cost_percent),
        minimum_months=policy.minimum_months,
        refinance_cutoff=words.minus_months(as_of, policy.refinance_months),
        early_payoff_cutoff=as_of - timedelta(days=policy.early_payoff_days + 1),
    )
