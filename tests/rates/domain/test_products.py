import pytest

from rates.domain import products


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
    assert products.product_of(program, months, jumbo) == product


def test_an_unknown_program_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="conventional, fha, va, usda"):
        products.product_of("heloc", 360, False)


def test_conventional_of_the_same_term_stands_in_for_every_product():
    assert {code: products.stand_in(code) for code in products.CODES} == {
        code: "conventional_15" if code.endswith("15") else "conventional_30" for code in products.CODES
    }


def test_ten_products_can_be_a_loan_and_seven_are_published():
    assert len(products.CODES) == 10
    assert set(products.LABELS) - set(products.PUBLISHED) == {"fha_15", "va_15", "usda_15"}
