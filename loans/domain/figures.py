"""The figures of a loan, in stages: each function's parameters are facts of the loan, terms of the run or earlier figures.

`compute` works them out for one loan; `loans.queries.staging` makes one materialized CTE of each stage for all of them. DESIGN
of the house: docs/decisions/0002-one-formula.md.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from loans.domain import mortgage, programs
from loans.domain.applying_rate import NarrowRate, bucket, conforming_limit, loan_to_value, market_rate, product, proxy
from loans.domain.costs import (
    closing_costs,
    early_payoff_cost,
    early_payoff_ends,
    lender_costs,
    unrounded_costs,
    unrounded_early_payoff_cost,
    unrounded_lender_costs,
)
from loans.domain.covering import CostRow, ThresholdRow, Window, threshold_of
from loans.domain.insurance import (
    insurance_new,
    insurance_now,
    mip_new,
    mip_now,
    unrounded_insurance_new,
    unrounded_insurance_now,
)
from loans.domain.programs import (
    caution,
    payment_cut,
    payment_cut_needed,
    person_first,
    rate_drop,
    rate_drop_needed,
    recoupment_limit,
    recoupment_months,
    seasoned_on,
    unrounded_payment_cut,
    young_until,
)
from loans.domain.timing import decay, excess, lambert_1, lambert_2, lambert_3, lambert_start, optimal_bp, psi
from loans.domain.words import (
    all_of,
    any_of,
    at_least,
    cents,
    choose,
    known,
    month_index,
    more_than,
    negate,
    number,
    percent,
    same,
    when,
)

Figure = Callable[..., Any]


@dataclass(frozen=True)
class Terms:
    """What is the same for every loan of a run: the day, the market and the policy. Rates in percent, costs in dollars."""

    as_of: date
    market_rates: Mapping[str, Decimal]
    thresholds: Mapping[str, Decimal]
    proxies: Mapping[str, bool]
    limits_by_state: Mapping[str, float]
    baseline_limit: float
    cost_fixed: float
    cost_percent: float
    minimum_months: int
    refinance_cutoff: date
    early_payoff_days: int
    early_payoff_percent: float = 0.0
    early_payoff_warns: bool = False
    early_payoff_windows: Mapping[str, Window] = field(default_factory=dict)
    break_even_limit: int | None = None
    threshold_rows: Sequence[ThresholdRow] = ()
    cost_rows: Sequence[CostRow] = ()
    program_values: Mapping[str, Decimal] = field(default_factory=programs.shipped)
    limits_by_county: Mapping[str, float] = field(default_factory=dict)
    limits_year: int | None = None
    buckets: Sequence[NarrowRate] = ()


FACTS = (
    "note_rate", "current_rate", "is_arm", "interest_only", "original_amount", "term_months", "first_payment_date",
    "origination_date", "upb", "upb_as_of", "program", "property_state", "county_fips", "property_value", "ltv",
    "credit_score", "is_active", "lien_position", "early_payoff_until", "do_not_solicit_clear", "has_open_application",
    "last_refinanced", "branch_id", "investor_key", "licensed", "purpose", "occupancy", "tx_a6", "prepayment_penalty_until",
    "mortgage_insurance_monthly", "annual_mip", "fha_case_date", "va_funding_fee_exempt",
)  # fmt: skip


# Stage 1: what the loan says


def interest_rate(is_arm: Any, note_rate: Any, current_rate: Any) -> Any:
    """What the borrower pays today: the note rate; for an ARM its current rate, unknown where the file has none."""
    return percent(when(is_arm, current_rate, note_rate))


def months_since_origination(origination_date: Any, as_of: Any) -> Any:
    """Calendar months since the loan closed, whatever the day in them."""
    return month_index(as_of) - month_index(origination_date)


def payments_made(first_payment_date: Any, term_months: Any, as_of: Any) -> Any:
    return mortgage.payments_due(first_payment_date, as_of, term_months)


def payments_made_at_upb(first_payment_date: Any, term_months: Any, upb: Any, upb_as_of: Any) -> Any:
    return when(known(upb), lambda: mortgage.payments_due(first_payment_date, upb_as_of, term_months), None)


# Stage 2


def review(
    is_arm: Any,
    interest_only: Any,
    current_rate: Any,
    original_amount: Any,
    upb: Any,
    term_months: Any,
    payments_made_at_upb: Any,
) -> Any:
    """Why figures need a person first; empty where they don't."""
    left_at_upb = when(known(upb), lambda: term_months - payments_made_at_upb, None)
    return when(
        all_of(is_arm, negate(all_of(known(current_rate), known(upb)))),
        "arm_without_rate_or_balance",
        lambda: when(
            interest_only,
            "interest_only",
            lambda: when(
                all_of(any_of(is_arm, negate(known(original_amount))), negate(more_than(left_at_upb, 0))),
                "balance_after_maturity",
                "",
            ),
        ),
    )


def annual_rate(interest_rate: Any) -> Any:
    """The rate as a float, which the formulas take; verdicts compare the decimal."""
    return number(interest_rate)


def months_remaining(term_months: Any, payments_made: Any) -> Any:
    """Payments still due."""
    return term_months - payments_made


def months_left_at_upb(term_months: Any, payments_made_at_upb: Any) -> Any:
    return None if payments_made_at_upb is None else term_months - payments_made_at_upb


# Stage 3


def note_payment(
    review: Any, is_arm: Any, original_amount: Any, upb: Any, annual_rate: Any, term_months: Any, months_left_at_upb: Any
) -> Any:
    """P: from the original amount over the term; for an ARM, or without that amount, from the balance over what is left."""
    return when(
        same(review, ""),
        lambda: when(
            all_of(known(original_amount), negate(is_arm)),
            lambda: mortgage.payment(number(original_amount), annual_rate, number(term_months)),
            lambda: when(
                more_than(months_left_at_upb, 0),
                lambda: mortgage.payment(number(upb), annual_rate, number(months_left_at_upb)),
                None,
            ),
        ),
        None,
    )


# Stage 4


def unguarded_balance(
    note_payment: Any, upb: Any, annual_rate: Any, payments_made: Any, payments_made_at_upb: Any, months_remaining: Any
) -> Any:
    """B before its sign is looked at: the reported balance rolled to the day, else the schedule."""
    return when(
        known(upb),
        lambda: mortgage.rolled_balance(number(upb), annual_rate, note_payment, number(payments_made - payments_made_at_upb)),
        lambda: mortgage.scheduled_balance(note_payment, annual_rate, number(months_remaining)),
    )


# Stage 5


def nothing_owed(months_remaining: Any, unguarded_balance: Any) -> Any:
    """Matured, or less than a cent left: no figures. Unknown where the balance is."""
    return any_of(negate(more_than(months_remaining, 0)), negate(at_least(unguarded_balance, 0.01)))


# Stage 6


def balance(nothing_owed: Any, unguarded_balance: Any) -> Any:
    """B, above 0."""
    return when(negate(nothing_owed), unguarded_balance, None)


# Stage 7


def principal_share(balance: Any, annual_rate: Any, note_payment: Any) -> Any:
    return mortgage.principal_share(balance, annual_rate, note_payment)


# Stage 8


def above_schedule(principal_share: Any) -> Any:
    """At the note payment the balance would never be repaid: the term is used as it stands, and the page says so."""
    return negate(more_than(principal_share, 0.0))


def months_to_run(principal_share: Any, annual_rate: Any, months_remaining: Any) -> Any:
    return mortgage.months_to_run(principal_share, annual_rate, number(months_remaining))


def threshold(product: Any, balance: Any, branch_id: Any, thresholds: Any, threshold_rows: Any) -> Any:
    """Points that the market must be below the loan: of the narrowest row that covers it, else the policy's for the product."""
    return threshold_of(threshold_rows, product, balance, branch_id, choose(product, thresholds))


# Stage 9


def spread(interest_rate: Any, market_rate: Any) -> Any:
    """In percentage points."""
    return None if interest_rate is None or market_rate is None else interest_rate - market_rate


def same_term_payment(balance: Any, market_rate: Any, months_to_run: Any) -> Any:
    """The same balance at the market rate over the months the loan has left to run."""
    return mortgage.payment(balance, number(market_rate), months_to_run)


def new_30_year_payment(balance: Any, market_rate: Any) -> Any:
    return mortgage.payment(balance, number(market_rate), mortgage.NEW_TERM)


# Stage 10: payments are paid in cents


def current_payment(nothing_owed: Any, note_payment: Any) -> Any:
    """P, while something is owed."""
    return when(negate(nothing_owed), lambda: cents(note_payment), None)


def new_payment(same_term_payment: Any) -> Any:
    """N."""
    return cents(same_term_payment)


def long_payment(new_30_year_payment: Any) -> Any:
    return cents(new_30_year_payment)


# Stage 11


def unrounded_savings(current_payment: Any, new_payment: Any) -> Any:
    """P − N of payments in cents; a float's difference of two cents is a hair off."""
    return None if current_payment is None or new_payment is None else current_payment - new_payment


def interest_left(current_payment: Any, months_to_run: Any, balance: Any) -> Any:
    return mortgage.interest_to_pay(current_payment, months_to_run, balance)


def long_interest(long_payment: Any, balance: Any) -> Any:
    return mortgage.interest_to_pay(long_payment, mortgage.NEW_TERM, balance)


# Stage 12


def monthly_savings(unrounded_savings: Any) -> Any:
    """The difference of the two payments a person reads."""
    return cents(unrounded_savings)


def unrounded_long_savings(interest_left: Any, long_interest: Any) -> Any:
    return None if interest_left is None or long_interest is None else interest_left - long_interest


# Stage 13


def unrounded_interest_savings(monthly_savings: Any, months_to_run: Any) -> Any:
    return None if monthly_savings is None or months_to_run is None else monthly_savings * months_to_run


def break_even_months(closing_costs: Any, monthly_savings: Any) -> Any:
    return mortgage.break_even_months(closing_costs, monthly_savings)


def long_interest_savings(unrounded_long_savings: Any) -> Any:
    """Below 0 where the longer term costs more interest than the lower rate saves."""
    return cents(unrounded_long_savings)


# Stage 14


def total_interest_savings(unrounded_interest_savings: Any) -> Any:
    """(P − N) · m."""
    return cents(unrounded_interest_savings)


# Stage 15


def net_savings(total_interest_savings: Any, closing_costs: Any) -> Any:
    return None if total_interest_savings is None or closing_costs is None else total_interest_savings - closing_costs


STAGES: tuple[tuple[Figure, ...], ...] = (
    (
        interest_rate, payments_made, payments_made_at_upb, conforming_limit, seasoned_on, early_payoff_ends, young_until,
        months_since_origination,
    ),
    (review, annual_rate, months_remaining, months_left_at_upb, mip_now),
    (note_payment, caution),
    (unguarded_balance, person_first),
    (nothing_owed,),
    (balance, product, loan_to_value),
    (
        bucket, principal_share, unrounded_lender_costs, unrounded_costs, unrounded_early_payoff_cost, decay, mip_new,
        unrounded_insurance_now,
    ),
    (
        above_schedule, months_to_run, market_rate, threshold, proxy, lender_costs, closing_costs, early_payoff_cost, psi,
        insurance_now, unrounded_insurance_new,
    ),
    (spread, same_term_payment, new_30_year_payment, excess, insurance_new),
    (current_payment, new_payment, long_payment, lambert_start, rate_drop),
    (unrounded_savings, interest_left, long_interest, lambert_1, unrounded_payment_cut),
    (monthly_savings, unrounded_long_savings, lambert_2, payment_cut),
    (unrounded_interest_savings, break_even_months, long_interest_savings, lambert_3, recoupment_months),
    (total_interest_savings, optimal_bp),
    (net_savings, rate_drop_needed, recoupment_limit, payment_cut_needed),
)  # fmt: skip


@cache
def parameters(formula: Figure) -> tuple[str, ...]:
    """The names a figure or a rule reads."""
    return tuple(inspect.signature(formula).parameters)


def compute(facts: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    """All facts and figures of one loan. `facts` has names of FACTS; unknown is None, and so is what it leaves out."""
    values = {**dict.fromkeys(FACTS), **vars(terms), **facts}
    for stage in STAGES:
        values |= {formula.__name__: formula(*(values[name] for name in parameters(formula))) for formula in stage}
    return values
