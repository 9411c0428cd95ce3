"""The product of the market that a loan is compared with."""

import pytest
from django.db import IntegrityError

from loans.domain import figures
from tests.loans.rows import make_loan

LIMIT = 832_750.0


@pytest.mark.parametrize(
    ("program", "months", "jumbo", "product"),
    [
        ("conventional", 360, False, "conventional_30"),
        ("conventional", 180, False, "conventional_15"),
        ("conventional", 181, False, "conventional_30"),
        ("conventional", 360, True, "jumbo_30"),
        ("conventional", 120, True, "jumbo_15"),
        ("fha", 360, True, "fha_30"),
        ("va", 180, False, "va_15"),
        ("usda", 240, False, "usda_30"),
    ],
)
def test_the_product_of_a_loan_is_its_program_and_term(program, months, jumbo, product):
    assert figures.product(program, months, "CO", LIMIT + jumbo, {"HI": 1_249_125.0}, LIMIT) == product


def test_a_state_with_a_limit_of_its_own_has_jumbo_above_that():
    assert figures.product("conventional", 360, "HI", 1_249_125.0, {"HI": 1_249_125.0}, LIMIT) == "conventional_30"


@pytest.mark.django_db
def test_an_unknown_program_is_refused():
    with pytest.raises(IntegrityError, match="loan_program"):
        make_loan(program="heloc")
