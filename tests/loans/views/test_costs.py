"""The pages of costs: who sees and sets which, what an example is asked, adding, taking back, the history."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import ClosingCost, Policy
from loans.queries import rule_numbers as reading
from loans.services import rule_numbers
from tests.loans.rows import AS_OF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, NEW = "/settings/costs/", "/settings/costs/new/"
NEXT_WEEK = AS_OF + timedelta(days=7)
ASKED = {
    "branch": "",
    "state": "TX",
    "program": "",
    "fixed": "3500.00",
    "percent": "1.25",
    "effective_from": "2026-04-24",
    "note": "Texas title is dearer",
}


def take_back(row: ClosingCost) -> str:
    return f"{PAGE}{row.pk}/take-back/"


@pytest.fixture
def add(ada):
    """`add(3500, "1.25", state="TX")`"""

    def row(fixed, percent, day: date = AS_OF, note: str = "New price list", **covers) -> ClosingCost:
        entry = rule_numbers.Entry(ada, AS_OF, day, note)
        numbers = [None if one is None else Decimal(one) for one in (fixed, percent)]
        return rule_numbers.set_cost(*numbers, entry, **covers)

    return row


# Who


@pytest.mark.parametrize(
    ("who", "looks", "adds"),
    [("olivia", 403, 403), ("pia", 403, 403), ("cora", 200, 403), ("ben", 200, 200), ("ada", 200, 200)],
)
def test_roles(as_user, request, who, looks, adds):
    client = as_user(request.getfixturevalue(who))
    assert (client.get(PAGE).status_code, client.get(NEW).status_code) == (looks, adds)
    if adds == 403:
        assert client.post(NEW, ASKED).status_code == 403
        assert not ClosingCost.objects.exists()
    if looks == 200:
        assert (NEW in client.get(PAGE).content.decode()) == (adds == 200)


def test_somebody_signed_out_is_asked_to_sign_in(client, add):
    row = add(1, 0)
    assert [client.get(path).status_code for path in (PAGE, NEW, take_back(row))] == [302] * 3
    assert [client.post(path, ASKED).status_code for path in (NEW, take_back(row))] == [302] * 2
    assert ClosingCost.objects.count() == 1


def test_a_manager_sets_the_own_branch_and_neither_another_nor_the_lenders(as_user, ben, denver, tampa):
    client = as_user(ben)
    for branch in ("", tampa.pk, "x", "²"):
        assert client.post(NEW, ASKED | {"branch": branch}).status_code == 422
    assert not ClosingCost.objects.exists()
    assertRedirects(client.post(NEW, ASKED | {"branch": denver.pk}), PAGE)
    row = ClosingCost.objects.get()
    assert (row.branch, row.state, row.fixed, row.percent, row.by) == (denver, "TX", Decimal(3500), Decimal("1.250"), ben)


def test_a_manager_sees_the_own_branch_and_the_lenders_and_takes_back_only_the_own(as_user, ben, denver, tampa, add):
    own, others, lenders = add(1111, 0, branch=denver), add(2222, 0, branch=tampa), add(3333, 0)
    client = as_user(ben)
    page = client.get(PAGE)
    assertContains(page, "$1,111")
    assertContains(page, "$3,333")
    assertNotContains(page, "$2,222")
    assertNotContains(page, "Tampa")
    assertContains(page, take_back(own))
    assertNotContains(page, take_back(lenders))
    for row, answer in ((others, 404), (lenders, 403)):
        assert client.get(take_back(row)).status_code == answer
        assert client.post(take_back(row), {"note": "No"}).status_code == answer
    assert ClosingCost.objects.count() == 3
    assertRedirects(client.post(take_back(own), {"note": "No longer"}), PAGE)
    assert {row.branch_id for row in reading.costs(AS_OF)} == {tampa.pk, None}


def test_compliance_reads_every_branch_and_changes_none(as_user, cora, tampa, add):
    row = add(2222, 0, branch=tampa)
    client = as_user(cora)
    assertContains(client.get(PAGE), "$2,222")
    assertNotContains(client.get(PAGE), take_back(row))
    assert client.post(take_back(row), {"note": "No"}).status_code == 403
    assert ClosingCost.objects.count() == 1


# What counts


def test_an_empty_table_says_that_the_usual_costs_count(as_user, ada):
    page = as_user(ada).get(PAGE)
    assertContains(page, "Everything else")
    assertContains(page, "$2,000")
    assertContains(page, "the usual ones count for every loan")
    assertNotContains(page, "To come")


def test_the_narrowest_stand_first_and_replaced_ones_only_in_the_history(as_user, ada, denver, add):
    add(1000, 0, program="va")
    add(2000, 0, state="TX")
    add(9000, 0, state="TX")
    add(3000, 0, branch=denver)
    add(5000, 0)
    page = as_user(ada).get(PAGE)
    standing = page.context["standing"]
    assert [row.covers for row in standing.in_force] == ["Denver", "TX", "VA", "Every loan"]
    assert [int(row.fixed) for row in standing.in_force] == [3000, 9000, 1000, 5000]
    assert [int(row.fixed) for row in standing.history] == [5000, 3000, 9000, 2000, 1000]


def test_what_is_to_come_stands_apart_and_changes_nothing_today(as_user, ada, add):
    add(3000, 1, state="TX")
    add(4000, 1, NEXT_WEEK, state="TX")
    add(None, None, NEXT_WEEK + timedelta(days=1), state="TX")
    standing = as_user(ada).get(PAGE).context["standing"]
    assert [int(row.fixed) for row in standing.in_force] == [3000]
    assert [row.fixed and int(row.fixed) for row in standing.to_come] == [4000, None]
    assertContains(as_user(ada).get(PAGE), "Ends")


# An example


def shown(client, **asked):
    return client.get(PAGE, asked).context["example"]


def test_an_example_says_dollars_and_which_row(as_user, ada, denver, add):
    """By hand: $2,000 + 1% of 400,000 is 6,000; the branch's 1,500 + 0.5% is 3,500; the VA's fee of 0.5% is 2,000."""
    client = as_user(ada)
    example = shown(client)
    assert (example.row, example.lender_costs, example.program_fee) == (None, 6000.0, 0.0)
    texas, branch = add(3500, "1.25", state="TX"), add(1500, "0.5", branch=denver)
    assert (shown(client, state="TX").row, shown(client, state="TX").lender_costs) == (texas, 8500.0)
    assert shown(client, state="CO").row is None
    example = shown(client, state="TX", branch=denver.pk, program="va", balance="400000")
    assert (example.row, example.lender_costs, example.program_fee, example.closing_costs) == (branch, 3500.0, 2000.0, 5500.0)
    assertContains(client.get(PAGE, {"state": "TX"}), "TX, since Apr 24, 2026: $3,500 + 1.250% of $400,000")


def test_an_example_goes_by_todays_rows_and_the_policy_in_force(as_user, ada, add):
    add(9999, 0, NEXT_WEEK)
    Policy.objects.create(cost_fixed=1000, cost_percent=0)
    assert shown(as_user(ada), balance=100_000).closing_costs == 1000.0


def test_what_the_example_does_not_know_counts_as_not_chosen(as_user, ada, ben, tampa, add):
    add(7777, 0, branch=tampa)
    for asked in ({"balance": "abc"}, {"balance": "-1"}, {"state": "ZZ"}, {"program": "x"}, {"branch": "²"}):
        assert shown(as_user(ada), **asked).closing_costs == 6000.0
    assert shown(as_user(ada), branch=tampa.pk).lender_costs == 7777.0
    assert shown(as_user(ben), branch=tampa.pk).lender_costs == 6000.0


def test_htmx_gets_the_example_alone(as_user, ada):
    part = as_user(ada).get(PAGE, {"balance": 200_000}, headers={"HX-Request": "true"})
    assertNotContains(part, "<html")
    assertNotContains(part, "History")
    assertContains(part, "$4,000.00")


@pytest.mark.parametrize("who", ["ben", "ada"])
def test_a_page_costs_the_same_however_many_rows(as_user, request, who, add, denver, django_assert_max_num_queries):
    for fixed in range(30):
        add(fixed, 0, branch=denver, state="TX" if fixed % 2 else "CO")
    client = as_user(request.getfixturevalue(who))
    with django_assert_max_num_queries(16):
        client.get(PAGE)


# Adding and taking back


def test_an_added_row_counts_from_its_day_with_who_and_why(as_user, ada):
    client = as_user(ada)
    page = client.post(NEW, ASKED | {"effective_from": "2026-05-01"}, follow=True)
    assert reading.costs(AS_OF) == ()
    assert [(row.fixed, row.percent, row.state) for row in reading.costs(date(2026, 5, 1))] == [(3500.0, 1.25, "TX")]
    assertContains(page, "Saved. It counts from May 1, 2026.")
    assertContains(page, "Texas title is dearer")
    assertContains(page, "Ada Whitfield")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"note": " "}, "This field is required"),
        ({"effective_from": "2026-04-23"}, "not from a day that is over"),
        ({"effective_from": ""}, "This field is required"),
        ({"fixed": ""}, "This field is required"),
        ({"fixed": "-1"}, "greater than or equal to 0"),
        ({"percent": "11"}, "less than or equal to 10"),
        ({"percent": "1.2345"}, "no more than 3 decimal places"),
        ({"state": "ZZ"}, "Select a valid choice"),
        ({"program": "heloc"}, "Select a valid choice"),
    ],
)
def test_what_can_not_be_saved(as_user, ada, change, says):
    assertContains(as_user(ada).post(NEW, ASKED | change), says, status_code=422)
    assert not ClosingCost.objects.exists()


def test_the_form_starts_from_the_row_that_is_changed(as_user, ada, denver):
    page = as_user(ada).get(NEW, {"branch": denver.pk, "state": "TX", "program": "va", "fixed": "3500.00"})
    form = page.context["form"]
    assert [str(form[name].value()) for name in ("branch", "state", "program", "fixed")] == [
        str(denver.pk), "TX", "va", "3500.00",
    ]  # fmt: skip


def test_taking_back_asks_why_and_says_what_then_counts(as_user, ada, add):
    counts, planned = add(3500, "1.25", state="TX"), add(4000, 1, NEXT_WEEK, state="CO")
    client = as_user(ada)
    assertContains(client.get(take_back(counts)), "From today the next broader row counts")
    assertContains(client.get(take_back(planned)), "It has not begun, and never will")
    assertContains(client.post(take_back(counts), {"note": ""}), "This field is required", status_code=422)
    assert [row.state for row in reading.costs(AS_OF)] == ["TX"]
    assertRedirects(client.post(take_back(counts), {"note": "A mistake"}), PAGE)
    assert reading.costs(AS_OF) == ()
    assertContains(client.get(PAGE), "Taken back")
    assertContains(client.post(take_back(counts), {"note": "Again"}), "does not count any more", status_code=422)
    assert ClosingCost.objects.count() == 3
