"""Loans that the market alone keeps out: what a fall of the market is, and at which rate one of them opens.

Every rule that reads the market passes at each lower rate once it passes at one, so there is one rate at which a loan opens.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loans.domain import eligibility, figures
from loans.domain.figures import Terms

FALLS: dict[str, Decimal] = {"1/8": Decimal("0.125"), "1/4": Decimal("0.250"), "1/2": Decimal("0.500")}
"""By how many points the market may fall, as the trade writes it."""

THOUSANDTHS = 1000
LOWEST = Decimal("0.001")


def fallen(terms: Terms, points: Decimal) -> Terms:
    """The same day and policy with every rate of the market lower by so many points."""
    return replace(
        terms,
        market_rates={product: max(rate - points, LOWEST) for product, rate in terms.market_rates.items()},
        buckets=tuple(replace(one, rate=max(one.rate - points, LOWEST)) for one in terms.buckets),
    )


def lowest_rate_that_may_open(terms: Terms) -> Decimal | None:
    """No loan with a fixed rate below this reaches its threshold, in percent; None where nothing has a rate."""
    rates = [*terms.market_rates.values(), *(one.rate for one in terms.buckets)]
    thresholds = [*terms.thresholds.values(), *(row.spread for row in terms.threshold_rows)]
    return min(rates) + min(thresholds) if rates else None


def opens_at(facts: Mapping[str, Any], terms: Terms, points: Decimal) -> Decimal | None:
    """The highest rate of the market, in percent, at which the loan passes every rule: today's, or one down to `points` lower.

    Exact to the thousandth in which rates are held. None where it does not open within the fall.
    """
    values = figures.compute(facts, terms)
    market: Decimal | None = values["market_rate"]
    if market is None or _passes(values):
        return market
    low, high = max(market - points, LOWEST), min(_needed(values), market)
    if high < low:
        return None
    if _opens(facts, terms, values, high):
        return high
    if not _opens(facts, terms, values, low):
        return None
    # Costs that must come back within some months have no formula to turn around: halves find the rate.
    passing, failing = int(low * THOUSANDTHS), int(high * THOUSANDTHS)
    while failing - passing > 1:
        middle = (passing + failing) // 2
        if _opens(facts, terms, values, Decimal(middle) / THOUSANDTHS):
            passing = middle
        else:
            failing = middle
    return (Decimal(passing) / THOUSANDTHS).quantize(LOWEST)


def _needed(values: Mapping[str, Any]) -> Decimal:
    """The rate from which threshold and the program's drop are reached; today's where neither is in the way."""
    market: Decimal = values["market_rate"]
    rates = [market]
    if values["interest_rate"] is not None and values["threshold"] is not None:
        rates.append(values["interest_rate"] - values["threshold"])
    if values["rate_drop"] is not None and values["rate_drop_needed"] is not None:
        rates.append(market + values["rate_drop"] - values["rate_drop_needed"])
    return min(rates)


def _opens(facts: Mapping[str, Any], terms: Terms, values: Mapping[str, Any], rate: Decimal) -> bool:
    run = replace(terms, market_rates={values["product"]: rate}, buckets=())
    return _passes(figures.compute(facts, run))


def _passes(values: Mapping[str, Any]) -> bool:
    return eligibility.eligible(eligibility.judge(values))
