"""What an explanation says of the rules that programs, windows and licenses make: verdict, numbers, and when it turns."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Said = tuple[str, date | None, Decimal | None]
Values = Mapping[str, Any]

PROGRAMS = {"conventional": "conventional", "fha": "FHA", "va": "VA", "usda": "USDA"}
SEASONING = {
    "va": "VA asks for six payments made as due and 210 days after the first",
    "fha": "FHA asks for six payments made as due, six months after the first and 210 days after closing",
    "usda": "USDA asks for twelve months after closing",
}


def day(of: date) -> str:
    """`April 24, 2026`."""
    return f"{of:%B} {of.day}, {of.year}"


def _seasoning(values: Values, passed: bool | None) -> Said:
    on = values["seasoned_on"]
    if on is None:
        return "A conventional loan needs none to change rate and term.", None, None
    return f"{SEASONING[values['program']]}: from {day(on)}.", None if passed else on, None


def _program_benefit(values: Values, passed: bool | None) -> Said:
    program = values["program"]
    if program not in BENEFITS:
        return "A conventional loan's program asks for none.", None, None
    if passed is None:
        return f"Can't be judged: {_missing(values)}.", None, None
    return BENEFITS[program](values, passed)


def _missing(values: Values) -> str:
    if values["program"] == "fha" and values["mip_now"] is None and values["spread"] is not None:
        return "the annual premium of the loan is not known"
    if values["review"]:
        return "the loan's current rate or balance is not known"
    return "no current market rate"


def _rate(values: Values, what: str) -> str:
    drop, needed = values["rate_drop"], values["rate_drop_needed"]
    if needed is None:
        return "From an adjustable rate no drop is asked"
    if drop is None:
        return f"{what} can't be compared"
    fall = f"{what} falls by {drop:.3f}" if drop >= 0 else f"{what} rises by {-drop:.3f}"
    return f"{fall}, " + (f"needs {needed:.3f}" if needed >= 0 else f"may rise by {-needed:.3f}")


def _turns(values: Values) -> Decimal | None:
    """At or below which market rate the drop is enough."""
    needed = values["rate_drop_needed"]
    if needed is None or values["rate_drop"] is None:
        return None
    at: Decimal = values["market_rate"] + values["rate_drop"] - needed
    return at if at > 0 else None


def _va(values: Values, passed: bool) -> Said:
    costs, months, limit = values["lender_costs"], values["recoupment_months"], values["recoupment_limit"]
    if values["monthly_savings"] is None:
        repaid = "no payment can be compared"
    elif months is None:
        repaid = f"the payment does not fall, so the costs of ${costs:,.2f} never come back"
    else:
        repaid = f"${costs:,.2f} of costs without the funding fee come back in {int(months)} months, needs {limit} or fewer"
    # A lower market also repays sooner: the rate alone decides where the costs come back at today's already.
    only_rate = not passed and months is not None and months <= limit
    return f"{_rate(values, 'The rate')}; {repaid}.", None, _turns(values) if only_rate else None


def _fha(values: Values, passed: bool) -> Said:
    before, after = values["mip_now"], values["mip_new"]
    said = f"{_rate(values, 'The combined rate')} (premium {before:.3f}% now, {after:.3f}% then)."
    return said, None, _turns(values)


def _usda(values: Values, passed: bool) -> Said:
    cut = values["payment_cut"]
    if cut is None:
        return f"No payment can be compared; {_rate(values, 'the rate')}.", None, None
    change = f"falls by ${cut:,.2f}" if cut >= 0 else f"rises by ${-cut:,.2f}"
    return (
        f"With the annual fee, on a new 30 years, the payment {change}, needs ${values['payment_cut_needed']:,.2f}; "
        f"{_rate(values, 'the rate')}."
    ), None, None  # fmt: skip


BENEFITS: dict[str, Callable[[Values, bool], Said]] = {"va": _va, "fha": _fha, "usda": _usda}


def _early_payoff(values: Values, passed: bool | None) -> Said:
    ends, cost = values["early_payoff_ends"], values["early_payoff_cost"]
    if ends < values["as_of"]:
        return f"The early-payoff window ended {day(ends)}.", None, None
    costs = f" A payoff now would cost the lender ${cost:,.2f}." if cost else ""
    return f"The early-payoff window ends {day(ends)}.{costs}", None if passed else ends + timedelta(days=1), None


def _break_even(values: Values, passed: bool | None) -> Said:
    months, limit = values["break_even_months"], values["break_even_limit"]
    if values["monthly_savings"] is None:
        return "Can't be figured without a payment to compare.", None, None
    if months is None:
        said = "The payment does not fall, so there is no break-even in months"
    else:
        said = f"${values['closing_costs']:,.2f} come back in {int(months)} months"
    return f"{said}{'; no limit is set' if limit is None else f', needs {limit} or fewer'}.", None, None


def _license(values: Values, passed: bool | None) -> Said:
    state = values["property_state"] or "the property's state, which is not known"
    if passed is None:
        return f"Not judged for {state}: the officer's licenses are not on file.", None, None
    return f"The loan's officer is {'' if passed else 'not '}licensed in {state}.", None, None


SENTENCES: dict[str, Callable[[Values, bool | None], Said]] = {
    "seasoning": _seasoning,
    "program_benefit": _program_benefit,
    "early_payoff": _early_payoff,
    "break_even": _break_even,
    "license": _license,
}
