"""Why a loan needs a person: before anything is sent about it, or because a figure of it is not complete.

Shown in the portfolio and on the loan's page. One loan is asked with its values, a book with columns; the formulas are those of
the match, so that what it holds back is what is listed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from loans.domain import figures, insurance, programs
from loans.domain.words import all_of, known, negate, same

DO_NOT_SOLICIT_OPEN = "unknown"
"""What a file writes where nobody knows whether the borrower may be solicited."""

COLUMNS = (
    "status", "interest_only", "current_rate", "original_amount", "upb", "upb_as_of", "term_months", "first_payment_date",
    "origination_date", "program", "annual_mip", "fha_case_date", "ltv", "property_state", "purpose", "occupancy", "tx_a6",
    "prepayment_penalty_until", "va_funding_fee_exempt",
)  # fmt: skip
"""What is read of a loan as it stands; `is_arm` and `do_not_solicit`, in small letters, are read beside them."""

FIGURES: tuple[figures.Figure, ...] = (
    figures.payments_made, figures.payments_made_at_upb, figures.review, insurance.mip_now, programs.young_until,
)  # fmt: skip


def may_be_solicited(do_not_solicit: Any) -> Any:
    return same(do_not_solicit, DO_NOT_SOLICIT_OPEN)


def arm_without_rate_or_balance(review: Any) -> Any:
    return same(review, "arm_without_rate_or_balance")


def interest_only(interest_only: Any) -> Any:
    return interest_only


def balance_after_maturity(review: Any) -> Any:
    return same(review, "balance_after_maturity")


def texas_50a6(tx_a6: Any) -> Any:
    return tx_a6


def va_exemption_unknown(program: Any, va_funding_fee_exempt: Any) -> Any:
    return all_of(same(program, "va"), negate(known(va_funding_fee_exempt)))


@dataclass(frozen=True)
class Reason:
    """`name` is its address, `applies` its formula. `holds`: nothing is sent before somebody has looked."""

    name: str
    label: str
    sentence: str
    applies: Callable[..., Any]
    holds: bool = True


REASONS = (
    Reason(
        "solicitation", "May be solicited?", "the file does not say whether the borrower may be solicited", may_be_solicited
    ),
    Reason(
        "arm", "ARM without rate or balance", "an adjustable rate needs its current rate and a reported balance",
        arm_without_rate_or_balance,
    ),
    Reason("interest_only", "Interest only", "there is no level payment to compare with", interest_only),
    Reason("maturity", "Balance after maturity", "the balance is dated after the loan has ended", balance_after_maturity),
    Reason("prepayment_penalty", "Prepayment penalty", "a penalty still runs", programs.penalty_runs),
    Reason("texas_50a6", "Texas 50(a)(6)", "a cash-out under Texas law is refinanced by its own rules", texas_50a6),
    Reason(
        "texas_question", "Texas 50(a)(6)?", "the file does not say whether this Texas cash-out is a 50(a)(6) loan",
        programs.texas_question,
    ),
    Reason(
        "young_note", "Young note", "its state may ask whether refinancing so soon serves the borrower", programs.is_young
    ),
    Reason(
        "fha_premium", "FHA premium unknown", "neither file nor table tells the annual premium", programs.premium_unknown
    ),
    Reason(
        "va_exemption", "VA fee exemption unknown", "the funding fee is shown, and the borrower may be exempt from it",
        va_exemption_unknown, holds=False,
    ),
)  # fmt: skip
"""Most binding first."""

BY_NAME = {reason.name: reason for reason in REASONS}


def judged(facts: Mapping[str, Any], as_of: Any, program_values: Mapping[str, Any]) -> dict[str, Any]:
    """Each reason's name with its condition for one loan, or as columns; only an active loan needs anybody.

    `facts` has COLUMNS, `is_arm` and `do_not_solicit`.
    """
    values: dict[str, Any] = {**facts, "as_of": as_of, "program_values": program_values}
    for figure in FIGURES:
        values[figure.__name__] = figure(*(values[name] for name in figures.parameters(figure)))
    active = same(values["status"], "active")
    return {
        reason.name: all_of(active, reason.applies(*(values[name] for name in figures.parameters(reason.applies))))
        for reason in REASONS
    }


def reasons(loan: Any, as_of: date, program_values: Mapping[str, Any]) -> list[Reason]:
    """Those that apply to a loan, most binding first; none where it needs nobody."""
    facts = {name: getattr(loan, name) for name in COLUMNS} | {
        "is_arm": loan.amortization == "arm",
        "do_not_solicit": loan.do_not_solicit.lower(),
    }
    verdicts = judged(facts, as_of, program_values)
    return [reason for reason in REASONS if verdicts[reason.name] is True]
