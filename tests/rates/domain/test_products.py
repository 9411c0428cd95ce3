from rates.domain import products


def test_conventional_of_the_same_term_stands_in_for_every_product():
    assert {code: products.stand_in(code) for code in products.CODES} == {
        code: "conventional_15" if code.endswith("15") else "conventional_30" for code in products.CODES
    }


def test_ten_products_can_be_a_loan_and_seven_are_published():
    assert len(products.CODES) == 10
    assert set(products.LABELS) - set(products.PUBLISHED) == {"fha_15", "va_15", "usda_15"}
