"""Mortgage insurance of the loan as it is and of the one that would replace it, and the programs' upfront fees.

Figures as `loans.domain.figures` has figures. Premiums are in percent a year, amounts in dollars.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from loans.domain.words import (
    all_of,
    any_of,
    at_least,
    cents,
    first_where,
    greatest,
    known,
    month_index,
    more_than,
    negate,
    number,
    same,
    unknown_in_unknown_out,
    when,
)

LONG_TERM = 180  # a term above this pays the premium of long terms
DROPS_AT = 80.0  # percent of the value at or below which a conventional loan needs no insurance
ENDS_AT_LTV, ENDS_AFTER = 90, 132  # FHA: at or below this LTV at closing the premium ends after eleven years

# Refinanced by a streamline, a loan endorsed by this day keeps the premiums of its time.
OLD_ENDORSEMENT, OLD_PREMIUM, OLD_UPFRONT_PERCENT = date(2009, 5, 31), Decimal("0.550"), 0.01

Premiums = Sequence[tuple[int | None, str]]


def _table(long: Premiums, long_high: Premiums, short: Premiums, short_high: Premiums) -> dict[tuple[bool, bool], Premiums]:
    return {(True, False): long, (True, True): long_high, (False, False): short, (False, True): short_high}


# Since when, the amount above which the premium is higher, and by (long term, above it) the percent up to each LTV.
# Mortgagee Letters 2023-05, 2015-01 and 2013-04.
TABLES: tuple[tuple[date, int, dict[tuple[bool, bool], Premiums]], ...] = (
    (date(2023, 3, 20), 726_200, _table(
        [(95, "0.500"), (None, "0.550")], [(95, "0.700"), (None, "0.750")],
        [(90, "0.150"), (None, "0.400")], [(78, "0.150"), (90, "0.400"), (None, "0.650")],
    )),
    (date(2015, 1, 26), 625_500, _table(
        [(95, "0.800"), (None, "0.850")], [(95, "1.000"), (None, "1.050")],
        [(90, "0.450"), (None, "0.700")], [(78, "0.450"), (90, "0.700"), (None, "0.950")],
    )),
    (date(2013, 6, 3), 625_500, _table(
        [(95, "1.300"), (None, "1.350")], [(95, "1.500"), (None, "1.550")],
        [(90, "0.450"), (None, "0.700")], [(78, "0.450"), (90, "0.700"), (None, "0.950")],
    )),
)  # fmt: skip


def mip_now(
    program: Any,
    annual_mip: Any,
    fha_case_date: Any,
    origination_date: Any,
    term_months: Any,
    original_amount: Any,
    ltv: Any,
    payments_made: Any,
) -> Any:
    """FHA: the annual premium paid today, of the file or of the table of its day, in percent; unknown before June 2013."""
    case_day = _case_day(fha_case_date, origination_date)
    ended = all_of(negate(more_than(ltv, ENDS_AT_LTV)), at_least(payments_made, ENDS_AFTER), at_least(case_day, TABLES[-1][0]))
    return when(
        same(program, "fha"),
        lambda: when(
            known(annual_mip),
            annual_mip,
            lambda: when(ended, Decimal("0.000"), lambda: _premium(TABLES, case_day, term_months, original_amount, ltv)),
        ),
        None,
    )


def mip_new(
    program: Any, term_months: Any, balance: Any, ltv: Any, fha_case_date: Any, origination_date: Any, as_of: Any
) -> Any:
    """FHA: the annual premium of a loan that refinances this balance now, in percent; the LTV is that of closing, as a
    streamline without appraisal takes it."""
    case_day = _case_day(fha_case_date, origination_date)
    # The day of a run is the same for every loan and tells the table; in a history it is a column, and each loan is asked.
    tables = [table for table in TABLES if table[0] <= as_of][:1] if isinstance(as_of, date) else TABLES
    return when(
        same(program, "fha"),
        lambda: when(
            negate(more_than(case_day, OLD_ENDORSEMENT)),
            OLD_PREMIUM,
            lambda: _premium(tables, as_of, term_months, balance, ltv) if tables else None,
        ),
        None,
    )


def _case_day(fha_case_date: Any, origination_date: Any) -> Any:
    return when(known(fha_case_date), fha_case_date, origination_date)


def _premium(tables: Sequence[Any], day: Any, term_months: Any, amount: Any, ltv: Any) -> Any:
    """The premium of the newest table that was in force on the day; of one table alone, its own."""
    tests: list[Any] = []
    for since, limit, premiums in tables:
        days = [at_least(day, since)] if len(tables) > 1 else []
        for (long, high), bands in premiums.items():
            is_long, is_high = more_than(term_months, LONG_TERM), more_than(amount, limit)
            group = [*days, is_long if long else negate(is_long), is_high if high else negate(is_high)]
            for up_to, premium in bands:
                band = known(ltv) if up_to is None else negate(more_than(ltv, up_to))
                tests += [all_of(*group, band), Decimal(premium)]
    return first_where(*tests, None)


def unrounded_insurance_now(
    program: Any, balance: Any, mip_now: Any, mortgage_insurance_monthly: Any, program_values: Mapping[str, Any]
) -> Any:
    """Dollars a month: as the file says, else the program's premium on the balance; unknown for a conventional loan without."""
    filed = number(mortgage_insurance_monthly)
    return when(
        same(program, "va"),
        0.0,
        lambda: when(
            known(mortgage_insurance_monthly),
            filed,
            lambda: when(
                same(program, "fha"),
                lambda: _monthly(balance, number(mip_now)),
                lambda: when(
                    same(program, "usda"), lambda: _monthly(balance, float(program_values["usda_annual_percent"])), None
                ),
            ),
        ),
    )


def unrounded_insurance_new(
    program: Any, balance: Any, loan_to_value: Any, mip_new: Any, program_values: Mapping[str, Any]
) -> Any:
    """Dollars a month after refinancing within the program: none for a conventional loan at 80% of the value or below."""
    asked = program_values
    return when(
        same(program, "va"),
        0.0,
        lambda: when(
            same(program, "fha"),
            lambda: _monthly(balance, number(mip_new)),
            lambda: when(
                same(program, "usda"),
                lambda: _monthly(balance, float(asked["usda_annual_percent"])),
                lambda: when(
                    negate(more_than(loan_to_value, DROPS_AT)),
                    0.0,
                    lambda: when(
                        known(loan_to_value),
                        lambda: _monthly(balance, float(asked["conventional_insurance_percent"])),
                        None,
                    ),
                ),
            ),
        ),
    )


def insurance_now(unrounded_insurance_now: Any) -> Any:
    return cents(unrounded_insurance_now)


def insurance_new(unrounded_insurance_new: Any) -> Any:
    return cents(unrounded_insurance_new)


@unknown_in_unknown_out
def _monthly(balance: Any, percent_a_year: Any) -> Any:
    return balance * percent_a_year / 1200.0


def program_fee(
    program: Any,
    balance: Any,
    va_funding_fee_exempt: Any,
    original_amount: Any,
    fha_case_date: Any,
    origination_date: Any,
    as_of: Any,
    program_values: Mapping[str, Any],
) -> Any:
    """Dollars the program itself charges at closing: VA funding fee, FHA upfront premium less its refund, USDA guarantee fee.

    Who may be exempt from the funding fee and is not known to be is shown the fee.
    """
    asked = program_values
    return when(
        same(program, "va"),
        lambda: when(va_funding_fee_exempt, 0.0, lambda: _share(balance, asked["va_funding_fee_percent"])),
        lambda: when(
            same(program, "fha"),
            lambda: when(
                negate(more_than(_case_day(fha_case_date, origination_date), OLD_ENDORSEMENT)),
                lambda: _share(balance, OLD_UPFRONT_PERCENT),
                lambda: _net_premium(balance, original_amount, origination_date, as_of, asked),
            ),
            lambda: when(same(program, "usda"), lambda: _share(balance, asked["usda_upfront_percent"]), 0.0),
        ),
    )


@unknown_in_unknown_out
def _share(amount: Any, percent: Any) -> Any:
    return amount * float(percent) / 100.0


def _net_premium(balance: Any, original_amount: Any, origination_date: Any, as_of: Any, asked: Mapping[str, Any]) -> Any:
    """The new upfront premium less what is refunded of the old one, at least 0."""
    due = _share(balance, asked["fha_upfront_percent"])
    refund = upfront_refund(original_amount, origination_date, as_of, asked)
    return when(known(balance), lambda: greatest(due - refund, 0.0), None)


def upfront_refund(original_amount: Any, origination_date: Any, as_of: Any, program_values: Mapping[str, Any]) -> Any:
    """Dollars refunded of the upfront premium: 80% in the first month after closing, 2 points less in each that follows."""
    asked = program_values
    months = greatest(month_index(as_of) - month_index(origination_date), 1)
    first, step = float(asked["fha_refund_percent"]), float(asked["fha_refund_step"])
    paid = _share(number(original_amount), asked["fha_upfront_percent"])
    kept = any_of(more_than(months, int(asked["fha_refund_months"])), negate(known(original_amount)))
    return when(kept, 0.0, lambda: paid * greatest(first - step * number(months - 1), 0.0) / 100.0)
