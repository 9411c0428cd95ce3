"""The canonical columns: which headings stand for which, and that the page for users names them all."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.domain import portfolio_file
from loans.domain.portfolio_file import BY_NAME, COLUMNS, Kind, UnreadableFile, bare, read_headings

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/integrate/portfolio-file.md").read_text(encoding="utf-8")
REQUIRED = [column.name for column in COLUMNS if column.required]
CANONICAL = """
loan_number borrower_first_name borrower_last_name email phone co_borrower_first_name co_borrower_last_name co_borrower_email
co_borrower_phone note_rate origination_date first_payment_date maturity_date term_months original_amount upb upb_as_of
current_rate current_payment interest_only program amortization purpose lien_position occupancy property_street property_city
property_state property_zip county_fips property_value ltv credit_score mortgage_insurance_monthly annual_mip fha_case_date
va_funding_fee_exempt tx_a6 mailing_street mailing_city mailing_state mailing_zip language officer_email officer_nmls branch
investor servicing last_refinanced_on early_payoff_until prepayment_penalty_until status do_not_solicit do_not_call sms_consent
sms_consent_at email_opt_out
"""


def test_the_columns_are_the_canonical_ones():
    assert [column.name for column in COLUMNS] == CANONICAL.split()
    assert REQUIRED == [
        "loan_number", "borrower_first_name", "borrower_last_name", "note_rate", "origination_date", "term_months",
    ]  # fmt: skip


def test_no_heading_stands_for_two_columns():
    known = {column.name: {bare(heading) for heading in (column.name, *column.aliases)} for column in COLUMNS}
    assert [(one, two) for one, two in combinations(known, 2) if known[one] & known[two]] == []


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_heading_is_known_in_any_case_and_punctuation(column):
    others = [name for name in [*REQUIRED, "original_amount"] if name != column.name]
    for heading in (column.name, *column.aliases):
        spaced = heading.replace("_", " ")
        for written in (
            heading,
            heading.upper(),
            f" {spaced.title()} ",
            spaced.replace(" ", "-"),
            f"{spaced}:",
            f"Fields.{heading}",
        ):
            assert column.name in read_headings([written, *others]).positions, written


def test_headings_are_found_wherever_they_stand():
    headings = read_headings(["Shoe size", *reversed(REQUIRED), "", "upb", "Notes", "", " "])
    assert headings.positions == {name: place for place, name in enumerate(reversed(REQUIRED), start=1)} | {"upb": 8}
    assert (headings.ignored, headings.width) == (["Shoe size", "Notes"], 10)


def test_what_lacks_is_named():
    with pytest.raises(UnreadableFile) as refusal:
        read_headings(["loan number", "first name", "last name", "rate"])
    assert str(refusal.value).startswith("The file has no column origination_date, term_months, original_amount (or upb). The")


def test_two_headings_for_one_column_are_refused():
    with pytest.raises(UnreadableFile, match=r"^Two headings stand for upb: keep one. They are in columns 2 and 9\.$"):
        read_headings(["x", "UPB", *REQUIRED, "Current Balance"])


@given(st.lists(st.text(max_size=30), max_size=12))
def test_a_row_of_anything_is_refused_with_a_sentence(cells):
    with pytest.raises(UnreadableFile, match=r"\.\Z"):
        read_headings(cells)


def test_every_choice_is_a_word_the_models_know():
    for column in COLUMNS:
        if column.kind is Kind.CHOICE:
            assert column.choices
            assert all(word == bare(word) for word in column.choices)
            assert all(column.choices[bare(ours)] == ours for ours in column.choices.values())


def test_the_page_for_users_names_every_column_with_its_headings():
    rows = {cells[1].strip().strip("`"): cells for line in PAGE.splitlines() if len(cells := line.split("|")) == 6}
    for column in COLUMNS:
        _, _, holds, required, headings, _ = rows[column.name]
        assert holds.strip()
        assert required.strip() == ("yes" if column.required else "or `upb`" if column.name == "original_amount" else "")
        assert {bare(word) for word in headings.split(",") if word.strip()} == {bare(alias) for alias in column.aliases}, (
            column.name
        )
        if column.kind is Kind.CHOICE:
            assert all(f"`{ours}`" in holds for ours in column.choices.values()), column.name
    assert set(rows) - {"Column", "---", ""} <= set(BY_NAME)


def test_the_refusal_points_to_a_page_that_is_there():
    (named,) = re.findall(r"docs/\S+\.md", Path(portfolio_file.__file__).read_text(encoding="utf-8"))
    assert (ROOT / named).is_file()
