"""Costs, investors' windows, the programs' numbers and the reasons for a person's look, in a browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import Lender
from loans.models import ClosingCost
from loans.services import rule_numbers
from tests.loans.rows import make_loan, set_market


@pytest.fixture
def numbers(db, ada, denver) -> ClosingCost:
    """Rows of every kind, one of them to come."""
    today = Lender.current().today()
    set_market(today)
    make_loan("HP-1", branch=denver, investor="Acme Bank", tx_a6=True, property_state="TX")
    make_loan("HP-2", branch=denver, investor="Bolt", interest_only=True)

    def entry(days: int = 0) -> rule_numbers.Entry:
        return rule_numbers.Entry(ada, today, today + timedelta(days=days), "New price list of the title companies")

    rule_numbers.set_window("Acme Bank", 270, Decimal("2.5"), entry())
    rule_numbers.set_window("Bolt", 90, Decimal(1), entry(7))
    rule_numbers.set_program_value("fha_upfront_percent", Decimal("1.75"), entry(), verified=True)
    rule_numbers.set_cost(Decimal(4000), Decimal(1), entry(7), state="CO")
    rule_numbers.set_cost(Decimal(1800), Decimal("0.75"), entry(), branch=denver, state="CO", program="va")
    return rule_numbers.set_cost(Decimal(3500), Decimal("1.25"), entry(), state="TX")


def test_the_pages_hold_for_everybody(desk, numbers, ada, ben, cora):
    desk.sign_in(ada)
    desk.check(
        "/settings/policy/change/",
        "/settings/costs/",
        "/settings/costs/new/",
        f"/settings/costs/{numbers.pk}/take-back/",
        "/settings/investors/",
        "/settings/investors/new/",
        "/settings/program-values/",
        "/settings/program-values/?only=unverified",
        "/settings/program-values/fha_upfront_percent/",
        "/settings/program-values/fha_upfront_percent/change/",
        "/settings/program-values/fha_annual_table/change/",
        "/portfolio/?view=attention&reason=texas_50a6",
        "/outreach/",
    )
    desk.sign_in(cora)
    desk.check("/settings/costs/", "/settings/investors/", "/settings/program-values/fha_rate_drop/")


def test_empty_pages_hold_too(desk, ada):
    desk.sign_in(ada)
    desk.check("/settings/costs/", "/settings/investors/", "/portfolio/?view=attention")


def test_the_example_follows_what_is_chosen_and_the_focus_stays(desk, numbers, ben):
    desk.sign_in(ben)
    page = desk.open("/settings/costs/")
    page.evaluate("window.sameDocument = true")
    expect(page.locator("#example")).to_contain_text("The lender's usual costs")
    page.locator("#example").get_by_label("State").focus()
    page.locator("#example").get_by_label("State").select_option("TX")
    expect(page.locator("#example")).to_contain_text("$8,500.00")
    expect(page.locator("#example").get_by_label("State")).to_be_focused()
    page.locator("#example").get_by_label("Balance").fill("200000")
    page.locator("#example").get_by_label("Balance").press("Tab")
    expect(page.locator("#example")).to_contain_text("$6,000.00")
    assert page.evaluate("window.sameDocument")


def test_costs_are_added_and_taken_back_by_the_keyboard(desk, ben, denver, press):
    desk.sign_in(ben)
    page = desk.open("/settings/costs/")
    press("n")
    page.wait_for_url("**/settings/costs/new/")
    page.get_by_label("Branch").select_option("Denver")
    page.get_by_label("Fixed part, dollars").fill("1500")
    page.get_by_label("Percent of the balance").fill("0.5")
    page.get_by_label("Why").fill("Our own appraisers")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("status").last).to_contain_text("Saved. It counts from")
    page.get_by_role("link", name="Take back Denver").press("Enter")
    page.get_by_label("Why").fill("They left")
    page.get_by_role("button", name="Take back").press("Enter")
    expect(page.get_by_role("region", name="History")).to_contain_text("They left")
    expect(page.get_by_role("link", name="Take back Denver")).to_have_count(0)


def test_compliance_confirms_a_number_that_it_has_read(desk, numbers, cora):
    desk.sign_in(cora)
    page = desk.open("/settings/program-values/?only=unverified")
    page.get_by_role("link", name="FHA: after closing").click()
    page.get_by_role("link", name="Confirm or change").click()
    page.get_by_label("Where it stands").fill("Handbook 4000.1, II.A.8.d, January 2026")
    page.get_by_label("I have read it there myself").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1 + .page-sub")).to_contain_text("210 days, verified")
    expect(page.locator("main")).to_contain_text("Cora Shah")


def test_a_reason_is_chosen_without_loading_the_page(desk, numbers, ben):
    desk.sign_in(ben)
    page = desk.open("/portfolio/?view=attention")
    page.evaluate("window.sameDocument = true")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_label("Why a person").select_option(label="Texas 50(a)(6) (1)")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("Nothing is sent about these loans before somebody has looked")
    assert page.evaluate("window.sameDocument")
