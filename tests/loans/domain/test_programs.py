"""What each program asks: seasoning to the day, benefit to the hundredth of a point, and who must look first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import programs
from loans.domain.words import plus_months

ASKED = programs.shipped()
FIRST, CLOSED = date(2025, 6, 1), date(2025, 4, 17)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


def seasoned(program, first=FIRST, closed=CLOSED):
    return programs.seasoned_on(program, first, closed, ASKED)


def test_a_va_loan_is_seasoned_210_days_after_its_first_payment_was_due():
    # 38 U.S.C. 3709(c): the later of six payments made and 210 days after the first was due.
    assert seasoned("va") == date(2025, 12, 28)


def test_an_fha_loan_waits_for_six_payments_six_months_and_210_days_from_closing():
    # The sixth payment is due on November 1, six months after the first are over on December 1, 210 days on November 13.
    assert seasoned("fha") == date(2025, 12, 1)
    assert seasoned("fha", first=date(2025, 5, 1), closed=date(2025, 4, 30)) == date(2025, 11, 26)


def test_a_usda_loan_waits_a_year_and_a_conventional_one_not_at_all():
    assert seasoned("usda") == date(2026, 4, 17)
    assert seasoned("conventional") is None


@given(first=DAYS, closed=DAYS)
def test_no_program_is_seasoned_before_each_of_its_own_conditions(first, closed):
    assert seasoned("va", first, closed) >= first + timedelta(days=210)
    assert seasoned("fha", first, closed) >= max(plus_months(first, 6), closed + timedelta(days=210))
    assert seasoned("usda", first, closed) == plus_months(closed, 12)


@pytest.mark.parametrize(
    ("program", "is_arm", "needed"),
    [
        ("va", False, "0.500"), ("va", True, None), ("fha", False, "0.500"), ("fha", True, "-2.000"),
        ("usda", False, "0.000"), ("conventional", False, None),
    ],
)  # fmt: skip
def test_what_each_program_asks_of_the_rate(program, is_arm, needed):
    assert programs.rate_drop_needed(program, is_arm, ASKED) == (None if needed is None else Decimal(needed))


def test_for_fha_the_premium_counts_with_the_rate():
    spread, before, after = Decimal("0.300"), Decimal("0.850"), Decimal("0.550")
    assert programs.rate_drop("fha", spread, before, after) == Decimal("0.600")
    assert programs.rate_drop("va", spread, before, after) == spread
    assert programs.rate_drop("fha", spread, None, after) is None


def test_va_costs_come_back_in_whole_months_and_no_other_program_asks():
    assert programs.recoupment_months("va", 3600.0, 100.0) == 36.0
    assert programs.recoupment_months("va", 3600.01, 100.0) == 37.0
    assert programs.recoupment_months("va", 3600.0, -5.0) is None
    assert programs.recoupment_months("conventional", 3600.0, 100.0) is None


QUIET = {
    "program": "conventional", "mip_now": None, "property_state": "CO", "purpose": "purchase", "occupancy": "primary",
    "tx_a6": None, "prepayment_penalty_until": None, "young_until": date(2025, 4, 17), "as_of": date(2026, 4, 24),
}  # fmt: skip
TEXAS = {"property_state": "TX", "purpose": "cash_out_refinance"}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ""),
        ({"prepayment_penalty_until": date(2026, 4, 24)}, "prepayment_penalty"),
        ({"prepayment_penalty_until": date(2026, 4, 23)}, ""),
        ({"tx_a6": True}, "texas_50a6"),
        (TEXAS, "texas_50a6_unknown"),
        (TEXAS | {"tx_a6": False}, ""),
        (TEXAS | {"occupancy": "investment"}, ""),
        (TEXAS | {"purpose": "purchase"}, ""),
        ({"young_until": date(2026, 4, 25)}, "young_note"),
        ({"young_until": date(2026, 4, 24)}, ""),
        ({"program": "fha"}, "fha_premium_unknown"),
        ({"program": "fha", "mip_now": Decimal("0.550")}, ""),
    ],
)
def test_a_person_looks_first_where_law_or_file_leaves_a_question(facts, why):
    assert programs.caution(**(QUIET | facts)) == why
    assert programs.person_first("interest_only", why) == "interest_only"
    assert programs.person_first("", why) == why


def test_a_note_is_young_for_a_year_and_in_massachusetts_for_five():
    assert programs.young_until("CO", CLOSED, ASKED) == date(2026, 4, 17)
    assert programs.young_until("MA", CLOSED, ASKED) == date(2030, 4, 17)


def test_each_number_says_where_it_is_written_and_whether_it_was_checked_there():
    assert len({one.name for one in programs.SHIPPED}) == len(programs.SHIPPED)
    assert all(one.citation and one.label and one.unit for one in programs.SHIPPED)
    assert {one.name for one in programs.SHIPPED if one.verified} == {
        "va_rate_drop", "va_recoupment_months", "va_seasoning_payments", "va_seasoning_days", "usda_payment_cut",
        "usda_seasoning_months",
    }  # fmt: skip
