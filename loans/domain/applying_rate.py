"""Which rate of the market a loan is compared with: its product, its LTV and score, and the conforming limit of its county.

Figures as `loans.domain.figures` has them, which places them in its stages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loans.domain.words import all_of, ceil, choose, first_where, more_than, negate, number, same, when

SHORT_TERM = 180  # an original term of so many months or less is compared with the 15-year
EVERY_LOAN = 0
"""The figure `bucket` of a loan that no narrower rate fits."""


@dataclass(frozen=True)
class NarrowRate:
    """A rate in percent for some loans of a product: LTV over and up to, in percent, scores from and to. None is open."""

    product: str
    rate: Decimal
    label: str
    ltv_over: float | None = None
    ltv_to: float | None = None
    score_from: int | None = None
    score_to: int | None = None


def conforming_limit(
    county_fips: Any,
    property_state: Any,
    limits_by_county: Mapping[str, float],
    limits_by_state: Mapping[str, float],
    baseline_limit: Any,
) -> Any:
    """Dollars: the county's limit, else the state's where all of it lies above the baseline, else the baseline."""
    return choose(county_fips, limits_by_county, choose(property_state, limits_by_state, baseline_limit))


def product(program: Any, term_months: Any, unguarded_balance: Any, conforming_limit: Any) -> Any:
    """The product of the market that the loan is compared with; jumbo where more is owed than the conforming limit."""
    short = negate(more_than(term_months, SHORT_TERM))
    chosen = when(
        more_than(unguarded_balance, conforming_limit),
        when(short, "jumbo_15", "jumbo_30"),
        when(short, "conventional_15", "conventional_30"),
    )
    for government in ("fha", "va", "usda"):
        chosen = when(same(program, government), when(short, f"{government}_15", f"{government}_30"), chosen)
    return chosen


def loan_to_value(unguarded_balance: Any, property_value: Any, ltv: Any, original_amount: Any) -> Any:
    """What is owed in percent of the value on file, else of the value that the LTV at closing stands for.

    Cut to hundredths, as the agencies do before they compare (Fannie Mae Selling Guide B2-1.2-01).
    """
    return when(
        more_than(unguarded_balance, 0.0),
        lambda: when(
            more_than(property_value, 0),
            lambda: _cut(number(unguarded_balance) * 100.0 / number(property_value)),
            lambda: when(
                all_of(more_than(ltv, 0), more_than(original_amount, 0)),
                lambda: _cut(number(unguarded_balance) * number(ltv) / number(original_amount)),
                None,
            ),
        ),
        None,
    )


def _cut(percent: Any) -> Any:
    # A millionth of a hundredth more than a float holds: 80 percent must not become 79.99.
    return (0.0 - ceil(0.0 - percent * 100.0 - 0.000001)) / 100.0


def bucket(product: Any, loan_to_value: Any, credit_score: Any, buckets: Sequence[NarrowRate]) -> Any:
    """The place among `buckets`, from 1, of the first that fits; 0 where none does, or LTV or score are not known."""
    tests = [part for place, one in enumerate(buckets, 1) for part in (_fits(one, product, loan_to_value, credit_score), place)]
    return first_where(*tests, EVERY_LOAN) if tests else EVERY_LOAN


def _fits(one: NarrowRate, product: Any, loan_to_value: Any, credit_score: Any) -> Any:
    conditions = [same(product, one.product)]
    if one.ltv_over is not None:
        conditions.append(more_than(loan_to_value, one.ltv_over))
    if one.ltv_to is not None:
        conditions.append(negate(more_than(loan_to_value, one.ltv_to)))
    if one.score_from is not None:
        conditions.append(more_than(credit_score, one.score_from - 1))
    if one.score_to is not None:
        conditions.append(negate(more_than(credit_score, one.score_to)))
    return all_of(*conditions)


def market_rate(product: Any, bucket: Any, market_rates: Mapping[str, Any], buckets: Sequence[NarrowRate]) -> Any:
    """The narrower rate that fits, else that of every loan; unknown where neither the product nor its stand-in has one."""
    narrow = {place: one.rate for place, one in enumerate(buckets, 1)}
    return choose(bucket, narrow, choose(product, market_rates))


def proxy(product: Any, bucket: Any, proxies: Mapping[str, bool]) -> Any:
    """Whether another product's rate stands in; a narrower rate is the product's own."""
    return when(same(bucket, EVERY_LOAN), choose(product, proxies), False)
