"""Every mortgage formula, once. Given numbers it returns a number; given columns it returns the SQL expression.

Rates are annual, in percent (6.5); money is in dollars; terms are in months. Payments are level payments of principal and
interest in arrears, the textbook annuity. Unrounded unless the name says cents. None where an input is unknown.
"""

from typing import Any

from loans.domain.words import (
    all_of,
    at_least,
    ceil,
    day_of_month,
    exp,
    greatest,
    known,
    least,
    ln,
    month_index,
    month_length,
    more_than,
    negate,
    unknown_in_unknown_out,
    when,
)

MONTHLY_PERCENT = 1200.0  # annual percent to a monthly fraction
NEW_TERM = 360.0  # months of a new 30-year loan


@unknown_in_unknown_out
def payment(principal: Any, annual_rate: Any, months: Any) -> Any:
    """Level payment in dollars; months > 0, fractions allowed. 300000, 6.0, 360 gives 1798.65."""
    rate = annual_rate / MONTHLY_PERCENT
    discount = 1.0 - (1.0 + rate) ** (0.0 - months)
    # So short a time that a float can't tell it from none has no payment, and must not stop a run of a million loans.
    return when(more_than(discount, 0.0), lambda: principal * rate / discount, None)


@unknown_in_unknown_out
def scheduled_balance(monthly_payment: Any, annual_rate: Any, months_left: Any) -> Any:
    """Principal that so many further payments repay: the balance of a loan that is on schedule."""
    rate = annual_rate / MONTHLY_PERCENT
    return monthly_payment * (1.0 - (1.0 + rate) ** (0.0 - months_left)) / rate


@unknown_in_unknown_out
def rolled_balance(balance: Any, annual_rate: Any, monthly_payment: Any, payments: Any) -> Any:
    """A reported balance after so many payments more; a negative number rolls it back."""
    rate = annual_rate / MONTHLY_PERCENT
    growth = (1.0 + rate) ** payments
    return balance * growth - monthly_payment * (growth - 1.0) / rate


@unknown_in_unknown_out
def payments_due(first_payment_date: Any, on: Any, term_months: Any) -> Any:
    """Payments whose due date is on or before a day, between 0 and the term. A due date the month has not is its last day."""
    due_day = least(day_of_month(first_payment_date), month_length(on))
    months = month_index(on) - month_index(first_payment_date)
    return greatest(least(months + when(more_than(due_day, day_of_month(on)), 0, 1), term_months), 0)


@unknown_in_unknown_out
def principal_share(balance: Any, annual_rate: Any, monthly_payment: Any) -> Any:
    """1 − B·r/P: the part of the next payment that repays principal. At or below 0 the loan never ends at this payment."""
    return 1.0 - balance * (annual_rate / MONTHLY_PERCENT) / monthly_payment


@unknown_in_unknown_out
def months_to_run(share: Any, annual_rate: Any, months_remaining: Any) -> Any:
    """Payments until the balance is repaid, not rounded, at most the months remaining: who paid ahead ends early."""
    rate = annual_rate / MONTHLY_PERCENT
    return when(
        more_than(share, 0.0),
        lambda: least(months_remaining, (0.0 - ln(share)) / ln(1.0 + rate)),
        lambda: when(known(share), months_remaining, None),
    )


@unknown_in_unknown_out
def interest_to_pay(monthly_payment: Any, months: Any, balance: Any) -> Any:
    """All that is paid, less what repays the balance."""
    return monthly_payment * months - balance


@unknown_in_unknown_out
def closing_costs(balance: Any, fixed: Any, percent_of_balance: Any) -> Any:
    """The branch's cost model: a fixed part and percent of the balance."""
    return fixed + balance * percent_of_balance / 100.0


@unknown_in_unknown_out
def break_even_months(costs: Any, monthly_savings: Any) -> Any:
    """Months of savings that repay the costs, rounded up; none where the payment does not fall."""
    return when(more_than(monthly_savings, 0.0), lambda: ceil(costs / monthly_savings), None)


# When to act: the closed form of Agarwal, Driscoll and Laibson (NBER working paper 13487), an intermediate a function, so that
# each can be a column of its own. Their calibration, but for the tax: a lender does not know the borrower's. Fractions a year.
DISCOUNT, VOLATILITY, MOVING, INFLATION, TAX = 0.05, 0.0109, 0.10, 0.03, 0.0

# From here on e to the minus is smaller than any float, and so is Lambert's function.
NEXT_TO_NOTHING = 599.0


@unknown_in_unknown_out
def decay(
    annual_rate: Any, months_remaining: Any, discount: Any = DISCOUNT, moving: Any = MOVING, inflation: Any = INFLATION
) -> Any:
    """ρ + λ: by how much waiting loses a year, from the discount, moving, repayment and inflation; unknown at maturity."""
    rate = annual_rate / 100.0
    return when(
        more_than(months_remaining, 0.0),
        lambda: discount + moving + inflation + rate / (exp(rate * months_remaining / 12.0) - 1.0),
        None,
    )


@unknown_in_unknown_out
def psi(decay: Any, volatility: Any = VOLATILITY) -> Any:
    """ψ = √(2(ρ + λ)) / σ; σ is how far the mortgage rate wanders in a year, 0.0109 of one."""
    return (2.0 * decay) ** 0.5 / volatility


@unknown_in_unknown_out
def excess(psi: Any, decay: Any, costs: Any, balance: Any, tax: Any = TAX) -> Any:
    """φ − 1 = ψ(ρ + λ)(κ/M)/(1 − τ), from costs and balance in dollars; 0 where refinancing costs nothing."""
    return psi * decay * (costs / balance) / (1.0 - tax)


@unknown_in_unknown_out
def lambert_start(excess: Any) -> Any:
    """Where Newton's steps for u = −W(−e^−φ) begin: the series at the branch point, or far from it e^−φ."""
    root = (2.0 * excess) ** 0.5
    return when(
        more_than(excess, NEXT_TO_NOTHING),
        0.0,
        lambda: when(
            more_than(excess, 1.2),
            lambda: exp(0.0 - 1.0 - excess),
            lambda: 1.0 - root + 2.0 * excess / 3.0 - excess * root / 18.0,
        ),
    )


@unknown_in_unknown_out
def lambert_step(u: Any, excess: Any) -> Any:
    """One step of Newton's for u − ln u = φ, 0 < u < 1; four from the start reach the last digit. At its ends u stands."""
    return when(all_of(more_than(u, 0.0), negate(at_least(u, 1.0))), lambda: u * (ln(u) + excess) / (u - 1.0), u)


@unknown_in_unknown_out
def differential(u: Any, excess: Any, psi: Any) -> Any:
    """x* = (φ − u) / ψ, in basis points."""
    return 10_000.0 * (1.0 + excess - u) / psi


def optimal_differential(
    balance: Any,
    annual_rate: Any,
    months_remaining: Any,
    costs: Any,
    discount: Any = DISCOUNT,
    volatility: Any = VOLATILITY,
    moving: Any = MOVING,
    inflation: Any = INFLATION,
    tax: Any = TAX,
) -> Any:
    """How far the market must be below the note rate, in basis points, for refinancing now to beat waiting; of numbers.

    Costs and balance in dollars, the balance above 0; the rest are fractions a year.
    """
    waiting = decay(annual_rate, months_remaining, discount, moving, inflation)
    scale = psi(waiting, volatility)
    above = excess(scale, waiting, costs, balance, tax)
    u = lambert_start(above)
    for _ in range(4):
        u = lambert_step(u, above)
    return differential(u, above, scale)


def square_root_differential(
    balance: Any,
    annual_rate: Any,
    months_remaining: Any,
    costs: Any,
    discount: Any = DISCOUNT,
    volatility: Any = VOLATILITY,
    moving: Any = MOVING,
    inflation: Any = INFLATION,
    tax: Any = TAX,
) -> Any:
    """The paper's second-order rule, √(2(φ − 1)) / ψ, in basis points: near the closed form, and a calculator gives it."""
    waiting = decay(annual_rate, months_remaining, discount, moving, inflation)
    if waiting is None or balance is None or costs is None:
        return None
    scale = psi(waiting, volatility)
    return 10_000.0 * (2.0 * excess(scale, waiting, costs, balance, tax)) ** 0.5 / scale


def net_present_value_differential(
    balance: Any,
    annual_rate: Any,
    months_remaining: Any,
    costs: Any,
    discount: Any = DISCOUNT,
    moving: Any = MOVING,
    inflation: Any = INFLATION,
    tax: Any = TAX,
) -> Any:
    """(ρ + λ)(κ/M)/(1 − τ), in basis points: from where the costs come back at all, were there no better day to wait for."""
    waiting = decay(annual_rate, months_remaining, discount, moving, inflation)
    if waiting is None or balance is None or costs is None:
        return None
    return 10_000.0 * waiting * (costs / balance) / (1.0 - tax)
