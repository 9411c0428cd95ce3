"""Tune the threshold as a page: who reads it, who applies, what it shows and what it refuses (R5 to R8, R31, R32)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Opportunity, Policy, Threshold
from loans.services import matching
from tests.loans.rows import AS_OF, make_loan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, APPLY = "/thresholds/", "/thresholds/apply/"
TOMORROW = (AS_OF + timedelta(days=1)).isoformat()


@pytest.fixture
def book(market, olivia, carl):
    """Denver has four active loans at 6.75, 6.875, 7.0 and 7.5 percent, Tampa one at 8; the market is at 6.23."""
    for number, note_rate in enumerate(("6.750", "6.875", "7.000", "7.500"), start=1):
        make_loan(f"D-{number}", officer=olivia, branch=olivia.branch, note_rate=Decimal(note_rate))
    make_loan("T-5", officer=carl, branch=carl.branch, note_rate=Decimal("8.000"))
    matching.run(AS_OF)


def counts(page) -> list[int]:
    return [choice.loans for choice in page.context["choices"]]


def asked(of, **changes) -> dict[str, str]:
    words = {
        "branch": of.pk,
        "family": "conventional",
        "spread": "0.750",
        "effective_from": TOMORROW,
        "note": "Fewer calls",
    }
    return {name: value for name, value in (words | changes).items() if value is not None}


# Who


@pytest.mark.parametrize(("who", "status"), [("olivia", 403), ("pia", 403), ("ben", 200), ("cora", 200), ("ada", 200)])
def test_who_may_look(as_user, request, book, who, status):
    assert as_user(request.getfixturevalue(who)).get(PAGE).status_code == status


def test_somebody_signed_out_is_asked_to_sign_in(client, book):
    assert client.get(PAGE).status_code == client.post(APPLY).status_code == 302


@pytest.mark.parametrize(
    ("who", "own", "other", "every"), [("olivia", 403, 403, 403), ("ben", 302, 404, 302), ("cora", 403, 403, 403)]
)
def test_who_may_apply(as_user, request, book, denver, tampa, who, own, other, every):
    """A manager who names no branch means the own one."""
    client = as_user(request.getfixturevalue(who))
    assert client.post(APPLY, asked(tampa)).status_code == other
    assert client.post(APPLY, asked(denver)).status_code == own
    assert client.post(APPLY, asked(denver, branch=None, family="va")).status_code == every
    found = set(Threshold.objects.values_list("branch", "family"))
    assert found == ({(denver.pk, "conventional"), (denver.pk, "va")} if own == 302 else set())


def test_an_administrator_applies_for_every_branch(as_user, ada, book, denver):
    as_user(ada).post(APPLY, asked(denver, branch=None))
    assert Threshold.objects.get().branch is None


def test_compliance_reads_and_is_shown_no_form(as_user, cora, book):
    page = as_user(cora).get(PAGE, {"spread": "0.750"})
    assertContains(page, "An administrator can apply a threshold here.")
    assertNotContains(page, APPLY)


def test_the_link_is_in_the_sidebar_of_those_who_may_look(as_user, ben, olivia, book):
    assertContains(as_user(ben).get("/queue/"), 'href="/thresholds/"')
    assertNotContains(as_user(olivia).get("/queue/"), 'href="/thresholds/"')


# What it shows


def test_the_counts_are_of_the_branch_the_manager_sees(as_user, ben, mona, ada, book, denver):
    assert counts(as_user(ben).get(PAGE)) == [4, 4, 3, 2, 1, 1, 1, 1]
    assert counts(as_user(mona).get(PAGE)) == [1] * 8
    assert counts(as_user(mona).get(PAGE, {"branch": denver.pk})) == [1] * 8
    assert counts(as_user(ada).get(PAGE)) == [5, 5, 4, 3, 2, 2, 2, 2]
    assert counts(as_user(ada).get(PAGE, {"branch": denver.pk})) == [4, 4, 3, 2, 1, 1, 1, 1]
    assert counts(as_user(ada).get(PAGE, {"family": "va"})) == [0] * 8


def test_without_a_choice_it_shows_what_counts_now(as_user, ben, book):
    page = as_user(ben).get(PAGE)
    assert page.context["spread"] == Decimal("0.625")
    assertContains(page, "0.625 counts now")
    assertContains(page, "At 0.625, 3 of 4 active loans qualify.")
    assertNotContains(page, "If you apply")


def test_a_choice_is_compared_with_now(as_user, ben, book):
    Opportunity.objects.filter(loan_number="D-2").update(status="contacting")
    page = as_user(ben).get(PAGE, {"spread": "0.875"})
    assertContains(page, "If you apply 0.875")
    assertContains(page, "<dd>3 to 1</dd>", html=True)
    assert (page.context["expiring"], page.context["going_on"]) == (1, 1)
    assertContains(page, f'value="{TOMORROW}"')
    assertContains(page, "an average, never an offer")


@pytest.mark.parametrize("spread", ["0.650", "9", "x", "", "-1", "1e400", "NaN"])
def test_a_choice_that_is_none_counts_as_none(as_user, ben, book, spread):
    assert as_user(ben).get(PAGE, {"spread": spread}).context["spread"] == Decimal("0.625")


def test_words_that_mean_nothing_are_left_out(as_user, ada, book):
    nonsense = {
        "branch": "x",
        "family": "heloc",
        "balance_from": "NaN",
        "balance_below": "-5",
        "percent": "200",
        "revenue": "x",
    }
    page = as_user(ada).get(PAGE, nonsense)
    assert counts(page) == [5, 5, 4, 3, 2, 2, 2, 2]
    assert page.context["worth"].dollars == 11_000
    backwards = as_user(ada).get(PAGE, {"balance_from": "500000", "balance_below": "400000"})
    assertContains(backwards, "A band ends above where it begins")
    assertNotContains(backwards, "write a number of dollars")


@pytest.mark.parametrize("odd", ["-5", "abc", "NaN", "1e400", "10000000", "1.234"])
@pytest.mark.parametrize(
    ("name", "says"), [("percent", "Contact to close: write percent"), ("revenue", "Revenue a closing: write")]
)
def test_an_assumption_that_is_none_is_told_what_it_must_be_and_the_usual_one_stands(as_user, ben, book, name, says, odd):
    usual = as_user(ben).get(PAGE).context["worth"]
    page = as_user(ben).get(PAGE, {name: odd})
    assertContains(page, says)
    assert page.context["worth"] == usual


@pytest.mark.parametrize("odd", ["-5", "abc", "NaN", "1e400", "100000000", "1.234"])
@pytest.mark.parametrize(("name", "label"), [("balance_from", "Balance from"), ("balance_below", "Balance below")])
def test_a_balance_that_is_none_is_told_what_it_must_be(as_user, ben, book, name, label, odd):
    page = as_user(ben).get(PAGE, {name: odd})
    assertContains(page, f"{label}: write a number of dollars from 0 to 99,999,999, with two decimals at most. It is left out.")
    assertContains(page, 'aria-invalid="true"', count=1)
    assertNotContains(page, "A band ends above where it begins")
    assert counts(page) == [4, 4, 3, 2, 1, 1, 1, 1]


def test_both_ends_of_a_band_are_told(as_user, ben, book):
    page = as_user(ben).get(PAGE, {"balance_from": "-5", "balance_below": "abc"})
    assertContains(page, "Balance from: write a number of dollars", count=1)
    assertContains(page, "Balance below: write a number of dollars", count=1)
    assertNotContains(page, "A band ends above where it begins")


def test_a_band_of_balances(as_user, ben, book):
    assert counts(as_user(ben).get(PAGE, {"balance_from": "500000"})) == [0] * 8
    page = as_user(ben).get(PAGE, {"balance_from": "100000", "balance_below": "500000"})
    assert counts(page)[0] == 4
    assertContains(page, "Conventional · Denver · from $100,000 · below $500,000")


def test_the_worth_is_of_the_readers_own_numbers(as_user, ben, book):
    page = as_user(ben).get(PAGE, {"spread": "0.375", "percent": "25", "revenue": "10000"})
    assert (page.context["worth"].closings, page.context["worth"].dollars) == (Decimal(1), 10_000)
    assertContains(page, "An estimate of your own two numbers, not a forecast.")
    assertContains(page, "Usual: $5,000 to $15,000")
    plain = as_user(ben).get(PAGE, {"spread": "0.375"}).context
    assert (plain["assumed"].percent, plain["assumed"].revenue) == (35, 7_500)


def test_a_small_book_is_told_that_a_list_may_do(as_user, ben, book, olivia):
    """R32."""
    assertContains(as_user(ben).get(PAGE), "With 4 active loans a list by hand may do")
    for number in range(71):
        make_loan(f"X-{number}", officer=olivia, branch=olivia.branch)
    assertNotContains(as_user(ben).get(PAGE), "a list by hand may do")


def test_loans_by_narrower_thresholds_are_told_apart(as_user, ada, book, denver):
    Threshold.objects.create(branch=denver, spread="1.250", effective_from=AS_OF)
    page = as_user(ada).get(PAGE)
    assert counts(page) == [2] * 8
    assertContains(page, "4 of these active loans go by a narrower threshold of their own.")
    mixed = as_user(ada).get(PAGE, {"branch": denver.pk, "family": "every"})
    assertContains(mixed, "1.250 counts now")


def test_without_loans_without_rates_it_says_what_to_do(as_user, ben, ada, market):
    assertContains(as_user(ben).get(PAGE), "No active loan is among these.")


def test_without_a_rate_nothing_is_counted(as_user, ben, olivia):
    make_loan(officer=olivia, branch=olivia.branch)
    assertContains(as_user(ben).get(PAGE), "No rate is current.")


def test_a_program_without_its_own_rate_is_compared_with_the_one_that_stands_in(as_user, ben, olivia, market):
    make_loan(officer=olivia, branch=olivia.branch, program="va")
    page = as_user(ben).get(PAGE, {"family": "va"})
    assertContains(page, "the Conv 30 rate standing in")
    assertContains(page, "that the program itself charges")


def test_htmx_gets_the_part_and_a_browser_without_it_the_page(as_user, ben, book):
    client = as_user(ben)
    assertContains(client.get(PAGE), "<html")
    assertNotContains(client.get(PAGE, headers={"HX-Request": "true"}), "<html")


def test_the_queries_do_not_grow_with_book_or_history(as_user, ben, ada, book, denver, django_assert_max_num_queries):
    client = as_user(ben)
    for day in range(20):
        Threshold.objects.create(branch=denver, spread="0.625", effective_from=AS_OF - timedelta(days=day), by=ada)
    with django_assert_max_num_queries(40):
        client.get(PAGE, {"spread": "0.750"})


# Applying


def test_applying_adds_a_row_from_tomorrow_that_can_be_undone(as_user, ben, book, denver):
    client = as_user(ben)
    answer = client.post(APPLY, asked(denver), follow=True)
    assertRedirects(answer, f"{PAGE}?branch={denver.pk}&family=conventional")
    row = Threshold.objects.get()
    assert (row.spread, row.branch, row.family, row.note, row.by) == (
        Decimal("0.750"), denver, "conventional", "Fewer calls", ben,
    )  # fmt: skip
    assert row.effective_from.isoformat() == TOMORROW
    assertContains(answer, "0.750 counts from Apr 25, 2026.")
    assertContains(answer, "Saved. 0.750 counts from April 25")
    # Today's queue stays as it is.
    assert counts(answer)[3] == 2
    assert answer.context["compared"].now == 3
    assertContains(client.get(PAGE, {"spread": "1.000"}), "Undo it first to apply another.")
    undone = client.post(f"/thresholds/{row.pk}/undo/", follow=True)
    assertContains(undone, "Taken back. What counted before goes on.")
    assertContains(undone, "never began")
    assertNotContains(undone, "to come")
    assert list(Threshold.objects.order_by("pk").values_list("spread", flat=True)) == [Decimal("0.750"), None]


def test_who_may_undo(as_user, book, ben, mona, cora, olivia, denver):
    row = Threshold.objects.create(branch=denver, spread="1", effective_from=AS_OF + timedelta(days=1))
    every = Threshold.objects.create(spread="1", effective_from=AS_OF + timedelta(days=1))
    undo = f"/thresholds/{row.pk}/undo/"
    assert [as_user(user).post(undo).status_code for user in (olivia, mona, cora)] == [403, 404, 403]
    assert as_user(ben).post(f"/thresholds/{every.pk}/undo/").status_code == 403
    assert as_user(ben).get(undo).status_code == 405
    assert Threshold.objects.count() == 2
    assert as_user(ben).post(undo).status_code == 302
    assertContains(as_user(ben).post(undo, follow=True), "somebody has taken it back already")
    assert Threshold.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"note": ""}, "Say why: the note stands in the history."),
        ({"note": "   "}, "Say why: the note stands in the history."),
        ({"effective_from": "2026-04-23"}, "not from a day that is over"),
        ({"effective_from": ""}, "Say from which day."),
        ({"effective_from": "soon"}, "That is no day."),
        ({"spread": "6"}, "less than or equal to 5"),
        ({"seen": "12345"}, "Somebody has changed this threshold meanwhile."),
    ],
)
def test_what_can_not_be_applied(as_user, ben, book, denver, change, says):
    assertContains(as_user(ben).post(APPLY, asked(denver, **change)), says, status_code=422)
    assert not Threshold.objects.exists()


def test_a_note_that_was_typed_stays_when_the_day_is_wrong_and_the_page_goes_on_from_there(as_user, ben, book, denver):
    answer = as_user(ben).post(APPLY, asked(denver, effective_from="2026-04-01", note="Keep <this>"))
    assertContains(answer, "Keep &lt;this&gt;", status_code=422)
    assertContains(answer, f'href="{PAGE}?branch={denver.pk}&amp;family=conventional&amp;spread=1.000"', status_code=422)


def test_a_choice_keeps_the_readers_numbers(as_user, ben, book, denver):
    page = as_user(ben).get(PAGE, {"percent": "25", "revenue": "9000"})
    assertContains(page, f"?branch={denver.pk}&amp;family=conventional&amp;percent=25&amp;revenue=9000&amp;spread=1.000")


def test_the_wider_rule_can_count_again(as_user, ben, book, denver):
    row = Threshold.objects.create(branch=denver, family="conventional", spread="1.000", effective_from=AS_OF, by=ben)
    page = as_user(ben).get(PAGE)
    assertContains(page, "Let the wider rule count again")
    assertContains(page, "1.000 counts now")
    answer = as_user(ben).post(APPLY, asked(denver, spread="", seen=row.pk), follow=True)
    assertContains(answer, "The wider rule counts again from Apr 25, 2026.")
    assert Threshold.objects.order_by("-pk").first().spread is None


def test_the_costs_of_the_policy_and_its_limit_are_said(as_user, ben, book):
    Policy.objects.create(break_even_limit=36, cost_fixed=3_000)
    page = as_user(ben).get(PAGE, {"spread": "0.750"})
    assertContains(page, "The policy allows 36 at most.")
    assertContains(page, "Costs by your cost model: $7,")
