"""What lands of a portfolio file: every column, the defaults, the headings and words of other systems."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from accounts.models import Access, Branch, Lender, User
from loans.domain.portfolio_file import COLUMNS, UnreadableFile
from loans.models import Borrower, Loan
from tests.loans import files
from tests.loans.files import ROW, noted

pytestmark = pytest.mark.django_db

FULL = ROW | {
    "email": " Marisol.Vega@Example.com", "phone": "(303) 555-0142", "co_borrower_first_name": "Theo",
    "co_borrower_last_name": "Vega", "co_borrower_email": "theo@example.com", "co_borrower_phone": "303.555.0143",
    "first_payment_date": "2024-06-01", "maturity_date": "5/1/2054", "upb": "$448,912.37", "upb_as_of": "4/1/2026 0:00",
    "current_rate": "7.25%", "current_payment": "3188.42", "interest_only": "N", "program": "FHA", "amortization": "ARM",
    "purpose": "Cash-Out Refinance", "lien_position": "First Lien", "occupancy": "Second Home",
    "property_street": "12 North Oak Street", "property_city": "Denver", "property_state": "co", "property_zip": "80205",
    "county_fips": "08031", "property_value": "570,000", "ltv": "80.000", "credit_score": "742",
    "mortgage_insurance_monthly": "0", "annual_mip": "0.55", "fha_case_date": "2024-03-20", "va_funding_fee_exempt": "yes",
    "tx_a6": "no", "mailing_street": "PO Box 7", "mailing_city": "Boulder", "mailing_state": "CO", "mailing_zip": "80304-1111",
    "language": "es", "officer_email": "Owen.Castillo@example.com", "officer_nmls": "9900418", "branch": "Denver",
    "investor": "Fannie Mae", "servicing": "Servicing retained", "last_refinanced_on": "2021-02-28",
    "early_payoff_until": "2024-10-14", "prepayment_penalty_until": "2027-04-17", "status": "Active",
    "do_not_solicit": "litigation", "do_not_call": "Y", "sms_consent": "true", "sms_consent_at": "4/17/2024 2:30:00 PM",
    "email_opt_out": "0",
}  # fmt: skip


@pytest.fixture
def lender(db) -> Lender:
    return Lender.objects.create(pk=1, time_zone="America/Denver")


def test_a_file_with_every_column_lands_with_every_value(bring_in, lender):
    assert set(FULL) == {column.name for column in COLUMNS}
    batch = bring_in(FULL)
    assert (batch.created, batch.rejected, batch.warnings, batch.errors_file) == (1, 0, 0, "")
    loan = Loan.objects.get()
    landed = {field.name: getattr(loan, field.name) for field in Loan._meta.fields if not field.is_relation}
    for name in ("id", "created_at", "updated_at", "property_street_lookup"):
        landed.pop(name)
    assert landed == {
        "loan_number": "A-1", "status": "active", "note_rate": Decimal("7.500"), "origination_date": date(2024, 4, 17),
        "first_payment_date": date(2024, 6, 1), "maturity_date": date(2054, 5, 1), "term_months": 360,
        "original_amount": Decimal("456000.00"), "upb": Decimal("448912.37"), "upb_as_of": date(2026, 4, 1),
        "current_rate": Decimal("7.250"), "current_payment": Decimal("3188.42"), "interest_only": False, "program": "fha",
        "amortization": "arm", "purpose": "cash_out_refinance", "lien_position": 1, "occupancy": "second_home",
        "investor": "Fannie Mae", "servicing": "retained", "property_street": "12 North Oak Street", "property_city": "Denver",
        "property_state": "CO", "property_zip": "80205", "county_fips": "08031", "property_value": Decimal("570000.00"),
        "ltv": Decimal("80.000"), "credit_score": 742, "mortgage_insurance_monthly": Decimal("0.00"),
        "annual_mip": Decimal("0.550"), "fha_case_date": date(2024, 3, 20), "va_funding_fee_exempt": True, "tx_a6": False,
        "last_refinanced_on": date(2021, 2, 28), "early_payoff_until": date(2024, 10, 14),
        "prepayment_penalty_until": date(2027, 4, 17), "do_not_solicit": "litigation", "not_in_last_file": False,
    }  # fmt: skip
    assert (loan.batch, loan.branch.name, loan.officer.email) == (batch, "Denver", "owen.castillo@example.com")
    first, second = (
        {name: getattr(row, name) for name in vars(row) if "lookup" not in name} for row in loan.borrowers.order_by("position")
    )
    for row in (first, second):
        row.pop("_state"), row.pop("id"), row.pop("loan_id")
    assert first == {
        "position": 1, "first_name": "Marisol", "last_name": "Vega", "email": "marisol.vega@example.com",
        "phone": "+13035550142", "mailing_street": "PO Box 7", "mailing_city": "Boulder", "mailing_state": "CO",
        "mailing_zip": "80304-1111",
        "language": "es", "do_not_call": True, "sms_consent": True, "email_opt_out": False,
        "sms_consent_at": datetime(2024, 4, 17, 20, 30, tzinfo=UTC),
    }  # fmt: skip
    assert second == {
        "position": 2, "first_name": "Theo", "last_name": "Vega", "email": "theo@example.com", "phone": "+13035550143",
        "mailing_street": "", "mailing_city": "", "mailing_state": "", "mailing_zip": "", "language": "", "do_not_call": None,
        "sms_consent": None, "sms_consent_at": None, "email_opt_out": None,
    }  # fmt: skip


def test_the_required_columns_suffice_and_the_rest_is_default(bring_in):
    assert bring_in({}).created == 1
    loan = Loan.objects.get()
    assert (loan.program, loan.amortization, loan.lien_position, loan.status) == ("conventional", "fixed", 1, "active")
    assert (loan.purpose, loan.occupancy, loan.servicing, loan.do_not_solicit) == ("", "", "", "")
    assert (loan.officer, loan.branch, loan.upb, loan.maturity_date, loan.tx_a6) == (None, None, None, None, None)
    assert loan.borrowers.get().name == "Marisol Vega"


def test_empty_cells_are_as_good_as_no_columns(bring_in):
    everything = dict.fromkeys((column.name for column in COLUMNS), "")
    batch = bring_in(everything | ROW)
    assert (batch.created, batch.rejected, batch.warnings) == (1, 0, 0)
    loan = Loan.objects.get()
    assert (loan.program, loan.lien_position, loan.first_payment_date) == ("conventional", 1, date(2024, 6, 1))
    assert Borrower.objects.count() == 1


@pytest.mark.parametrize(
    ("closed", "first"),
    [("2024-04-17", "2024-06-01"), ("2023-12-31", "2024-02-01"), ("2023-11-01", "2024-01-01"), ("2024-02-29", "2024-04-01")],
)
def test_the_first_payment_is_due_on_the_first_of_the_second_month_after_closing(bring_in, closed, first):
    bring_in({"origination_date": closed, "first_payment_date": ""})
    assert Loan.objects.get().first_payment_date == date.fromisoformat(first)


@time_machine.travel("2026-04-24 15:00Z", tick=False)
def test_a_balance_without_a_date_is_of_the_day_of_the_import_and_said_so(bring_in):
    batch = bring_in({"upb": "440000", "upb_as_of": ""}, {"upb": "430000", "upb_as_of": "2026-03-31"})
    assert list(Loan.objects.values_list("upb_as_of", flat=True)) == [date(2026, 4, 24), date(2026, 3, 31)]
    assert (batch.created, batch.rejected, batch.warnings) == (2, 0, 1)
    assert noted(batch) == [("2", "upb_as_of", "", "no date: the balance is taken as of 2026-04-24", "no")]


@time_machine.travel("2026-04-24 15:00Z", tick=False)
def test_a_file_without_dates_of_balances_is_warned_of_once(bring_in):
    batch = bring_in({"upb": "440000"}, {"upb": "430000"})
    assert set(Loan.objects.values_list("upb_as_of", flat=True)) == {date(2026, 4, 24)}
    assert batch.warnings == 1
    assert noted(batch)[0][:2] == ("1", "upb_as_of")


@pytest.mark.parametrize("dated", [{}, {"upb_as_of": ""}], ids=["no column", "empty cell"])
def test_an_undated_balance_that_is_the_same_keeps_its_day(bring_in, dated):
    with time_machine.travel("2026-04-24 15:00Z", tick=False):
        bring_in({"upb": "440000"} | dated)
    with time_machine.travel("2026-05-20 15:00Z", tick=False):
        assert (bring_in({"upb": "440000"} | dated).updated, Loan.objects.get().upb_as_of) == (0, date(2026, 4, 24))
        assert (bring_in({"upb": "439000"} | dated).updated, Loan.objects.get().upb_as_of) == (1, date(2026, 5, 20))


def test_a_balance_alone_is_enough(bring_in):
    row = {name: value for name, value in ROW.items() if name != "original_amount"} | {"upb": "440000"}
    text = ",".join(row) + "\n" + ",".join(row.values()) + "\n"
    assert bring_in(text=text).created == 1
    assert Loan.objects.get().original_amount is None


ENCOMPASS = (
    "Fields.364,FIELDS.4000, Fields.4002 ,Loan.LoanRate,Fields.748,fields.4,Fields.2,Fields.1172,Fields.420,Fields.VEND.X263"
)
BYTE = "Loan Number,First Name,LAST NAME,Interest Rate,Closing Date,Term,Loan Amount,Mortgage Type,Lien Position,Investor Name"
POINT = "File_Number;Borr First Name;Borr-Last-Name;RATE;Note Date;Loan  Term;Base Loan Amount;LOAN TYPE;lien;investor"


@pytest.mark.parametrize("headings", [ENCOMPASS, BYTE, POINT], ids=["encompass", "byte", "point"])
def test_exports_of_the_common_systems_need_no_mapping(bring_in, headings):
    values = "A-1,Marisol,Vega,7.50000,4/17/2024 12:00:00 AM,360,456000.0000,FarmersHomeAdministration,FirstLien,Ginnie Mae"
    batch = bring_in(text=f"{headings}\n{values.replace(',', ';') if ';' in headings else values}\n")
    assert (batch.created, batch.rejected, batch.message) == (1, 0, "")
    loan = Loan.objects.get()
    assert (loan.loan_number, loan.note_rate, loan.program, loan.investor) == ("A-1", Decimal("7.500"), "usda", "Ginnie Mae")
    assert (loan.origination_date, loan.lien_position, loan.original_amount) == (date(2024, 4, 17), 1, Decimal("456000.00"))


@pytest.mark.parametrize(
    ("column", "word", "ours"),
    [
        ("program", "Conv.", "conventional"), ("program", "USDA/Rural Housing", "usda"), ("program", "va", "va"),
        ("amortization", "Adjustable Rate", "arm"), ("amortization", "Fixed-Rate", "fixed"),
        ("purpose", "NoCash-Out Refinance", "refinance"), ("purpose", "Rate/Term", "refinance"),
        ("purpose", "Limited Cash-Out Refinance", "refinance"), ("purpose", "CASH-OUT REFI", "cash_out_refinance"),
        ("lien_position", "2nd", 2), ("occupancy", "PrimaryResidence", "primary"), ("occupancy", "Investor", "investment"),
        ("occupancy", "owner occupied", "primary"), ("servicing", "Released", "released"),
        ("status", "Paid in Full", "paid_off"), ("status", "in application", "in_application"),
        ("interest_only", "X", True), ("va_funding_fee_exempt", "False", False),
    ],
)  # fmt: skip
def test_words_of_other_systems_are_known(bring_in, column, word, ours):
    assert bring_in({column: word}).rejected == 0
    assert getattr(Loan.objects.get(), column) == ours


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("original_amount", "$ 1,234,567.891", Decimal("1234567.89")), ("original_amount", "456000", Decimal("456000.00")),
        ("note_rate", "6.12500 %", Decimal("6.125")), ("note_rate", ".5", Decimal("0.500")), ("term_months", "360.0", 360),
        ("note_rate", "24.999", Decimal("24.999")), ("term_months", "480", 480), ("term_months", "1", 1),
        ("credit_score", "0", None), ("ltv", "0.00", None), ("property_value", "$0.00", None), ("current_rate", "0", None),
        ("origination_date", "4/7/2024", date(2024, 4, 7)), ("origination_date", "04/07/2024 3:04:05 PM", date(2024, 4, 7)),
        ("origination_date", "2024-04-07T15:04:05Z", date(2024, 4, 7)), ("maturity_date", "2/29/2052", date(2052, 2, 29)),
    ],
)  # fmt: skip
def test_numbers_and_dates_are_read_as_people_write_them(bring_in, column, cell, value):
    assert bring_in({column: cell}).rejected == 0
    assert getattr(Loan.objects.get(), column) == value


def test_a_month_stands_before_the_day_whatever_the_server_says(bring_in):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL datestyle = 'ISO, DMY'")
    bring_in({"origination_date": "3/4/2024"})
    assert Loan.objects.get().origination_date == date(2024, 3, 4)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-04-17 14:30", (20, 30)), ("4/17/2024 2:30 PM", (20, 30)), ("2024-04-17T14:30:00Z", (14, 30)),
        ("2024-04-17 14:30:00-04", (18, 30)), ("2024-04-17", (6, 0)),
    ],
)  # fmt: skip
def test_a_consent_without_a_zone_was_given_on_the_lenders_clock(bring_in, lender, written, utc):
    assert bring_in({"sms_consent_at": written}).rejected == 0
    assert Borrower.objects.get().sms_consent_at == datetime(2024, 4, 17, *utc, tzinfo=UTC)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_will_do(bring_in, delimiter):
    assert bring_in(text=f"{delimiter.join(ROW)}\n{delimiter.join(ROW.values())}\n").created == 1


ODD = {
    "a byte-order mark, CRLF and nameless columns": lambda head, row: f"\ufeff{head},,,\r\n{row},,,\r\n",
    "nameless columns in the headings only": lambda head, row: f"{head},,\n{row}\n",
    "cells without a heading, empty": lambda head, row: f"{head}\n{row},,\n",
    "blank lines": lambda head, row: "\n" * 10 + f"{head}\n" + "\n" * 10 + f"{row}\n" + ",,,,,,\n" + " , , ,,,,\n" * 10,
    "no line end": lambda head, row: f"{head}\n{row}",
    "quotes around everything": lambda head, row: f'"{head.replace(",", '","')}"\n"{row.replace(",", '","')}"\n',
}


@pytest.mark.parametrize("shape", ODD.values(), ids=ODD)
def test_an_oddly_shaped_file_lands(bring_in, shape):
    batch = bring_in(text=shape(",".join(ROW), ",".join(ROW.values())))
    assert (batch.rows, batch.created, batch.rejected) == (1, 1, 0)


@pytest.mark.parametrize(
    "name", ['O"Brien', "\\N", "\\.", "Vega\n\\.\nRuiz", "Núñez", "王", "Robert'); DROP TABLE loans_loan;--", "NULL"]
)
def test_a_name_lands_as_it_is_written(bring_in, name):
    batch = bring_in({"borrower_last_name": name}, {})
    assert (batch.created, batch.rejected) == (2, 0)
    assert Borrower.objects.order_by("loan__loan_number").first().last_name == name


def test_a_stray_quotation_mark_inside_a_cell_is_a_character(bring_in):
    row = ",".join((ROW | {"borrower_last_name": 'O"Brien'}).values())
    assert bring_in(text=f"{','.join(ROW)}\n{row}\n").created == 1
    assert Borrower.objects.get().last_name == 'O"Brien'


def test_unknown_columns_are_left_out_and_named(bring_in):
    batch = bring_in({"shoe_size": "9", "Favorite Color": "teal"})
    assert batch.created == 1
    assert batch.message == "Columns not known and left out: shoe_size, Favorite Color."


def test_a_loan_that_is_gone_may_owe_nothing(bring_in):
    batch = bring_in({"upb": "0.00", "status": "Paid off"}, {"upb": "0.00", "status": "active"})
    assert (batch.created, batch.rejected) == (1, 1)
    assert (Loan.objects.get().status, Loan.objects.get().upb) == ("paid_off", None)


def test_branches_and_officers_that_nobody_knows_are_created_without_access(bring_in, lender, olivia):
    bring_in(
        {"officer_email": "Olivia.Hart@Example.com", "branch": "Tampa"},
        {"officer_email": "new.person@example.com", "officer_nmls": "9900999", "branch": "Boise"},
        {"officer_email": "new.person@example.com", "officer_nmls": "9900999", "branch": "BOISE "},
        {"branch": "Boise"},
    )
    assert set(Branch.objects.values_list("name", "time_zone")) >= {("Boise", "America/Denver"), ("Tampa", "America/Denver")}
    assert Branch.objects.count() == 3
    fresh = User.objects.get(email="new.person@example.com")
    assert (fresh.access, fresh.role, fresh.branch.name, fresh.nmls_id) == (Access.NOT_INVITED, "officer", "Boise", "9900999")
    assert not fresh.has_usable_password()
    by_number = {loan.loan_number: (loan.officer, loan.branch.name) for loan in Loan.objects.all()}
    assert by_number == {"A-1": (olivia, "Tampa"), "A-2": (fresh, "Boise"), "A-3": (fresh, "Boise"), "A-4": (None, "Boise")}


def test_an_officer_without_a_branch_works_in_the_main_office(bring_in):
    bring_in({"officer_email": "new.person@example.com"})
    assert (User.objects.get().branch.name, Loan.objects.get().branch.name) == ("Main office", "Main office")


def test_an_officers_address_that_is_none_is_a_warning(bring_in):
    batch = bring_in({"officer_email": "Olivia Hart", "branch": "Denver"})
    assert noted(batch) == [
        ("2", "officer_email", "Olivia Hart", "is no e-mail address; the loan has no officer", "no"),
    ]
    assert (Loan.objects.get().officer, Loan.objects.get().branch.name, User.objects.count()) == (None, "Denver", 0)


def test_names_beyond_a_to_z_are_compared_without_case_too(bring_in):
    assert bring_in({"branch": "ÉCOLE"}, {"branch": "école"}, {"branch": "İzmir"}, {"branch": "Straße"}).created == 4
    assert bring_in({"branch": "école"}, {"branch": "École"}, {"branch": "İzmir"}, {"branch": "Straße"}).updated == 0
    assert Branch.objects.count() == 3
    assert not Loan.objects.filter(branch=None).exists()


def test_addresses_numbers_and_streets_are_never_stored_in_clear(bring_in, rows_as_bytes):
    private = {
        "email": "hidden.person@example.com", "phone": "303-555-0187", "co_borrower_first_name": "Theo",
        "co_borrower_email": "other.person@example.com", "co_borrower_last_name": "Vega", "co_borrower_phone": "3035550188",
        "property_street": "9876 Hidden Lane", "mailing_street": "PO Box 9876",
    }  # fmt: skip
    batch = bring_in(private, {"email": "no address of hidden.person", "phone": "12"})
    assert (batch.created, batch.warnings) == (2, 2)
    stored = rows_as_bytes("loans_loan", "loans_borrower", "loans_importbatch").lower()
    for part in (b"hidden", b"other.person", b"5550187", b"5550188", b"9876"):
        assert part not in stored
        assert part.hex().encode() not in stored
    assert b"marisol" in stored


def test_look_ups_match_however_it_is_written(bring_in):
    bring_in({"email": "Marisol@EXAMPLE.com ", "phone": "1-303-555-0142", "property_street": "12 N. Oak St."})
    keys, borrower = settings.FIELD_KEYS, Borrower.objects.get()
    assert bytes(borrower.email_lookup) == keys.lookup("marisol@example.com")
    assert bytes(borrower.phone_lookup) == keys.lookup("+13035550142")
    assert Loan.objects.get().property_street == "12 N. Oak St."
    assert bytes(Loan.objects.get().property_street_lookup) == keys.lookup("12 n oak st")


def test_progress_is_told_between_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("loans.services.importing.CHUNK", 2)
    path, told = files.write(tmp_path / "portfolio.csv", {}, {}, {}), []
    batch = files.importing.open_batch(path.name)
    files.importing.import_file(
        path, batch=batch, report=lambda row: told.append((row.rows, row.bytes_read <= row.bytes_total))
    )
    assert told == [(2, True), (3, True)]
    assert (batch.rows, batch.created, batch.bytes_read) == (3, 3, path.stat().st_size)


def test_a_file_is_judged_by_its_beginning_before_it_waits(tmp_path):
    path = files.write(tmp_path / "portfolio.csv")
    files.importing.check(path, name="ours.csv")
    path.write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableFile, match=r"^The file has no column loan_number"):
        files.importing.check(path, name="ours.csv")


def test_a_row_reader_takes_what_it_is_given():
    reader = files.importing.RowReader({"loan_number": 0, "email": 2}, 3)
    rows, notes = reader.read(((2, ["A-1", "x", ""]), (3, ["A-2", "x"]), (4, ["A-3", "x", "nobody", ""])))
    assert rows == [(2, "A-1", "\\x", "\\N"), (4, "A-3", "\\x", "\\N")]
    assert [note[0] for note in notes] == [3, 4]
