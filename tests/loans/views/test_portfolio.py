import csv
import io
import itertools
from datetime import date
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from loans.models import InvestorWindow, Opportunity, Policy
from loans.services import matching
from tests.loans.rows import AS_OF, make_loan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, EXPORT = "/portfolio/", "/portfolio.csv"


def shown(client, **asked) -> list[str]:
    """The loan numbers on the page, from the top."""
    return [loan.loan_number for loan, _ in client.get(PAGE, asked).context["rows"]]


def exported(client, **asked) -> list[dict[str, str]]:
    answer = client.get(EXPORT, asked)
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture
def book(olivia, oscar, carl):
    """Four of Olivia, one of Oscar, one of Denver's manager, one of Carl in Tampa."""
    denver, tampa = olivia.branch, carl.branch
    make_loan("HP-1001", officer=olivia, branch=denver, name=("Ana", "Ames"), email="ana@example.com", phone="+13035550101")
    make_loan("HP-1002", officer=olivia, branch=denver, name=("Bo", "Delgado"), note_rate=Decimal("6.125"), program="va")
    make_loan("HP-1003", officer=olivia, branch=denver, name=("Cy", "Cole"), origination_date=date(2021, 3, 1))
    make_loan("HP-1004", officer=olivia, branch=denver, name=("Di", "Dunn"), status="paid_off", not_in_last_file=True)
    make_loan("HP-2001", officer=oscar, branch=denver, name=("Ed", "Ames"), interest_only=True)
    make_loan("HP-2002", officer=None, branch=denver, name=("Flo", "Ford"))
    make_loan("TP-3001", officer=carl, branch=tampa, name=("Ana", "Delgado"))


# Who sees what


@pytest.mark.parametrize(
    ("who", "count"), [("olivia", 4), ("oscar", 1), ("ben", 6), ("pia", 6), ("carl", 1), ("mona", 1), ("cora", 7), ("ada", 7)]
)
def test_everybody_sees_their_own_rows(as_user, request, book, who, count):
    client = as_user(request.getfixturevalue(who))
    assert len(shown(client)) == count
    assert len(exported(client)) == count


def test_somebody_signed_out_is_asked_to_sign_in(client, book):
    for path in (PAGE, EXPORT):
        assert client.get(path).status_code == 302


def test_nothing_is_changed_by_a_post(as_user, ada, book):
    assert as_user(ada).post(PAGE).status_code == 405


def test_filters_do_not_open_other_rows(as_user, olivia, carl, book):
    assert "TP-3001" not in shown(as_user(olivia), officer=carl.pk)
    assert shown(as_user(olivia), q="TP-3001") == []
    assert exported(as_user(olivia), q="TP-3001") == []


# Searching


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("HP-10", ["HP-1001", "HP-1002", "HP-1003", "HP-1004"]),
        ("hp-1001", ["HP-1001"]),
        ("001", ["HP-1001", "HP-2001", "TP-3001"]),
        ("ames", ["HP-1001", "HP-2001"]),
        ("DEL", ["HP-1002", "TP-3001"]),
        ("delgado an", ["TP-3001"]),
        ("ana", ["HP-1001", "TP-3001"]),
        ("gado", []),
        ("a", []),
        ("100%", []),
        ("_na", []),
        ("  ", ["HP-1001", "HP-1002", "HP-1003", "HP-1004", "HP-2001", "HP-2002", "TP-3001"]),
    ],
)
def test_search_by_name_or_number(as_user, ada, book, q, found):
    assert shown(as_user(ada), q=q) == found


def test_a_second_borrower_is_found(as_user, ada, book):
    loan = make_loan("HP-9", name=("Gus", "Gray"))
    loan.borrowers.create(position=2, first_name="Hana", last_name="Ōtani")
    assert shown(as_user(ada), q="ōta") == ["HP-9"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"rate_from": "6", "rate_to": "6.125"}, ["HP-1002"]),
        ({"rate_to": "6.124"}, []),
        ({"originated_from": "2021-03-01", "originated_to": "2021-03-01"}, ["HP-1003"]),
        ({"originated_to": "2021-02-28"}, []),
        ({"program": "va"}, ["HP-1002"]),
        ({"status": "paid_off"}, ["HP-1004"]),
        ({"view": "missing"}, ["HP-1004"]),
        ({"view": "attention"}, ["HP-2001"]),
        ({"officer": "none"}, ["HP-2002"]),
        ({"q": "ames", "rate_from": "7"}, ["HP-1001", "HP-2001"]),
    ],
)
def test_filters(as_user, ada, book, asked, found):
    assert shown(as_user(ada), **asked) == found
    assert [row["loan_number"] for row in exported(as_user(ada), **asked)] == found


def test_a_branch_and_an_officer_can_be_chosen_by_those_who_see_several(as_user, ada, ben, carl, oscar, book):
    assert shown(as_user(ada), branch=carl.branch_id) == ["TP-3001"]
    assert shown(as_user(ben), officer=oscar.pk) == ["HP-2001"]
    assertNotContains(as_user(ben).get(PAGE), 'name="branch"')
    assertNotContains(as_user(oscar).get(PAGE), 'name="officer"')


@pytest.mark.parametrize("asked", [{"rate_from": "abc"}, {"originated_from": "yesterday"}, {"program": "'"}, {"branch": "x"}])
def test_a_word_that_nobody_knows_is_no_filter(as_user, ada, book, asked):
    assert len(shown(as_user(ada), **asked)) == 7


def test_the_page_says_why_a_loan_needs_a_person(as_user, ada, book):
    assertContains(as_user(ada).get(PAGE), "Interest only")
    assertContains(as_user(ada).get(PAGE, {"view": "missing"}), '<span class="chip chip-warn">Not in the last file')


def test_each_reason_is_a_filter_with_its_count(as_user, ada, ben, book):
    make_loan("HP-3001", branch=ben.branch, name=("Gil", "Gray"), tx_a6=True, property_state="TX")
    make_loan("HP-3002", branch=ben.branch, name=("Hal", "Hunt"), program="va")
    client = as_user(ada)
    page = client.get(PAGE, {"view": "attention"})
    assertContains(page, "Texas 50(a)(6) (1)")
    assertContains(page, "Interest only (1)")
    assertContains(page, "Young note (0)")
    assert shown(client, view="attention") == ["HP-2001", "HP-3001"]
    assert shown(client, view="attention", reason="texas_50a6") == ["HP-3001"]
    assert [row["loan_number"] for row in exported(client, view="attention", reason="texas_50a6")] == ["HP-3001"]
    assertContains(client.get(PAGE, {"reason": "texas_50a6"}), "Nothing is sent about these loans before somebody has looked")
    assert "HP-3002" in shown(client, view="attention", reason="va_exemption")
    assertContains(client.get(PAGE, {"reason": "va_exemption"}), "Messages go out all the same")
    assertNotContains(client.get(PAGE), 'name="reason"')


# Order and pages


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("client", "HP-1001"),
        ("-client", "HP-2002"),
        ("rate", "HP-1002"),
        ("originated", "HP-1003"),
        ("-loan_number", "TP-3001"),
        ("x", "HP-1001"),
    ],
)
def test_sorting(as_user, ada, book, sort, first):
    assert shown(as_user(ada), sort=sort)[0] == first


def test_a_long_list_has_pages_and_none_is_lost(as_user, ada):
    for number in range(120):
        make_loan(f"P-{number:03}")
    client = as_user(ada)
    pages = [shown(client, page=page, sort="rate") for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert sorted(itertools.chain(*pages)) == [f"P-{number:03}" for number in range(120)]
    assertContains(client.get(PAGE, {"page": 2}), "51 to 100 of 120")


@pytest.mark.parametrize("who", ["olivia", "ben", "ada"])
def test_a_page_costs_the_same_however_many_loans(as_user, request, book, who, django_assert_max_num_queries):
    for number in range(60):
        make_loan(f"P-{number:03}", officer=request.getfixturevalue("olivia"), branch=request.getfixturevalue("denver"))
    client = as_user(request.getfixturevalue(who))
    with django_assert_max_num_queries(11):
        client.get(PAGE, {"q": "vega"})


def test_htmx_gets_the_part_and_links_work_without_it(as_user, ada, book):
    part = as_user(ada).get(PAGE, {"q": "ames"}, headers={"HX-Request": "true"})
    assertNotContains(part, "<html")
    assertContains(part, 'href="?q=ames&amp;sort=-loan_number"')


# Empty


def test_an_empty_book_says_what_to_do(as_user, ada, olivia):
    assertContains(as_user(ada).get(PAGE), "Import the portfolio as a CSV file")
    assertNotContains(as_user(olivia).get(PAGE), "/imports/new/")


def test_nothing_found_names_the_filters_and_clears(as_user, ada, book):
    assertContains(as_user(ada).get(PAGE, {"q": "zzz"}), "No loan is found for “zzz”")


# The file


@pytest.mark.parametrize(("who", "has"), [("olivia", False), ("pia", False), ("ben", True), ("cora", True), ("ada", True)])
def test_contacts_leave_only_with_those_who_may(as_user, request, book, who, has):
    row = exported(as_user(request.getfixturevalue(who)), q="HP-1001")[0]
    assert ("email" in row, "phone" in row) == (has, has)
    if has:
        assert (row["email"], row["phone"]) == ("ana@example.com", "'+13035550101")
    assert (row["note_rate"], row["officer_email"], row["branch"]) == ("7.500", "olivia.hart@example.com", "Denver")


def test_a_cell_that_a_spreadsheet_would_run_is_escaped(as_user, ada):
    make_loan("=1+1", name=("@SUM(A1)", "-2+3"))
    row = exported(as_user(ada))[0]
    assert (row["loan_number"], row["borrower_first_name"], row["borrower_last_name"]) == ("'=1+1", "'@SUM(A1)", "'-2+3")


def test_the_export_says_until_when_a_payoff_costs_the_lender_and_what(as_user, ada, market):
    """By hand: 456,000 over 360 months at 7.5%, two payments made by April 24: 2% of 455,320.98 is 9,106.42."""
    new = {"origination_date": date(2026, 1, 2), "first_payment_date": date(2026, 3, 1)}
    make_loan("E-1", **new)
    make_loan("E-2", **new, investor="Acme Bank ")
    make_loan("E-3", **new, early_payoff_until=date(2026, 4, 24))
    make_loan("E-4", early_payoff_until=date(2026, 4, 23))
    make_loan("E-5", **new, status="paid_off")
    make_loan("E-6", **new, interest_only=True)
    make_loan("E-7", original_amount=None, upb=400_000, upb_as_of=date(2026, 4, 1), early_payoff_until=date(2027, 1, 1))
    InvestorWindow.objects.create(investor="ACME bank", days=900, premium_percent=1, effective_from=date(2026, 1, 1))
    rows = {row["loan_number"]: row for row in exported(as_user(ada))}
    told = {number: (row["early_payoff_ends"], row["early_payoff_cost"]) for number, row in rows.items()}
    assert told == {
        "E-1": ("2026-07-01", "9106.42"),
        "E-2": ("2028-06-20", "4553.21"),
        "E-3": ("2026-04-24", "9106.42"),
        "E-4": ("2026-04-23", "0.00"),
        "E-5": ("2026-07-01", ""),
        "E-6": ("2026-07-01", ""),
        "E-7": ("2027-01-01", told["E-7"][1]),
    }
    # What the run of the same day stores, where the policy lets such a loan in.
    Policy.objects.create(early_payoff_warns=True)
    matching.run(AS_OF)
    stored = dict(Opportunity.objects.values_list("loan_number", "early_payoff_cost"))
    assert {number: str(cost) for number, cost in stored.items() if cost is not None} == {
        number: cost for number, (_, cost) in told.items() if number in stored and stored[number] is not None
    }
    assert "E-7" in stored
    assert (rows["E-3"]["early_payoff_until"], rows["E-1"]["early_payoff_until"]) == ("2026-04-24", "")
    assert rows["E-2"]["investor"] == "Acme Bank "


def test_an_export_costs_the_same_number_of_queries_however_many_loans(as_user, ada, market, django_assert_max_num_queries):
    for number in range(40):
        make_loan(f"Q-{number}", origination_date=date(2026, 1, 2), first_payment_date=date(2026, 3, 1))
    client = as_user(ada)
    with django_assert_max_num_queries(30):
        assert len(exported(client)) == 40


def test_an_export_is_logged_without_what_was_searched(as_user, ada, book, caplog):
    with caplog.at_level("INFO"):
        exported(as_user(ada), q="Delgado", rate_from="6")
    lines = [line for line in caplog.messages if "portfolio exported" in line]
    assert len(lines) == 1
    assert "rate_from" in lines[0]
    assert "Delgado" not in lines[0]
