"""What each program asks of a refinance: the numbers, where each is written, and whether somebody has checked it there.

Below them the figures of seasoning and benefit, as `loans.domain.figures` has figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loans.domain import mortgage
from loans.domain.words import (
    all_of,
    any_of,
    at_least,
    cents,
    greatest,
    known,
    more_than,
    negate,
    plus_days,
    plus_months,
    same,
    unknown_in_unknown_out,
    when,
)

NEVER_ELSEWHERE = ("second_home", "investment")  # what is not the borrower's homestead


@dataclass(frozen=True)
class Value:
    """One number of a program; None where it stands for a whole table. Verified: read in the source itself."""

    name: str
    label: str
    value: Decimal | None
    unit: str
    citation: str
    verified: bool

    @property
    def said(self) -> str:
        """`36 months`."""
        return said(self.value, self.unit)


def said(value: Decimal | None, unit: str) -> str:
    """A number with its unit, without places that say nothing: `36 months`, `0.500 points`; `a table` where it has none."""
    if value is None:
        return "a table"
    return f"{value:,.0f} {unit}" if value == value.to_integral_value() else f"{value:,.3f} {unit}"


VA_LAW = "38 U.S.C. 3709; VA Circular 26-19-22"
FHA_BOOK = "HUD Handbook 4000.1, II.A.8"
USDA_RULE = "7 CFR 3555.101(d)(3)"
YOUNG_NOTES = "state laws on refinancing young notes"

SHIPPED = tuple(
    Value(name, label, None if value is None else Decimal(value), unit, citation, verified)
    for name, label, value, unit, citation, verified in (
        ("va_rate_drop", "VA, fixed to fixed: the rate falls by at least", "0.500", "points", VA_LAW, True),
        ("va_recoupment_months", "VA: costs come back within", "36", "months", VA_LAW, True),
        ("va_seasoning_payments", "VA: payments made", "6", "payments", VA_LAW, True),
        ("va_seasoning_days", "VA: after the first payment was due", "210", "days", VA_LAW, True),
        ("va_funding_fee_percent", "VA: funding fee", "0.500", "percent", "38 U.S.C. 3729(b)(2)", False),
        ("fha_rate_drop", "FHA, fixed to fixed: the combined rate falls by at least", "0.500", "points", FHA_BOOK, False),
        ("fha_arm_rise", "FHA, adjustable to fixed: the combined rate rises by at most", "2.000", "points", FHA_BOOK, False),
        ("fha_seasoning_payments", "FHA: payments made", "6", "payments", FHA_BOOK, False),
        ("fha_seasoning_months", "FHA: after the first payment was due", "6", "months", FHA_BOOK, False),
        ("fha_seasoning_days", "FHA: after closing", "210", "days", FHA_BOOK, False),
        ("fha_upfront_percent", "FHA: upfront premium", "1.750", "percent", "Mortgagee Letter 2012-04", False),
        ("fha_refund_percent", "FHA: upfront premium refunded in the first month", "80.000", "percent", FHA_BOOK, False),
        ("fha_refund_step", "FHA: the refund falls each month by", "2.000", "percent", FHA_BOOK, False),
        ("fha_refund_months", "FHA: a refund is paid within", "36", "months", FHA_BOOK, False),
        (
            "fha_annual_table", "FHA: annual premiums since June 2013", None, "table",
            "Mortgagee Letters 2013-04, 2015-01 and 2023-05", False,
        ),
        ("usda_payment_cut", "USDA: the payment falls by at least", "50.00", "dollars", USDA_RULE, True),
        ("usda_seasoning_months", "USDA: after closing", "12", "months", USDA_RULE, True),
        ("usda_upfront_percent", "USDA: upfront guarantee fee", "1.000", "percent", "7 CFR 3555.107", False),
        ("usda_annual_percent", "USDA: annual fee", "0.350", "percent", "7 CFR 3555.107", False),
        (
            "conventional_insurance_percent", "Conventional above 80% LTV: mortgage insurance a year", "0.600", "percent",
            "an estimate; insurers differ", False,
        ),
        ("prepayment_penalty_percent", "Prepayment penalty, at most", "2.000", "percent", "12 CFR 1026.43(g)(2)", False),
        ("young_note_months", "A note is young for", "12", "months", YOUNG_NOTES, False),
        (
            "young_note_months_ma", "A note is young for, in Massachusetts", "60", "months",
            "Mass. G.L. c. 183 s. 28C; 209 CMR 53", False,
        ),
    )
)  # fmt: skip


def shipped() -> dict[str, Decimal]:
    """The numbers by name, tables left out, before a lender has said otherwise."""
    return {one.name: one.value for one in SHIPPED if one.value is not None}


BY_NAME = {one.name: one for one in SHIPPED}

HIGHEST = {"points": 5, "percent": 100, "months": 480, "payments": 60, "days": 1095, "dollars": 10_000}
"""By unit; a number above it is a slip of the hand."""
WHOLE = frozenset({"months", "payments", "days"})


def unfit(shipped: Value, number: Decimal) -> str:
    """Why that can't be the value's number, in a sentence; empty where it can. A table has no number, and takes any."""
    highest = HIGHEST.get(shipped.unit)
    if highest is None:
        return ""
    if not 0 <= number <= highest:
        return f"A number from 0 to {highest:,} is asked, in {shipped.unit}."
    if shipped.unit in WHOLE and number != number.to_integral_value():
        return f"{shipped.unit.capitalize()} are counted whole."
    return ""


# A rule's citation depends on the program; where a program asks nothing, no law stands behind it.
CITATIONS = {
    ("seasoning", "va"): VA_LAW,
    ("seasoning", "fha"): FHA_BOOK,
    ("seasoning", "usda"): USDA_RULE,
    ("program_benefit", "va"): VA_LAW,
    ("program_benefit", "fha"): FHA_BOOK,
    ("program_benefit", "usda"): USDA_RULE,
}


def seasoned_on(program: Any, first_payment_date: Any, origination_date: Any, program_values: Mapping[str, Any]) -> Any:
    """The first day on which the program lets the loan be refinanced, payments made as due; unknown where it asks nothing."""
    asked = program_values
    return when(
        same(program, "va"),
        lambda: greatest(
            _payment_due(first_payment_date, asked["va_seasoning_payments"]),
            plus_days(first_payment_date, int(asked["va_seasoning_days"])),
        ),
        lambda: when(
            same(program, "fha"),
            lambda: greatest(
                _payment_due(first_payment_date, asked["fha_seasoning_payments"]),
                plus_months(first_payment_date, int(asked["fha_seasoning_months"])),
                plus_days(origination_date, int(asked["fha_seasoning_days"])),
            ),
            lambda: when(
                same(program, "usda"), lambda: plus_months(origination_date, int(asked["usda_seasoning_months"])), None
            ),
        ),
    )


def _payment_due(first_payment_date: Any, count: Any) -> Any:
    """The due date of a payment by its count; of none, the first's."""
    return plus_months(first_payment_date, max(int(count) - 1, 0))


def young_until(property_state: Any, origination_date: Any, program_values: Mapping[str, Any]) -> Any:
    """The day from which the note is no longer young: until then states ask that a refinance serve the borrower."""
    return when(
        same(property_state, "MA"),
        lambda: plus_months(origination_date, int(program_values["young_note_months_ma"])),
        lambda: plus_months(origination_date, int(program_values["young_note_months"])),
    )


def caution(
    program: Any,
    mip_now: Any,
    property_state: Any,
    purpose: Any,
    occupancy: Any,
    tx_a6: Any,
    prepayment_penalty_until: Any,
    young_until: Any,
    as_of: Any,
) -> Any:
    """Why a person must look although the figures are known; empty where nobody must."""
    return when(
        penalty_runs(prepayment_penalty_until, as_of),
        "prepayment_penalty",
        lambda: when(
            tx_a6,
            "texas_50a6",
            lambda: when(
                texas_question(tx_a6, property_state, purpose, occupancy),
                "texas_50a6_unknown",
                lambda: when(
                    is_young(young_until, as_of),
                    "young_note",
                    lambda: when(premium_unknown(program, mip_now), "fha_premium_unknown", ""),
                ),
            ),
        ),
    )


def penalty_runs(prepayment_penalty_until: Any, as_of: Any) -> Any:
    """A prepayment penalty is still open on the day."""
    return at_least(prepayment_penalty_until, as_of)


def texas_question(tx_a6: Any, property_state: Any, purpose: Any, occupancy: Any) -> Any:
    """A Texas cash-out on a homestead of which nobody says whether it is a 50(a)(6) loan."""
    homestead = negate(any_of(*(same(occupancy, one) for one in NEVER_ELSEWHERE)))
    return all_of(negate(known(tx_a6)), same(property_state, "TX"), same(purpose, "cash_out_refinance"), homestead)


def is_young(young_until: Any, as_of: Any) -> Any:
    """A state may still ask whether refinancing serves the borrower."""
    return more_than(young_until, as_of)


def premium_unknown(program: Any, mip_now: Any) -> Any:
    """An FHA loan whose annual premium neither file nor table tells."""
    return all_of(same(program, "fha"), negate(known(mip_now)))


def person_first(review: Any, caution: Any) -> Any:
    """Why a person must look before anything is sent: because figures are unknown, or because of what is known."""
    return when(same(review, ""), caution, review)


@unknown_in_unknown_out
def _combined_drop(spread: Any, mip_now: Any, mip_new: Any) -> Any:
    return spread + mip_now - mip_new


def rate_drop(program: Any, spread: Any, mip_now: Any, mip_new: Any) -> Any:
    """By how many points the rate falls; for FHA the combined rate, note rate and annual premium."""
    return when(same(program, "fha"), lambda: _combined_drop(spread, mip_now, mip_new), spread)


def rate_drop_needed(program: Any, is_arm: Any, program_values: Mapping[str, Any]) -> Any:
    """What the program asks of `rate_drop`, in points; unknown where it asks nothing. Below 0 the rate may rise so far."""
    asked = program_values
    return when(
        same(program, "va"),
        lambda: when(is_arm, None, asked["va_rate_drop"]),
        lambda: when(
            same(program, "fha"),
            lambda: when(is_arm, -asked["fha_arm_rise"], asked["fha_rate_drop"]),
            lambda: when(same(program, "usda"), Decimal("0.000"), None),
        ),
    )


def recoupment_months(program: Any, lender_costs: Any, monthly_savings: Any) -> Any:
    """VA: months of lower payments of principal and interest that repay the costs, the funding fee left out; rounded up."""
    return when(same(program, "va"), lambda: mortgage.break_even_months(lender_costs, monthly_savings), None)


def recoupment_limit(program_values: Mapping[str, Any]) -> Any:
    return int(program_values["va_recoupment_months"])


def unrounded_payment_cut(program: Any, current_payment: Any, long_payment: Any, insurance_now: Any, insurance_new: Any) -> Any:
    """USDA: today's payment with its annual fee, less that of the 30 years that the program starts anew."""
    return when(same(program, "usda"), lambda: _cut(current_payment, insurance_now, long_payment, insurance_new), None)


@unknown_in_unknown_out
def _cut(payment_now: Any, fee_now: Any, payment_then: Any, fee_then: Any) -> Any:
    return payment_now + fee_now - payment_then - fee_then


def payment_cut(unrounded_payment_cut: Any) -> Any:
    """USDA: by how many dollars the payment falls a month."""
    return cents(unrounded_payment_cut)


def payment_cut_needed(program_values: Mapping[str, Any]) -> Any:
    """In dollars a month."""
    return float(program_values["usda_payment_cut"])
