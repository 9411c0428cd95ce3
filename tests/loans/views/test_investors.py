"""The pages of investors' windows: who sees and sets them, which investors the portfolio names, adding, taking back."""

from datetime import date, timedelta

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.domain.covering import Window
from loans.models import InvestorWindow, Policy
from loans.queries import rule_numbers as reading
from tests.loans.rows import AS_OF, make_loan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_on_friday")]
PAGE, NEW = "/settings/investors/", "/settings/investors/new/"
ASKED = {
    "investor": "Acme Bank",
    "days": "270",
    "premium_percent": "2.5",
    "effective_from": "2026-04-24",
    "note": "Purchase agreement of March, section 4",
}


def take_back(row: InvestorWindow) -> str:
    return f"{PAGE}{row.pk}/take-back/"


@pytest.mark.parametrize(
    ("who", "looks", "sets"),
    [("olivia", 403, 403), ("pia", 403, 403), ("cora", 200, 403), ("ben", 200, 403), ("ada", 200, 200)],
)
def test_windows_are_the_lenders_so_the_administrator_sets_them(as_user, request, who, looks, sets):
    window = InvestorWindow.objects.create(investor="Old Bank", days=90, premium_percent=1, effective_from=AS_OF)
    client = as_user(request.getfixturevalue(who))
    assert [client.get(path).status_code for path in (PAGE, NEW, take_back(window))] == [looks, sets, sets]
    answer = 302 if sets == 200 else 403
    assert client.post(NEW, ASKED).status_code == answer
    assert client.post(take_back(window), {"note": "Over"}).status_code == answer
    assert set(reading.windows(AS_OF)) == ({"acme bank"} if sets == 200 else {"old bank"})
    if looks == 200 and sets == 403:
        assertNotContains(client.get(PAGE), "Take back")
        assertNotContains(client.get(PAGE), NEW)


def test_somebody_signed_out_is_asked_to_sign_in(client, db):
    assert [client.get(path).status_code for path in (PAGE, NEW)] == [302] * 2
    assert client.post(NEW, ASKED).status_code == 302
    assert not InvestorWindow.objects.exists()


def test_without_windows_the_usual_one_counts(as_user, ada):
    page = as_user(ada).get(PAGE)
    assertContains(page, "Every other")
    assertContains(page, "180")
    assertContains(page, "No loan you see names its investor.")
    assertContains(page, "While it is open a loan stays out of the queue")
    Policy.objects.create(early_payoff_warns=True)
    assertContains(as_user(ada).get(PAGE), "a loan stays in the queue, with its cost")


def test_the_investors_of_the_portfolio_stand_with_their_loans_and_windows(as_user, ada, ben, denver, tampa):
    for investor in ("Acme Bank", " ACME bank", "Bolt"):
        make_loan(branch=denver, investor=investor)
    make_loan(branch=tampa, investor="Tampa Trust")
    make_loan(branch=denver)
    client = as_user(ada)
    client.post(NEW, ASKED)
    found = client.get(PAGE).context["investors"]
    assert found == [("acme bank", 2, Window(270, 2.5)), ("bolt", 1, None), ("tampa trust", 1, None)]
    assertContains(client.get(PAGE), f"{NEW}?investor=bolt")
    assertContains(client.get(NEW), '<option value="tampa trust">')
    theirs = as_user(ben).get(PAGE)
    assert [name for name, *_ in theirs.context["investors"]] == ["acme bank", "bolt"]
    assertNotContains(theirs, "tampa trust")


def test_a_window_counts_from_its_day_and_takes_the_place_of_its_name(as_user, ada):
    client = as_user(ada)
    client.post(NEW, ASKED)
    page = client.post(NEW, ASKED | {"investor": "ACME BANK ", "days": "90", "effective_from": "2026-05-01"}, follow=True)
    assertContains(page, "Saved. It counts from May 1, 2026.")
    assert reading.windows(AS_OF) == {"acme bank": Window(270, 2.5)}
    assert reading.windows(date(2026, 5, 1)) == {"acme bank": Window(90, 2.5)}
    standing = page.context["standing"]
    assert [row.days for row in standing.in_force] == [270]
    assert [row.days for row in standing.to_come] == [90]
    assertContains(page, "Purchase agreement of March, section 4")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"note": ""}, "This field is required"),
        ({"investor": "  "}, "This field is required"),
        ({"days": "1096"}, "less than or equal to 1095"),
        ({"days": "1.5"}, "Enter a whole number"),
        ({"premium_percent": "11"}, "less than or equal to 10"),
        ({"effective_from": "2026-04-23"}, "not from a day that is over"),
    ],
)
def test_what_can_not_be_saved(as_user, ada, change, says):
    assertContains(as_user(ada).post(NEW, ASKED | change), says, status_code=422)
    assert not InvestorWindow.objects.exists()


def test_taking_back_asks_why_and_stays_in_the_history(as_user, ada):
    client = as_user(ada)
    client.post(NEW, ASKED)
    window = InvestorWindow.objects.get()
    assertContains(client.get(take_back(window)), "From today the usual window counts")
    assertContains(client.post(take_back(window), {"note": " "}), "This field is required", status_code=422)
    assert InvestorWindow.objects.get() == window
    assertRedirects(client.post(take_back(window), {"note": "Sold elsewhere now"}), PAGE)
    assert reading.windows(AS_OF) == {}
    assert reading.windows(AS_OF + timedelta(days=400)) == {}
    assertContains(client.get(PAGE), "Sold elsewhere now")
    assertContains(client.post(take_back(window), {"note": "Again"}), "does not count any more", status_code=422)
    assert client.get(take_back(InvestorWindow(pk=999_999))).status_code == 404
