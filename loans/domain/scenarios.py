"""What refinancing would do for one loan, side by side: today, the same term, a new 30-year. Dollars, percent, months."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loans.domain import costs, mortgage
from loans.domain.insurance import DROPS_AT
from loans.domain.words import ceil, round_to_cent

PAYMENT_ONLY = "Principal and interest only."
LONGER_TERM = "A lower payment that costs more interest: the break-even counts payments only."


@dataclass(frozen=True)
class Scenario:
    """One column of the comparison. Savings are against today; None where a figure can't be known or can't exist."""

    name: str
    rate: Decimal | None
    months: float | None
    payment: Decimal | None
    total_interest: Decimal | None
    monthly_savings: Decimal | None
    total_interest_savings: Decimal | None
    closing_costs: Decimal | None
    net_savings: Decimal | None
    break_even_months: int | None
    note: str

    @property
    def costs_more_interest(self) -> bool:
        return self.total_interest_savings is not None and self.total_interest_savings < 0


def of(values: Mapping[str, Any]) -> tuple[Scenario, Scenario, Scenario]:
    """(today, same term, new 30-year) from what `figures.compute` gives."""
    costs, market = _money(values["closing_costs"]), values["market_rate"]
    interest_left = _money(values["interest_left"])
    today = Scenario(
        "today", values["interest_rate"], values["months_to_run"], _money(values["current_payment"]), interest_left,
        None, None, None, None, None, PAYMENT_ONLY,
    )  # fmt: skip
    savings = _money(values["total_interest_savings"])
    same_term = Scenario(
        "same_term", market, values["months_to_run"], _money(values["new_payment"]),
        None if interest_left is None or savings is None else interest_left - savings,
        _money(values["monthly_savings"]), savings, costs, _money(values["net_savings"]),
        _whole(values["break_even_months"]), PAYMENT_ONLY,
    )  # fmt: skip
    return today, same_term, _new_30_year(values, costs)


def _new_30_year(values: Mapping[str, Any], costs: Decimal | None) -> Scenario:
    payment, now = _money(values["long_payment"]), _money(values["current_payment"])
    monthly = now - payment if now is not None and payment is not None else None
    savings = _money(values["long_interest_savings"])
    break_even = int(ceil(float(costs / monthly))) if costs is not None and monthly is not None and monthly > 0 else None
    longer = savings is not None and savings < 0
    return Scenario(
        "new_30_year", values["market_rate"], mortgage.NEW_TERM, payment, _money(values["long_interest"]),
        monthly, savings, costs, savings - costs if savings is not None and costs is not None else None,
        break_even, f"{PAYMENT_ONLY} {LONGER_TERM}" if longer else PAYMENT_ONLY,
    )  # fmt: skip


SHORT = 180.0
SHORT_TERM_NOTE = "Fifteen years: the loan is repaid sooner."
TO_CONVENTIONAL_NOTE = "Out of the program: no mortgage insurance at this LTV, and no fee of the program."


def further(values: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """Other targets that save more interest than they cost: a 15-year loan, and a conventional one at 80% of the value.

    The market is that of every loan: no narrower rate by LTV and score is looked for.
    """
    now = values["interest_rate"]
    if now is None:
        return ()
    found = [one for one in (_fifteen_years(values), _to_conventional(values)) if one is not None]
    return tuple(one for one in found if one.rate < now and one.net_savings > 0)  # type: ignore[operator]  # a target has both


def _fifteen_years(values: Mapping[str, Any]) -> Scenario | None:
    rate = values["market_rates"].get(values["product"].replace("_30", "_15"))
    months = values["months_to_run"]
    if values["product"].endswith("_15") or rate is None or months is None or months <= SHORT:
        return None
    return _target("new_15_year", values, rate, SHORT, _money(values["closing_costs"]), SHORT_TERM_NOTE)


def _to_conventional(values: Mapping[str, Any]) -> Scenario | None:
    ratio, months = values["loan_to_value"], values["months_to_run"]
    rate = values["market_rates"].get(f"conventional_{values['product'][-2:]}")
    if values["program"] not in ("fha", "usda") or ratio is None or ratio > DROPS_AT or rate is None or months is None:
        return None
    lender = costs.unrounded_lender_costs(
        values["balance"], values["branch_id"], values["property_state"], "conventional", values["cost_fixed"],
        values["cost_percent"], values["cost_rows"],
    )  # fmt: skip
    return _target("to_conventional", values, rate, months, _money(lender), TO_CONVENTIONAL_NOTE)


def _target(
    name: str, values: Mapping[str, Any], rate: Decimal, months: float, asked: Decimal | None, note: str
) -> Scenario | None:
    payment = _money(mortgage.payment(values["balance"], float(rate), months))
    now, interest_left = _money(values["current_payment"]), _money(values["interest_left"])
    if payment is None or now is None or interest_left is None or asked is None:
        return None
    interest = round_to_cent(mortgage.interest_to_pay(float(payment), months, values["balance"]))
    monthly, savings = now - payment, interest_left - interest
    return Scenario(
        name, rate, months, payment, interest, monthly, savings, asked, savings - asked,
        _whole(mortgage.break_even_months(float(asked), float(monthly))), f"{PAYMENT_ONLY} {note}",
    )  # fmt: skip


def payment_cut_from_longer_term(values: Mapping[str, Any]) -> Decimal | None:
    """How much of a new 30-year's lower payment comes from running longer and not from the rate, in dollars a month."""
    long, same = _money(values["long_payment"]), _money(values["new_payment"])
    return None if long is None or same is None else same - long


def interest_still_to_pay(values: Mapping[str, Any], every: int = 12) -> dict[str, list[float]] | None:
    """Dollars of interest ahead at each point in time, for the chart: years from now, today, same_term, new_30_year."""
    balance, months = values["balance"], values["months_to_run"]
    if balance is None or months is None or values["new_payment"] is None:
        return None
    market = float(values["market_rate"])
    columns = {
        "today": (values["current_payment"], values["annual_rate"], months),
        "same_term": (values["new_payment"], market, months),
        "new_30_year": (values["long_payment"], market, mortgage.NEW_TERM),
    }
    last = int(ceil(max(months, mortgage.NEW_TERM)))
    points = [*range(0, last, every), last]
    lines = {"years": [point / 12 for point in points]}
    for name, (payment, rate, term) in columns.items():
        lines[name] = [round(_interest_ahead(balance, payment, rate, term, point), 2) for point in points]
    return lines


def _interest_ahead(balance: float, payment: float, rate: float, term: float, month: int) -> float:
    if month >= term:
        return 0.0
    left = mortgage.rolled_balance(balance, rate, payment, float(month))
    return max(0.0, float(payment * (term - month) - left))


def _money(value: float | None) -> Decimal | None:
    return None if value is None else round_to_cent(value)


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)
