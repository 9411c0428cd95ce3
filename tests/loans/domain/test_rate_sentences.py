"""What is said of the rate that a loan was compared with."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loans.domain import rate_sentences
from loans.domain.applying_rate import NarrowRate

BUCKETS = (
    NarrowRate("conventional_30", Decimal("6.125"), "LTV to 80, score from 740", ltv_to=80.0, score_from=740),
    NarrowRate("conventional_30", Decimal("6.500"), "LTV over 80", ltv_over=80.0),
    NarrowRate("va_30", Decimal("5.875"), "score from 700", score_from=700),
)
VALUES: dict[str, Any] = {
    "product": "conventional_30", "market_rate": Decimal("6.300"), "proxy": False, "buckets": BUCKETS, "bucket": 0,
    "loan_to_value": 76.42, "credit_score": 752, "unguarded_balance": 400_000.0, "baseline_limit": 832_750.0,
    "conforming_limit": 832_750.0, "limits_year": 2026, "as_of": date(2026, 4, 24), "county_fips": "08031",
    "property_state": "CO", "limits_by_county": {"08031": 862_500.0}, "limits_by_state": {"HI": 1_249_125.0},
}  # fmt: skip


def said(**changed: Any) -> str:
    return rate_sentences.rate_available(VALUES | changed, passed=True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"buckets": ()}, "6.300%."),
        ({"buckets": (), "proxy": True, "product": "va_30"}, "6.300%; the conventional rate stands in for va 30."),
        (
            {"bucket": 1, "market_rate": Decimal("6.125")},
            "6.125% for LTV to 80, score from 740 (this loan: LTV 76.42, score 752).",
        ),
        ({"bucket": 2, "loan_to_value": 80.01, "credit_score": None}, "6.300% for LTV over 80 (this loan: LTV 80.01)."),
        ({"bucket": 3, "product": "va_30", "loan_to_value": None}, "6.300% for score from 700 (this loan: score 752)."),
        ({"credit_score": 700}, "6.300% for every loan, as no narrower one fits."),
        ({"credit_score": None}, "6.300% for every loan, as its score is not known."),
        ({"loan_to_value": None}, "6.300% for every loan, as its LTV is not known."),
        ({"loan_to_value": None, "credit_score": None}, "6.300% for every loan, as its LTV and score are not known."),
        ({"product": "fha_30"}, "6.300%."),
    ],
)
def test_the_page_says_which_rate_was_used_and_why_no_narrower_one(changed, sentence):
    assert said(**changed) == sentence


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"unguarded_balance": 850_000.0, "conforming_limit": 862_500.0},
            "Conforming: it owes no more than the limit of $862,500 for its county in 2026.",
        ),
        (
            {"product": "jumbo_30", "unguarded_balance": 900_000.0, "conforming_limit": 862_500.0},
            "Jumbo: it owes more than the limit of $862,500 for its county in 2026.",
        ),
        (
            {"product": "jumbo_30", "unguarded_balance": 900_000.0, "county_fips": ""},
            "Jumbo: it owes more than the limit of $832,750 in 2026, the baseline, as its county is not known.",
        ),
        (
            {"product": "jumbo_30", "unguarded_balance": 900_000.0, "county_fips": "08001"},
            "Jumbo: it owes more than the limit of $832,750 in 2026, the baseline.",
        ),
        (
            {"unguarded_balance": 900_000.0, "county_fips": "", "property_state": "HI", "conforming_limit": 1_249_125.0},
            "Conforming: it owes no more than the limit of $1,249,125 for its state in 2026.",
        ),
        (
            {"product": "jumbo_30", "unguarded_balance": 900_000.0, "conforming_limit": 862_500.0, "as_of": date(2027, 1, 2)},
            "Jumbo: it owes more than the limit of $862,500 for its county in 2026, the nearest year on file.",
        ),
    ],
)
def test_the_limit_is_named_with_its_year_where_it_decides(changed, sentence):
    assert said(buckets=(), **changed) == f"6.300%. {sentence}"


@pytest.mark.parametrize("changed", [{}, {"product": "fha_30", "unguarded_balance": 900_000.0}, {"unguarded_balance": None}])
def test_no_limit_is_named_where_none_could_decide(changed):
    assert said(buckets=(), **changed) == "6.300%."


def test_without_a_rate_the_product_is_named():
    found = rate_sentences.rate_available(VALUES | {"product": "jumbo_15", "market_rate": None}, passed=False)
    assert found == "No current rate for jumbo 15, nor for what stands in for it."
