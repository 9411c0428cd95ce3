"""Merge fields: each has a value, in the words of the country, and none where the fact is unknown."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import merge_fields
from outreach.domain.merge_fields import EXAMPLE_TABLE, FIELDS, FRAME_FIELDS, MessageFacts
from tests.outreach.domain.messages import FACTS

NOBODY = MessageFacts(first_name="", officer_name="", lender_name="")


def test_every_field_has_a_value_and_no_other_is_filled() -> None:
    assert set(merge_fields.values(FACTS)) == set(FIELDS) - {EXAMPLE_TABLE} | FRAME_FIELDS
    assert [name for name, value in merge_fields.values(FACTS).items() if value is None] == []


def test_the_editors_samples_are_what_the_sample_borrower_gets() -> None:
    assert merge_fields.samples() == merge_fields.values(FACTS)


def test_what_is_unknown_is_none_rather_than_an_empty_word() -> None:
    known = {name for name, value in merge_fields.values(NOBODY).items() if value is not None}
    assert known == {"market_period", "market_name", "balance_note", "arranged_by"}


@pytest.mark.parametrize(
    ("percent", "worded"),
    [("7.375", "7.375%"), ("6.230", "6.23%"), ("6.5", "6.50%"), ("7", "7.00%"), ("6.0005", "6.001%"), ("10.25", "10.25%")],
)
def test_a_rate_has_two_places_at_least_and_three_at_most(percent: str, worded: str) -> None:
    assert merge_fields.rate(Decimal(percent)) == worded


def test_dates_are_written_as_americans_do() -> None:
    assert merge_fields.values(FACTS)["market_date"] == "April 23, 2026"
    assert merge_fields.values(FACTS)["closing_month"] == "November 2022"


@pytest.mark.parametrize(
    ("saving", "worded"),
    [("312.22", "$312"), ("312.99", "$312"), ("1", "$1"), ("0.99", None), ("0", None), ("-85.43", None), ("1312.5", "$1,312")],
)
def test_a_saving_is_never_rounded_up_and_none_is_told_where_the_payment_does_not_fall(saving: str, worded: str | None) -> None:
    assert merge_fields.values(replace(FACTS, monthly_savings=Decimal(saving)))["monthly_savings"] == worded


def test_a_last_smaller_payment_counts_as_a_payment() -> None:
    assert merge_fields.values(replace(FACTS, months_left=Decimal("287.2")))["payments_left"] == "288"
    assert merge_fields.values(replace(FACTS, months_left=Decimal(288)))["payments_left"] == "288"


def test_an_average_is_said_to_be_one() -> None:
    statement = merge_fields.values(FACTS)["rate_statement"]
    assert statement == (
        "This week the national average for a 30-year fixed mortgage was 6.23% (Freddie Mac, April 23, 2026). "
        "That is an average, not an offer, and not a rate I can promise you."
    )
    assert "Today the national average" in str(merge_fields.values(replace(FACTS, market_daily=True))["rate_statement"])


def test_an_offered_rate_carries_its_apr_and_points_and_no_average() -> None:
    offered = replace(FACTS, quotable=True, market_apr=Decimal("6.392"), market_points=Decimal("0.500"))
    statement = str(merge_fields.values(offered)["rate_statement"])
    assert "6.392% annual percentage rate (APR), 6.23% interest, with 0.5 points" in statement
    assert "average" not in statement
    assert merge_fields.values(offered)["market_name"] == "our rate of April 23"


def test_an_offered_rate_without_its_apr_is_not_told() -> None:
    assert merge_fields.values(replace(FACTS, quotable=True))["rate_statement"] is None


def test_an_officer_who_took_a_loan_over_does_not_say_he_arranged_it() -> None:
    assert merge_fields.values(FACTS)["arranged_by"] == "I"
    assert merge_fields.values(replace(FACTS, officer_arranged=False))["arranged_by"] == "Juniper Vale Home Loans"


@pytest.mark.parametrize(
    ("phone", "state", "line"),
    [
        ("+13035550142", "CO", "(303) 555-0142 · licensed in Colorado"),
        ("", "CO", "jonah.reyes@junipervale.example.com · licensed in Colorado"),
        ("303-555-0142", "", "(303) 555-0142"),
    ],
)
def test_a_license_is_told_only_where_one_is_on_file(phone: str, state: str, line: str) -> None:
    assert merge_fields.values(replace(FACTS, officer_phone=phone, licensed_in=state))["contact_line"] == line


def test_personal_figures_are_those_of_the_loan_and_of_the_example() -> None:
    personal = {name for name, field in FIELDS.items() if field.personal_figure}
    assert {"new_payment", "monthly_savings", "apr", "closing_costs", "break_even", "note_rate", "example_table"} <= personal
    assert personal.isdisjoint({"market_rate", "rate_statement", "first_name", "estimate_link", "closing_year"})


@given(
    amount=st.decimals(-1_000_000, 5_000_000, places=4),
    percent=st.decimals(0, 25, places=3),
    on=st.dates(date(1990, 1, 1), date(2050, 1, 1)),
)
def test_figures_are_written_plainly_whatever_they_are(amount: Decimal, percent: Decimal, on: date) -> None:
    facts = replace(FACTS, balance=amount, note_rate=percent, market_date=on)
    for name, value in merge_fields.values(facts).items():
        assert value is None or ("E+" not in value and value == value.strip()), name
