"""What a refinance costs the borrower, and what an early payoff costs the lender. Dollars; figures as `figures` has them."""

from collections.abc import Mapping, Sequence
from typing import Any

from loans.domain import covering, insurance, mortgage
from loans.domain.words import at_least, cents, choose, known, number, plus_days, when


def unrounded_lender_costs(
    balance: Any,
    branch_id: Any,
    property_state: Any,
    program: Any,
    cost_fixed: Any,
    cost_percent: Any,
    cost_rows: Sequence[covering.CostRow],
) -> Any:
    """Lender's and third parties' costs, by branch, state and program; what the program itself charges is not in it."""
    fixed, percent = (
        covering.cost_of(cost_rows, part, branch_id, property_state, program, otherwise)
        for part, otherwise in (("fixed", cost_fixed), ("percent", cost_percent))
    )
    return mortgage.closing_costs(balance, fixed, percent)


def prepayment_penalty(balance: Any, prepayment_penalty_until: Any, as_of: Any, program_values: Mapping[str, Any]) -> Any:
    """The most that a lender may ask for paying off while a penalty runs; the note itself may say less."""
    percent = float(program_values["prepayment_penalty_percent"])
    return when(at_least(prepayment_penalty_until, as_of), lambda: mortgage.closing_costs(balance, 0.0, percent), 0.0)


def unrounded_costs(
    balance: Any,
    branch_id: Any,
    property_state: Any,
    program: Any,
    va_funding_fee_exempt: Any,
    original_amount: Any,
    fha_case_date: Any,
    origination_date: Any,
    prepayment_penalty_until: Any,
    as_of: Any,
    cost_fixed: Any,
    cost_percent: Any,
    cost_rows: Sequence[covering.CostRow],
    program_values: Mapping[str, Any],
) -> Any:
    """All that the borrower pays for refinancing within the program."""
    lender = unrounded_lender_costs(balance, branch_id, property_state, program, cost_fixed, cost_percent, cost_rows)
    fee = insurance.program_fee(
        program, balance, va_funding_fee_exempt, original_amount, fha_case_date, origination_date, as_of, program_values
    )
    penalty = prepayment_penalty(balance, prepayment_penalty_until, as_of, program_values)
    return when(known(balance), lambda: lender + fee + penalty, None)


def closing_costs(unrounded_costs: Any) -> Any:
    return cents(unrounded_costs)


def lender_costs(unrounded_lender_costs: Any) -> Any:
    return cents(unrounded_lender_costs)


def early_payoff_ends(
    origination_date: Any,
    early_payoff_until: Any,
    investor_key: Any,
    early_payoff_days: Any,
    early_payoff_windows: Mapping[str, covering.Window],
) -> Any:
    """The last day on which the lender would lose its premium: of the file, else so many days after closing."""
    days = {investor: window.days for investor, window in early_payoff_windows.items()}
    return when(
        known(early_payoff_until),
        early_payoff_until,
        lambda: plus_days(origination_date, choose(investor_key, days, early_payoff_days) if days else early_payoff_days),
    )


def unrounded_early_payoff_cost(
    balance: Any,
    early_payoff_ends: Any,
    investor_key: Any,
    as_of: Any,
    early_payoff_percent: Any,
    early_payoff_windows: Mapping[str, covering.Window],
) -> Any:
    """What the lender pays back if the loan is paid off now; 0 once the window is over."""
    percents = {investor: window.percent for investor, window in early_payoff_windows.items()}
    percent = choose(investor_key, percents, early_payoff_percent) if percents else early_payoff_percent
    return when(
        at_least(early_payoff_ends, as_of),
        lambda: mortgage.closing_costs(balance, 0.0, number(percent)),
        0.0,
    )


def early_payoff_cost(unrounded_early_payoff_cost: Any) -> Any:
    return cents(unrounded_early_payoff_cost)
