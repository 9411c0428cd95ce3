"""What a run goes by: the market of its day and the policy in force."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from loans.domain import figures, words
from loans.domain.applying_rate import NarrowRate
from loans.models import Policy
from loans.queries import rule_numbers
from rates.domain import products
from rates.queries import limits, market


def terms(as_of: date, policy: Policy, offered: market.Market) -> figures.Terms:
    """The terms of a run; `offered` is `market.applying(as_of)`."""
    rates = offered.rates
    conforming = limits.limits_for(as_of)
    jumbo = ("jumbo_30", "jumbo_15")
    return figures.Terms(
        as_of=as_of,
        market_rates={product: rate.rate for product, rate in rates.items()},
        proxies={product: product in rates and rates[product].proxy for product in products.CODES},
        thresholds={product: policy.spread_jumbo if product in jumbo else policy.spread for product in products.CODES},
        limits_by_state={area: float(amount) for area, amount in conforming.by_area.items() if area.isalpha()},
        baseline_limit=float(conforming.baseline),
        cost_fixed=float(policy.cost_fixed),
        cost_percent=float(policy.cost_percent),
        minimum_months=policy.minimum_months,
        refinance_cutoff=words.minus_months(as_of, policy.refinance_months),
        early_payoff_days=policy.early_payoff_days,
        early_payoff_percent=float(policy.early_payoff_percent),
        early_payoff_warns=policy.early_payoff_warns,
        early_payoff_windows=rule_numbers.windows(as_of),
        break_even_limit=policy.break_even_limit,
        threshold_rows=rule_numbers.thresholds(as_of),
        cost_rows=rule_numbers.costs(as_of),
        program_values=rule_numbers.program_values(as_of),
        limits_by_county=_by_county(conforming.by_area),
        limits_year=conforming.year,
        buckets=tuple(map(_narrow, offered.narrow)),
    )


def _by_county(by_area: Mapping[str, Decimal]) -> dict[str, float]:
    """By FIPS code, also without the zero at its beginning: a spreadsheet takes 06037 for a number."""
    counties = {area: float(amount) for area, amount in by_area.items() if area.isdigit()}
    return counties | {area.removeprefix("0"): amount for area, amount in counties.items()}


def _narrow(rate: market.MarketRate) -> NarrowRate:
    over, to, low, high = rate.bucket
    return NarrowRate(
        rate.product,
        rate.rate,
        rate.bucket_label,
        None if over is None else float(over),
        None if to is None else float(to),
        low,
        high,
    )
