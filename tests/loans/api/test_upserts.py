"""Loans that another system posts: bounded by its branch, a bad row named by its place, the good ones landed."""

import json
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Branch, User
from accounts.services import keys
from loans.domain.portfolio_file import COLUMNS
from loans.models import ImportBatch, Loan
from tests.loans.rows import make_loan

pytestmark = pytest.mark.django_db
LOANS = "/api/v1/loans/"
DOCS = Path(__file__).parents[3] / "docs/integrate/api.md"
LOANS_IN_THE_DOCS = DOCS.read_text(encoding="utf-8").partition("\n## Loans\n")[2].partition("\n## ")[0]


def row(number: str, **columns) -> dict:
    return {
        "loan_number": number, "borrower_first_name": "Ana", "borrower_last_name": "Ames", "note_rate": "7.125",
        "origination_date": "2024-04-17", "term_months": 360, "original_amount": "420000.00", **columns,
    }  # fmt: skip


@pytest.fixture
def post(ada, denver):
    texts = {}

    def send(body, branch=denver):
        if branch not in texts:
            texts[branch] = keys.create("LOS", branch_id=branch and branch.pk, expires_at=None, by=ada)[1]
        client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Api-Key {texts[branch]}"})
        return client.post(LOANS, json.dumps(body), content_type="application/json")

    return send


def noted(answer) -> list[tuple]:
    return [(note["index"], note["field"], note["rejected"]) for note in answer.json()["notes"]]


def counted(answer) -> list[int]:
    return [answer.json()[name] for name in ("rows", "created", "updated", "unchanged", "rejected")]


def test_loans_are_created_updated_and_left_alone(post, denver, ada):
    first = post([row("A-1", email="ana@example.com"), row("A-2")])
    assert (first.status_code, counted(first)) == (200, [2, 2, 0, 0, 0])
    again = post([row("A-1", note_rate="6.5"), row("A-2")])
    assert counted(again) == [2, 0, 1, 1, 0]
    loan = Loan.objects.get(loan_number="A-1")
    assert (str(loan.note_rate), loan.branch, loan.borrowers.get().email) == ("6.500", denver, "ana@example.com")
    assert ImportBatch.objects.filter(pk__in=first.json()["batches"], by__role="service").count() == 2


def test_a_column_that_is_not_named_stays_and_one_that_is_empty_is_cleared(post):
    post([row("A-1", investor="Hill Bank", phone="303-555-0142"), row("A-2", investor="Hill Bank")])
    post([row("A-1"), row("A-2", investor=None)])
    assert [loan.investor for loan in Loan.objects.order_by("loan_number")] == ["Hill Bank", ""]
    assert Loan.objects.get(loan_number="A-1").borrowers.get().phone == "+13035550142"


def test_a_bad_row_is_named_by_its_place_and_the_others_land(post):
    answer = post([
        row("A-1"),
        row("A-2", note_rate="7.12345"),
        {"loan_number": "A-3"},
        row("A-4", origination_date="2999-01-01"),
        row("A-1", note_rate="5"),
        row("A-6", original_amount=None),
        row("A-7", upb="300000", email="no address", investor="Hill Bank"),
        row("A-8", maturity_date="1999-01-01"),
        row("A-9", property_state="Colorado"),
    ])  # fmt: skip
    assert answer.status_code == 200
    assert counted(answer) == [9, 2, 0, 0, 7]
    rejected = {(index, field) for index, field, is_rejected in noted(answer) if is_rejected}
    assert {
        (1, "note_rate"), (2, "note_rate"), (3, "origination_date"), (4, "loan_number"), (5, "original_amount"),
        (8, "property_state"),
    } <= rejected  # fmt: skip
    assert {index for index, _ in rejected} == {1, 2, 3, 4, 5, 7, 8}
    assert (6, "email", False) in noted(answer)
    assert sorted(Loan.objects.values_list("loan_number", flat=True)) == ["A-1", "A-7"]
    assert str(Loan.objects.get(loan_number="A-1").note_rate) == "7.125"


@pytest.mark.parametrize("odd", [1, "x", None, [], True])
def test_what_is_no_loan_is_named_by_its_place_and_the_others_land(post, odd):
    answer = post([row("A-1"), odd, row("A-2")])
    assert (answer.status_code, counted(answer)) == (200, [3, 2, 0, 0, 1])
    assert answer.json()["notes"] == [
        {"index": 1, "field": "", "reason": "is not a loan: send an object with its columns", "rejected": True}
    ]
    assert sorted(Loan.objects.values_list("loan_number", flat=True)) == ["A-1", "A-2"]


def test_a_post_of_which_nothing_is_a_loan_changes_nothing(post):
    assert counted(post([1])) == [1, 0, 0, 0, 1]
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("left_out", [column.name for column in COLUMNS if column.required])
def test_the_required_columns_are_asked_each_time_and_the_docs_name_them(post, left_out):
    post([row("A-1")])
    without = {name: value for name, value in row("A-1", note_rate="5").items() if name != left_out}
    answer = post([without])
    assert (counted(answer), noted(answer)) == ([1, 0, 0, 0, 1], [(0, left_out, True)])
    assert str(Loan.objects.get().note_rate) == "7.125"
    assert f"`{left_out}`" in LOANS_IN_THE_DOCS


@pytest.mark.parametrize("number", ["T-1", " T-1", "T-1\n", "T-1\u2003"])
def test_a_branch_reaches_no_loan_of_another(post, carl, number):
    theirs = make_loan("T-1", officer=carl, branch=carl.branch)
    answer = post([row(number, note_rate="1.5"), row("A-1")])
    assert (counted(answer), noted(answer)) == ([2, 1, 0, 0, 1], [(0, "loan_number", True)])
    before = (theirs.note_rate, theirs.branch_id, theirs.officer_id)
    theirs.refresh_from_db()
    assert (theirs.note_rate, theirs.branch_id, theirs.officer_id) == before


def test_a_branch_reaches_no_loan_that_is_of_no_branch(post):
    make_loan("N-1")
    assert counted(post([row("N-1")])) == [1, 0, 0, 0, 1]
    assert Loan.objects.get().branch is None


def test_a_branch_gives_no_loan_away(post, denver, tampa, carl, ada):
    answer = post([
        row("A-1", branch="Tampa"),
        row("A-2", officer_email="  CARL.REYES@example.com "),
        row("A-3", officer_email=ada.email),
        row("A-4", branch="New office"),
        row("A-5", branch="denver", officer_email="new.hand@example.com"),
    ])  # fmt: skip
    assert noted(answer) == [
        (0, "branch", True), (1, "officer_email", True), (2, "officer_email", True), (3, "branch", True),
    ]  # fmt: skip
    assert [(loan.loan_number, loan.branch, loan.officer.branch) for loan in Loan.objects.all()] == [("A-5", denver, denver)]
    assert set(Branch.objects.all()) == {denver, tampa}
    assert not User.objects.get(email="new.hand@example.com").has_usable_password()


def test_the_lenders_key_names_any_branch(post, tampa, carl):
    theirs = make_loan("T-1", officer=carl, branch=tampa)
    assert counted(post([row("T-1", note_rate="6"), row("A-1", branch="Tampa")], branch=None)) == [2, 1, 1, 0, 0]
    theirs.refresh_from_db()
    assert (str(theirs.note_rate), theirs.branch, Loan.objects.get(loan_number="A-1").branch) == ("6.000", tampa, tampa)


def test_a_manager_is_bounded_as_a_key_is(as_user, ben, carl):
    make_loan("T-1", officer=carl, branch=carl.branch)
    answer = as_user(ben).post(LOANS, json.dumps([row("T-1"), row("A-1")]), content_type="application/json")
    assert counted(answer) == [2, 1, 0, 0, 1]


@pytest.mark.parametrize("who", ["olivia", "pia", "cora"])
def test_who_imports_no_file_posts_no_loans(as_user, request, who):
    answer = as_user(request.getfixturevalue(who)).post(LOANS, json.dumps([row("A-1")]), content_type="application/json")
    assert answer.status_code == 403
    assert not Loan.objects.exists()


@pytest.mark.parametrize("body", [{}, [], "loan", None, 1, [{}] * 1001, [1] * 1001])
def test_what_is_no_list_of_up_to_a_thousand_loans_is_refused(post, body):
    answer = post(body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("name", ["a\u0000b", "\ud800", "a\nb", "\\N", '"', "=1+1", "b\r\nloan,number"])
def test_odd_names_break_nothing(post, name):
    answer = post([row("A-1", borrower_last_name=name), row("A-2")])
    assert answer.status_code == 200
    assert Loan.objects.filter(loan_number="A-2").exists()
    kept = Loan.objects.filter(loan_number="A-1").first()
    assert kept is None or kept.borrowers.get().last_name == " ".join(name.splitlines())
