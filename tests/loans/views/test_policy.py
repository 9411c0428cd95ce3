from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Role
from loans.models import Policy
from loans.queries import policies
from loans.services import policies as changing
from tests.factories import UserFactory
from tests.loans.rows import AS_OF, set_market

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, EDIT, EXAMPLES = "/settings/policy/", "/settings/policy/change/", "/settings/policy/examples/"
NUMBERS = {
    "spread": "0.500",
    "spread_jumbo": "0.875",
    "minimum_months": "60",
    "refinance_months": "24",
    "early_payoff_days": "180",
    "early_payoff_percent": "2",
    "break_even_limit": "",
    "cost_fixed": "2000.00",
    "cost_percent": "1",
}
ASKED = NUMBERS | {"note": "More calls this spring", "seen": ""}


@pytest.mark.parametrize(
    ("who", "looks", "changes"),
    [("olivia", 403, 403), ("pia", 403, 403), ("cora", 200, 403), ("ben", 200, 403), ("ada", 200, 200)],
)
def test_roles(as_user, request, market, who, looks, changes):
    client = as_user(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == looks
    assert [client.get(path).status_code for path in (EDIT, EXAMPLES)] == [changes, changes]
    assert client.post(EDIT, ASKED).status_code == (302 if changes == 200 else 403)
    assert Policy.objects.filter(spread="0.500").count() == (changes == 200)


@pytest.mark.parametrize(("who", "shown"), [("ben", False), ("cora", False), ("ada", True)])
def test_the_way_to_the_lenders_numbers_is_shown_to_administrators_alone(as_user, request, market, who, shown):
    client = as_user(request.getfixturevalue(who))
    for path in (PAGE, "/settings/costs/", "/settings/investors/"):
        assert (EDIT in client.get(path).content.decode()) == shown


def test_somebody_signed_out_is_asked_to_sign_in(client, db):
    assert [client.get(path).status_code for path in (PAGE, EDIT, EXAMPLES)] == [302] * 3
    assert client.post(EDIT, ASKED).status_code == 302
    assert Policy.objects.count() == 0


def test_the_numbers_in_force_and_what_they_mean(as_user, cora, market):
    page = as_user(cora).get(PAGE)
    assertContains(page, "0.625 points")
    assertContains(page, "more than 60")
    assertContains(page, "$2,000 + 1%")
    assertContains(page, "Nobody has changed them yet.")
    assertNotContains(page, EDIT)


def test_break_even_of_the_examples(market):
    """By hand: 200,000 over 300 months, 6.855% pays 1,395.11 and 6.230% 1,316.87; 4,000 of costs over 78.24 is 51.1."""
    small, middle, large = policies.examples(Policy(), AS_OF)
    assert (small.balance, small.note_rate, small.market_rate) == (200_000, Decimal("6.855"), Decimal("6.230"))
    assert small.closing_costs == 4_000
    assert small.break_even_months == -(-small.closing_costs // small.monthly_savings)
    assert [example.break_even_months for example in (small, middle, large)] == [52, 39, 32]
    assert [example.product for example in (small, middle, large)] == ["Conv 30"] * 3


def test_a_balance_above_the_limit_goes_by_the_jumbo_threshold(db, monkeypatch):
    set_market(conventional_30="6.230", jumbo_30="6.500")
    monkeypatch.setattr(policies, "EXAMPLE_BALANCES", (900_000,))
    (jumbo,) = policies.examples(Policy(), AS_OF)
    assert (jumbo.product, jumbo.note_rate) == ("Jumbo 30", Decimal("7.375"))


def test_no_threshold_never_breaks_even(market):
    assert policies.examples(Policy(spread=0, spread_jumbo=0), AS_OF)[0].break_even_months is None


def test_without_a_rate_there_is_nothing_to_figure_with(as_user, ada):
    assertContains(as_user(ada).get(PAGE), "No 30-year rate is current")


# Changing


def test_saving_adds_a_version_and_the_history_says_who_when_what_and_why(as_user, ada, market):
    client = as_user(ada)
    assertRedirects(client.post(EDIT, ASKED), PAGE)
    newest, first = Policy.objects.all()
    assert (newest.spread, newest.by, newest.note) == (Decimal("0.500"), ada, "More calls this spring")
    assert (first.spread, first.by) == (Decimal("0.625"), None)
    assert Policy.current() == newest
    changed, start = policies.history()
    assert [(change.label, change.before, change.after) for change in changed.changes] == [
        ("Spread", Decimal("0.625"), Decimal("0.500"))
    ]
    assert start.changes == []
    page = client.get(PAGE)
    # The moment of the first change is that of the change alone.
    assertContains(page, "Apr 24, 2026, 11:00 AM</td>", count=1)
    assertContains(page, '<td class="nowrap">From the start</td>', count=1, html=True)
    assertContains(page, "Spread 0.625 → <strong>0.500</strong>")
    assertContains(page, str(ada))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"note": ""}, "This field is required"),
        ({"note": "   "}, "This field is required"),
        ({"spread": "-0.1"}, "greater than or equal to 0"),
        ({"spread": "6"}, "less than or equal to 5"),
        ({"spread": "0.6255"}, "no more than 3 decimal places"),
        ({"minimum_months": "481"}, "less than or equal to 480"),
        ({"cost_percent": "11"}, "less than or equal to 10"),
        ({"cost_fixed": "abc"}, "Enter a number"),
        ({"break_even_limit": "0"}, "greater than or equal to 1"),
        ({"early_payoff_percent": "11"}, "less than or equal to 10"),
        ({"spread": "0.625"}, "Nothing differs from the rules in force"),
    ],
)
def test_what_can_not_be_saved(as_user, ada, market, change, says):
    assertContains(as_user(ada).post(EDIT, ASKED | change), says, status_code=422)
    assert Policy.objects.count() == 0


def test_break_even_and_the_early_payoff_window_are_the_policys_too(as_user, ada, market):
    client = as_user(ada)
    assertContains(client.get(PAGE), "no limit")
    assertContains(client.get(PAGE), "180 days, keeps out")
    asked = ASKED | {"break_even_limit": "36", "early_payoff_warns": "on", "early_payoff_percent": "1.5"}
    assertRedirects(client.post(EDIT, asked), PAGE)
    saved = Policy.current()
    assert (saved.break_even_limit, saved.early_payoff_warns, saved.early_payoff_percent) == (36, True, Decimal("1.500"))
    page = client.get(PAGE)
    assertContains(page, "Break-even, months at most none → <strong>36</strong>")
    assertContains(page, "Early payoff only warns no → <strong>yes</strong>")
    assertContains(page, "36 months at most")
    form = client.get(EDIT).context["form"]
    assert (form["break_even_limit"].value(), form["early_payoff_warns"].value()) == (36, True)
    client.post(EDIT, asked | {"break_even_limit": "", "early_payoff_warns": "", "seen": saved.pk})
    assert (Policy.current().break_even_limit, Policy.current().early_payoff_warns) == (None, False)


def test_two_people_at_once_do_not_overwrite_each_other(as_user, ada, market):
    as_user(UserFactory(role=Role.ADMINISTRATOR, branch=None)).post(EDIT, ASKED)
    answer = as_user(ada).post(EDIT, ASKED | {"spread": "0.75"})
    assertContains(answer, "Somebody has changed the rules meanwhile", status_code=422)
    assert Policy.current().spread == Decimal("0.500")


def test_the_service_wants_a_note(ada):
    with pytest.raises(changing.CannotSave, match="Say why"):
        changing.save(changing.of(Policy(spread="1")), note=" ", by=ada, seen=None)


def test_the_examples_follow_what_is_typed(as_user, ada, market):
    client = as_user(ada)
    assertContains(client.get(EXAMPLES, NUMBERS | {"spread": "1.625"}), "7.855")
    assertContains(client.get(EXAMPLES, NUMBERS | {"spread": "what"}), "6.855")
    assert Policy.objects.count() == 0


def test_a_version_of_yesterday_is_read_with_its_time(as_user, ada, market):
    Policy.objects.create(by=ada, note="x")
    Policy.objects.update(created_at=datetime(2026, 4, 23, 16, 0, tzinfo=UTC))
    assertContains(as_user(ada).get(PAGE), "In force since Apr 23, 2026, 12:00 PM.")
