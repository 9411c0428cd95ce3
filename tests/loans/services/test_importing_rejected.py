"""Bad rows: each is rejected with its line, column, value and reason, and the good ones land."""

import stat
from datetime import date

import pytest
import time_machine

from loans.models import Borrower, ImportBatch, Loan
from tests.loans import files
from tests.loans.files import ROW, noted

pytestmark = pytest.mark.django_db

GOOD = {"loan_number": "G-1"}
DATE = "is no date from 1900 to 2199; write 2024-03-31 or 3/31/2024"
RATE = "is not a percentage above 0, at most 24.999"
TERM = "is not a whole number from 1, at most 480"
DOLLARS = "is not an amount in dollars above 0, at most 9,999,999,999.99"
REJECTED = [
    ("origination_date", "2024-02-30", DATE), ("origination_date", "31.3.2024", DATE), ("origination_date", "13/1/2024", DATE),
    ("origination_date", "3/31/24", DATE), ("origination_date", "12/31/9999", DATE), ("origination_date", "yesterday", DATE),
    ("maturity_date", "0054-05-01", DATE), ("early_payoff_until", "9999-12-31", DATE), ("upb_as_of", "45000", DATE),
    ("origination_date", "2026-04-25", "is in the future"), ("origination_date", "1949-12-31", "is before 1950"),
    ("last_refinanced_on", "2026-04-25", "is in the future"),
    ("first_payment_date", "2024-04-16", "is before the origination date"),
    ("maturity_date", "2024-04-16", "is before the origination date"),
    ("note_rate", "-6.5", RATE), ("note_rate", "0", RATE), ("note_rate", "0.0004", RATE), ("note_rate", "25", RATE),
    ("note_rate", "24.9995", RATE), ("note_rate", "6,5", RATE), ("note_rate", "1,9", RATE), ("note_rate", "six", RATE),
    ("note_rate", "NaN", RATE), ("note_rate", "Infinity", RATE), ("note_rate", "6 1/8", RATE), ("note_rate", "", "is required"),
    ("term_months", "0", TERM), ("term_months", "481", TERM), ("term_months", "360.5", TERM), ("term_months", "-360", TERM),
    ("term_months", "30 years", TERM), ("term_months", "1e400", TERM),
    ("original_amount", "0", DOLLARS), ("original_amount", "-456000", DOLLARS), ("original_amount", "(456,000)", DOLLARS),
    ("original_amount", "456.000,00", DOLLARS), ("original_amount", "45,60,00", DOLLARS), ("original_amount", "0.004", DOLLARS),
    ("original_amount", "10000000000", DOLLARS), ("upb", "0", DOLLARS), ("upb", "-1", DOLLARS),
    ("property_value", "-1", DOLLARS),
    ("original_amount", "", "is required where there is no upb"),
    ("loan_number", "", "is required"), ("borrower_first_name", "", "is required"), ("borrower_last_name", "", "is required"),
    ("origination_date", "", "is required"), ("term_months", "", "is required"),
    ("loan_number", "9" * 41, "has more than 40 characters"), ("borrower_last_name", "V" * 81, "has more than 80 characters"),
    ("property_zip", "80205-11111", "has more than 10 characters"), ("branch", "B" * 121, "has more than 120 characters"),
    ("program", "HELOC", "is not known; write conventional, fha, va, usda"),
    ("amortization", "interest only", "is not known; write fixed, arm"),
    ("purpose", "construction", "is not known; write purchase, refinance, cash_out_refinance"),
    ("lien_position", "0", "is not known; write 1, 2, 3, 4"),
    ("status", "lost", "is not known; write active, paid_off, transferred, in_application"),
    ("property_state", "Colorado", "is no state; write its two letters"),
    ("mailing_state", "C1", "is no state; write its two letters"),
    ("interest_only", "perhaps", "is neither yes nor no"), ("email_opt_out", "2", "is neither yes nor no"),
    ("credit_score", "299", "is not a whole number from 300, at most 900"),
    ("credit_score", "901", "is not a whole number from 300, at most 900"),
    ("ltv", "300.1", "is not a percentage above 0, at most 300"),
    ("annual_mip", "-0.1", "is not a percentage from 0, at most 10"),
    ("mortgage_insurance_monthly", "-1", "is not an amount in dollars from 0, at most 9,999,999,999.99"),
    ("sms_consent_at", "noon", "is no date and time; write 2024-03-31 14:30"),
    ("sms_consent_at", "2024-03-31 25:00", "is no date and time; write 2024-03-31 14:30"),
    ("sms_consent_at", "1/1/20240 1:00", "is no date and time; write 2024-03-31 14:30"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell", "reason"), REJECTED, ids=lambda part: str(part)[:24])
@time_machine.travel("2026-04-24 15:00Z", tick=False)
def test_a_bad_cell_rejects_its_row_and_no_other(bring_in, column, cell, reason):
    batch = bring_in({column: cell}, GOOD)
    assert (batch.state, batch.created, batch.rejected, batch.warnings) == (ImportBatch.State.DONE, 1, 1, 0)
    assert noted(batch) == [("2", column, f"'{cell}" if cell.startswith("-") else cell, reason, "yes")]
    assert list(Loan.objects.values_list("loan_number", flat=True)) == ["G-1"]
    assert Borrower.objects.count() == 1


@time_machine.travel("2026-04-24 15:00Z", tick=False)
def test_everything_wrong_with_a_row_is_said(bring_in):
    batch = bring_in({"note_rate": "0", "term_months": "481", "program": "HELOC", "origination_date": "soon"}, GOOD)
    assert batch.rejected == 1
    assert [row[1] for row in noted(batch)] == ["note_rate", "origination_date", "program", "term_months"]


@time_machine.travel("2026-04-24 04:30Z", tick=False)
def test_the_future_begins_on_the_lenders_clock(bring_in):
    # In New York, the default, it is the 24th; in Denver it is still the 23rd.
    assert bring_in({"origination_date": "2026-04-24"}, {"origination_date": "2026-04-25"}).created == 1
    assert Loan.objects.get().origination_date == date(2026, 4, 24)


def test_of_a_loan_number_twice_the_first_good_row_lands(bring_in):
    same = {"loan_number": "A-1"}
    batch = bring_in(same | {"note_rate": "0"}, same | {"note_rate": "7"}, same | {"note_rate": "6"}, same | {"note_rate": "5"})
    assert (batch.created, batch.rejected) == (1, 3)
    assert str(Loan.objects.get().note_rate) == "7.000"
    assert [row for row in noted(batch) if row[1] == "loan_number"] == [
        ("4", "loan_number", "A-1", "stands on line 3 already", "yes"),
        ("5", "loan_number", "A-1", "stands on line 3 already", "yes"),
    ]


def test_a_row_with_the_wrong_number_of_cells_is_rejected(bring_in):
    head, row = ",".join(ROW), ",".join(ROW.values())
    batch = bring_in(text=f"{head}\n{row},more\n{row.replace('A-1', 'A-2')[:-7]}\n{row.replace('A-1', 'A-3')}\n")
    assert (batch.rows, batch.created, batch.rejected) == (3, 1, 2)
    assert noted(batch) == [
        ("2", "", "", "has 8 cells where the headings are 7", "yes"),
        ("3", "", "", "has 6 cells where the headings are 7", "yes"),
    ]


def test_lines_are_counted_as_an_editor_counts_them(bring_in):
    head, row = ",".join(ROW), ",".join(ROW.values())
    bad = row.replace("7.5", "0")
    text = f"\n{head}\n\n{row.replace('Vega', chr(34) + 'Ve' + chr(10) + 'ga' + chr(34))}\n{bad}\r\n\r\n\n{bad}"
    batch = bring_in(text=text)
    assert (batch.created, [row[0] for row in noted(batch)]) == (1, ["6", "9"])


def test_formulas_are_defused_in_the_errors_file(bring_in):
    formulas = ('=HYPERLINK("http://127.0.0.1/")', "+1+1", "-2", "@SUM(A1)", " =1")
    batch = bring_in(*({"note_rate": cell} for cell in formulas), GOOD)
    assert [row[2] for row in noted(batch)] == [f"'{cell.strip()}" for cell in formulas]


def test_the_errors_file_is_for_its_owner_only_and_shows_the_beginning_of_a_long_cell(bring_in):
    batch = bring_in({"branch": "B" * 5000}, GOOD)
    path = files.importing.errors_folder() / batch.errors_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name == f"import-{batch.pk}-errors.csv"
    assert noted(batch)[0][2] == "B" * 200


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("email", "marisol at example.com", "is no e-mail address and was left out"),
        ("email", "n/a", "is no e-mail address and was left out"),
        ("co_borrower_email", "@example.com", "is no e-mail address and was left out"),
        ("phone", "555-0142", "is no phone number and was left out"),
        ("phone", "0000000000", "is no phone number and was left out"),
        ("co_borrower_phone", "none", "is no phone number and was left out"),
    ],
)
def test_an_address_or_number_that_is_none_is_a_warning_and_the_loan_lands(bring_in, column, cell, reason):
    both = {"co_borrower_first_name": "Theo", "co_borrower_last_name": "Vega"}
    batch = bring_in(both | {column: cell})
    assert (batch.created, batch.rejected, batch.warnings) == (1, 0, 1)
    assert noted(batch) == [("2", column, f"'{cell}" if cell.startswith("@") else cell, reason, "no")]
    assert set(Borrower.objects.values_list("email_lookup", "phone_lookup")) == {(None, None)}


def test_rejected_rows_stand_before_warnings(bring_in):
    batch = bring_in({"email": "nobody"}, {"note_rate": "0"}, {"phone": "1"}, {"note_rate": "-1"})
    assert [(row[0], row[4]) for row in noted(batch)] == [("3", "yes"), ("5", "yes"), ("2", "no"), ("4", "no")]


def test_a_file_of_bad_rows_only_is_done_and_changes_nothing(bring_in):
    batch = bring_in({"note_rate": "0"}, {"note_rate": "0"}, complete=True)
    assert (batch.state, batch.rows, batch.rejected, batch.unchanged) == (ImportBatch.State.DONE, 2, 2, 0)
    assert not Loan.objects.exists()


def test_a_bad_row_leaves_the_stored_loan_as_it_was(bring_in):
    bring_in({})
    batch = bring_in({"note_rate": "0", "investor": "Fannie Mae"})
    assert (batch.rejected, batch.updated, batch.unchanged) == (1, 0, 0)
    assert (str(Loan.objects.get().note_rate), Loan.objects.get().investor) == ("7.500", "")


def test_nobody_is_hired_for_a_bad_row(bring_in, django_user_model):
    bring_in({"note_rate": "0", "officer_email": "new.person@example.com", "branch": "Boise"})
    assert not django_user_model.objects.exists()
