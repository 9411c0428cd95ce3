"""A file that comes again: what is the same is left alone, what differs is updated, what the file does not say stays."""

from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Branch, User
from accounts.services import people
from loans.models import Borrower, Loan
from loans.services import handing_over
from refidetect.kit import crypto
from tests.loans import files
from tests.loans.files import noted
from tests.loans.services.test_importing import FULL

pytestmark = pytest.mark.django_db

BOOK = [FULL, {"email": "second@example.com", "phone": "303-555-0144", "upb": "410000", "upb_as_of": "2026-03-31"}, {}]


def versions() -> dict[str, object]:
    """The transaction that last wrote each row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'loan ' || id, xmin::text, ctid::text, updated_at FROM loans_loan UNION ALL "
            "SELECT 'borrower ' || id, xmin::text, ctid::text, NULL FROM loans_borrower"
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def counts(batch) -> tuple[int, int, int, int]:
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def test_the_same_file_again_changes_nothing(bring_in):
    assert counts(bring_in(*BOOK)) == (3, 0, 0, 0)
    before = versions()
    assert counts(bring_in(*BOOK)) == (0, 0, 3, 0)
    assert versions() == before


def test_what_is_written_otherwise_but_means_the_same_changes_nothing(bring_in):
    bring_in({"email": "a@example.com", "phone": "3035550144", "property_street": "12 North Oak Street", "branch": "Denver"})
    before = versions()
    same = {"email": "A@Example.com", "phone": "+1 (303) 555-0144", "property_street": "12 N. Oak St.", "branch": "DENVER"}
    again = bring_in(
        same | {"note_rate": "7.50000%", "origination_date": "4/17/2024 12:00:00 AM", "original_amount": "$456,000"}
    )
    assert counts(again) == (0, 0, 1, 0)
    assert versions() == before


@pytest.mark.parametrize("column", [name for name in FULL if name not in {"loan_number", "officer_nmls"}])
def test_one_changed_cell_updates_one_loan_and_nothing_beside_it(bring_in, column):
    other = {
        "amortization": "fixed", "program": "va", "purpose": "purchase", "lien_position": "2", "occupancy": "primary",
        "status": "sold", "property_state": "UT", "mailing_state": "UT", "interest_only": "yes", "va_funding_fee_exempt": "no",
        "tx_a6": "yes", "do_not_call": "no", "sms_consent": "no", "email_opt_out": "yes", "servicing": "released",
        "credit_score": "700", "sms_consent_at": "2024-05-01", "term_months": "180", "email": "new@example.com",
        "co_borrower_email": "new2@example.com", "phone": "303-555-0190", "co_borrower_phone": "303-555-0191",
        "officer_email": "next@example.com",
    }  # fmt: skip
    changed = other.get(column) or ("2025-01-31" if column.endswith(("_date", "_on", "_until", "_as_of")) else "6")
    if column == "origination_date":
        changed = "2024-04-18"
    bring_in(FULL, {}, FULL | {"loan_number": "A-3"})
    before = versions()
    batch = bring_in(FULL | {column: changed}, {}, FULL | {"loan_number": "A-3"})
    assert counts(batch) == (0, 1, 2, 0)
    moved = {row for row, version in versions().items() if before[row] != version}
    loan = Loan.objects.get(loan_number="A-1")
    assert len(moved) == 1
    assert moved <= {f"loan {loan.pk}", *(f"borrower {row.pk}" for row in loan.borrowers.all())}


def test_a_co_borrower_who_joins_counts_as_updated(bring_in):
    bring_in({})
    batch = bring_in({"co_borrower_first_name": "Theo", "co_borrower_last_name": "Vega"})
    assert counts(batch) == (0, 1, 0, 0)
    assert [row.name for row in Loan.objects.get().borrowers.all()] == ["Marisol Vega", "Theo Vega"]


def test_a_co_borrower_whose_cells_are_emptied_stays(bring_in):
    bring_in({"co_borrower_first_name": "Theo", "co_borrower_last_name": "Vega"})
    assert counts(bring_in({"co_borrower_first_name": "", "co_borrower_last_name": ""})) == (0, 0, 1, 0)
    assert Borrower.objects.count() == 2


def test_a_borrowers_new_number_updates_the_loan_once(bring_in):
    both = {"co_borrower_first_name": "Theo", "co_borrower_last_name": "Vega"}
    bring_in(both | {"phone": "303-555-0144", "co_borrower_phone": "303-555-0145"})
    batch = bring_in(both | {"phone": "303-555-0146", "co_borrower_phone": "303-555-0147", "note_rate": "7.25"})
    assert counts(batch) == (0, 1, 0, 0)
    assert [row.phone for row in Loan.objects.get().borrowers.all()] == ["+13035550146", "+13035550147"]


def test_columns_that_a_file_lacks_stay_as_they_are(bring_in):
    bring_in(FULL)
    before = {name: value for name, value in Loan.objects.values().get().items() if name not in {"updated_at", "batch_id"}}
    people_before = list(Borrower.objects.values())
    batch = bring_in({"note_rate": "7.25"})
    assert counts(batch) == (0, 1, 0, 0)
    after = Loan.objects.values().get()
    assert {name for name, value in before.items() if after[name] != value} == {"note_rate"}
    assert list(Borrower.objects.values()) == people_before


def test_an_emptied_cell_empties_the_value(bring_in):
    bring_in({"investor": "Fannie Mae", "credit_score": "742", "email": "a@example.com", "do_not_solicit": "litigation"})
    assert bring_in({"investor": "", "credit_score": "", "email": "", "do_not_solicit": ""}).updated == 1
    loan = Loan.objects.get()
    assert (loan.investor, loan.credit_score, loan.do_not_solicit) == ("", None, "")
    assert (loan.borrowers.get().email, loan.borrowers.get().email_lookup) == ("", None)


def test_a_file_without_an_officer_keeps_the_officer(bring_in, olivia):
    bring_in({"officer_email": olivia.email, "branch": "Denver"})
    assert bring_in({"note_rate": "7.25"}).updated == 1
    assert bring_in({"note_rate": "7.25", "officer_email": "", "branch": ""}).updated == 0
    assert (Loan.objects.get().officer, Loan.objects.get().branch.name) == (olivia, "Denver")


def test_another_officer_in_the_file_takes_the_loan(bring_in, olivia, carl):
    bring_in({"officer_email": olivia.email})
    assert bring_in({"officer_email": carl.email}).updated == 1
    assert (Loan.objects.get().officer, Loan.objects.get().branch.name) == (carl, "Tampa")


@pytest.mark.parametrize("branch", [{}, {"branch": "Denver"}], ids=["no branch", "the old branch"])
def test_an_officer_who_left_is_not_given_loans_back(bring_in, olivia, carl, ada, branch):
    row = {"officer_email": olivia.email} | branch
    bring_in(row)
    handing_over.hand_over(olivia, carl, by=ada, deactivate=True, now=timezone.now())
    before = versions()
    assert counts(bring_in(row)) == (0, 0, 1, 0)
    assert versions() == before
    assert counts(bring_in(row | {"note_rate": "7.25"})) == (0, 1, 0, 0)
    loan = Loan.objects.get()
    assert (loan.officer, loan.branch.name, loan.note_rate) == (carl, "Tampa", Decimal("7.250"))


def test_a_new_loan_of_an_officer_who_left_is_the_branch_managers(bring_in, olivia, ben, ada):
    people.deactivate(olivia, ada, now=timezone.now())
    bring_in({"officer_email": olivia.email})
    loan = Loan.objects.get()
    assert (loan.officer, loan.branch) == (None, olivia.branch)
    assert list(Loan.objects.visible_to(ben)) == [loan]


def test_branches_and_officers_are_made_once(bring_in):
    row = {"officer_email": "new.person@example.com", "branch": "Boise"}
    bring_in(row)
    bring_in(row, row | {"loan_number": "A-2"})
    assert (Branch.objects.count(), User.objects.count()) == (1, 1)


def test_new_keys_still_read_and_still_find_what_is_the_same(bring_in, settings):
    old, new = "1:" + "A" * 43 + "=", "2:" + "B" * 43 + "="
    bring_in(*BOOK)
    settings.FIELD_KEYS = crypto.parse_field_keys(f"{new},{old}")
    before = versions()
    assert counts(bring_in(*BOOK)) == (0, 0, 3, 0)
    assert versions() == before
    assert Borrower.objects.get(loan__loan_number="A-2").email == "second@example.com"
    assert counts(bring_in(FULL, BOOK[1] | {"email": "third@example.com"}, {})) == (0, 1, 2, 0)
    assert Borrower.objects.get(loan__loan_number="A-2").email == "third@example.com"
    assert Borrower.objects.get(loan__loan_number="A-1", position=1).email == "marisol.vega@example.com"


def test_a_complete_file_marks_what_it_lacks_and_unmarks_what_is_back(bring_in):
    bring_in({}, {}, {})
    batch = bring_in({}, {"loan_number": "A-9"}, complete=True)
    assert (counts(batch), batch.not_in_file) == ((1, 0, 1, 0), 2)
    assert missing() == ["A-2", "A-3"]
    batch = bring_in({}, {}, {"loan_number": "A-9"}, complete=True)
    assert (counts(batch), batch.not_in_file) == ((0, 0, 3, 0), 1)
    assert missing() == ["A-3"]


def missing() -> list[str]:
    return list(Loan.objects.filter(not_in_last_file=True).values_list("loan_number", flat=True))


def test_a_file_of_some_marks_nothing_and_finds_what_it_names(bring_in):
    bring_in({}, {}, {})
    assert bring_in({}).not_in_file == 0
    assert missing() == []
    bring_in({}, complete=True)
    bring_in({"loan_number": "A-2"})
    assert missing() == ["A-3"]


def test_a_loan_whose_row_was_rejected_is_in_the_file_all_the_same(bring_in):
    bring_in({}, {})
    batch = bring_in({}, {"note_rate": "0"}, complete=True)
    assert (batch.rejected, batch.not_in_file, missing()) == (1, 0, [])


def test_a_dry_run_counts_the_same_and_changes_nothing(bring_in):
    bring_in({}, {"loan_number": "A-9"})
    before, marked = versions(), missing()
    rows = (
        {"note_rate": "7.25"}, {"email": "nobody"}, {"note_rate": "0"}, {},
        {"officer_email": "new.person@example.com", "branch": "Boise"}, {"officer_email": "Boise"},
    )  # fmt: skip
    dry = bring_in(*rows, complete=True, dry_run=True)
    assert (versions(), missing()) == (before, marked)
    assert (Branch.objects.count(), User.objects.count()) == (0, 0)
    assert dry.message == "A dry run: nothing was changed."
    notes = noted(dry)
    wet = bring_in(*rows, complete=True)
    assert (*counts(dry), dry.rows, dry.warnings, dry.not_in_file) == (4, 1, 0, 1, 6, 2, 1)
    assert (*counts(wet), wet.rows, wet.warnings, wet.not_in_file) == (4, 1, 0, 1, 6, 2, 1)
    assert notes == noted(wet)
    assert files.importing.errors_folder().stat().st_mode & 0o777 == 0o700
