"""The annual percentage rate of a loan with level monthly payments: Regulation Z's actuarial method, 12 CFR 1026, appendix J.

The whole cost of the loan counts as prepaid finance charge, which gives the highest APR that it can have.
"""

from decimal import ROUND_HALF_UP, Decimal
from math import expm1, log1p

THOUSANDTH = Decimal("0.001")
HIGHEST_MONTHLY = 10.0  # a fraction; 12,000% a year, beyond any loan
_HALVINGS = 200


class NoRate(Exception):
    """No rate makes the payments worth what is received; the message says why."""


def annual_percentage_rate(amount: Decimal, finance_charge: Decimal, payment: Decimal, months: Decimal | int) -> Decimal:
    """The APR in percent a year, to three places.

    `amount` is what is borrowed and `finance_charge` what of it the cost takes, so that amount − finance_charge is received;
    `payment` is made at the end of each of so many months; all in dollars. Months may be a fraction, as for a borrower who paid
    ahead: the annuity is then the closed form at that fraction, (1 − (1 + r)^−months) / r, as in the figures of an opportunity.
    Over five years or more that is within a thousandth of a percent of the schedule that ends with a smaller payment; law
    allows an eighth of a percent.
    Raises NoRate where nothing is received, or where the payments repay less than that.
    """
    received, paid, count = float(amount - finance_charge), float(payment), float(months)
    if received <= 0 or paid <= 0 or count <= 0:
        raise NoRate("The amount left after costs, the payment and the number of payments must be above zero.")
    if paid * count < received:
        raise NoRate("The payments repay less than what is received.")
    low, high = 0.0, HIGHEST_MONTHLY
    if paid * _annuity(high, count) > received:
        raise NoRate("The rate is above 12,000 percent a year.")
    # Halving can't run away, as Newton's steps can where the cost takes most of the loan.
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if paid * _annuity(middle, count) > received:
            low = middle
        else:
            high = middle
    return Decimal(f"{(low + high) / 2 * 1200:.9f}").quantize(THOUSANDTH, ROUND_HALF_UP)


def _annuity(rate: float, months: float) -> float:
    """What a dollar a month is worth at a monthly rate; near zero without losing digits."""
    return months if rate == 0 else -expm1(-months * log1p(rate)) / rate
