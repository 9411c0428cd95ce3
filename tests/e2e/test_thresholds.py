"""Tune the threshold and Nearly there in a browser: the slider by key, applying and undoing, and without JavaScript."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from accounts.models import Lender
from loans.models import Threshold
from loans.services import matching
from rates.models import ConformingLimit
from tests.loans.rows import make_loan, set_market

PAGE, NEARLY = "/thresholds/", "/nearly-there/"


@pytest.fixture
def book(db, olivia, carl):
    """Denver: 6.375 to 7.500 percent in eighths, by age and size; Tampa one. The market is at 6.23."""
    today = Lender.current().today()
    set_market(today, conventional_30="6.230", conventional_15="5.580")
    for eighth in range(10):
        make_loan(
            f"HP-{eighth}",
            officer=olivia,
            branch=olivia.branch,
            note_rate=Decimal("6.375") + Decimal(eighth) / 8,
            original_amount=300_000 + eighth * 50_000,
        )
    make_loan("TP-1", officer=carl, branch=carl.branch, program="va", note_rate=Decimal("6.750"))
    matching.run(today)
    return today


def test_the_pages_hold_for_everybody(desk, book, ben, ada, cora, denver):
    Threshold.objects.create(branch=denver, family="va", spread="1.000", effective_from=book, by=ben, note="Fewer calls")
    for who in (ben, cora):
        desk.sign_in(who)
        desk.check(f"{PAGE}?spread=0.750", f"{NEARLY}?fall=1/4")
    desk.sign_in(ada)
    desk.check(
        PAGE,
        f"{PAGE}?family=va&balance_from=100000",
        f"{PAGE}?family=every&percent=35&revenue=10000",
        f"{PAGE}?family=usda",
        f"{PAGE}?branch={denver.pk}&family=va",
        NEARLY,
        f"{NEARLY}?fall=1/2&program=fha",
    )


def test_empty_pages_hold_too(desk, ada):
    # A test that commits empties the tables of what migrations loaded.
    ConformingLimit.objects.get_or_create(year=2026, area="", defaults={"amount": 832_750})
    desk.sign_in(ada)
    desk.check(PAGE, NEARLY)


def test_the_slider_follows_keys_and_keeps_the_focus(desk, book, ben):
    desk.sign_in(ben)
    page = desk.open(PAGE)
    page.evaluate("window.sameDocument = true")
    slider = page.get_by_label("Threshold", exact=True)
    expect(slider).to_have_value("0.625")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_role("heading", name="If you apply 0.750")).to_be_visible()
    page.wait_for_url("**spread=0.75**")
    expect(slider).to_be_focused()
    slider.press("ArrowRight")
    expect(page.get_by_role("heading", name="0.875 instead of 0.625")).to_be_visible()
    expect(page.locator(".tune-table tr.is-chosen th")).to_have_text("0.875")
    page.locator(".tune-table").get_by_role("link", name="1.250").click()
    expect(slider).to_have_value("1.25")
    assert page.evaluate("window.sameDocument")
    page.get_by_label("Contact to close, %").fill("40")
    page.get_by_label("Contact to close, %").press("Tab")
    expect(page.locator(".tune-worth")).to_contain_text("× 40% who close")
    page.get_by_role("link", name="Keep 0.625").click()
    expect(page.get_by_role("heading", name="0.625 counts now")).to_be_visible()


def test_the_thumb_stands_under_its_bar(desk, book, ben):
    desk.sign_in(ben)
    page = desk.open(f"{PAGE}?spread=1.250")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        slider, first, last = (
            page.locator(where).bounding_box() for where in ("#tune-spread", ".tune-bar >> nth=0", ".tune-bar >> nth=7")
        )
        assert abs(slider["x"] + 8 - (first["x"] + first["width"] / 2)) < 2
        assert abs(slider["x"] + slider["width"] - 8 - (last["x"] + last["width"] / 2)) < 2


def test_a_threshold_is_applied_and_undone(desk, book, ben):
    desk.sign_in(ben)
    page = desk.open(f"{PAGE}?spread=0.875")
    page.get_by_label("Why").fill("Fewer, better calls")
    page.get_by_role("button", name="Apply 0.875").click()
    expect(page.get_by_role("main")).to_contain_text("“Fewer, better calls”")
    expect(page.get_by_role("region", name="Past changes")).to_contain_text("to come")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("region", name="Past changes")).to_contain_text("never began")
    assert [row.spread for row in Threshold.objects.order_by("pk")] == [Decimal("0.875"), None]


def test_without_javascript_the_choices_are_links_and_the_form_has_its_button(desk, book, ben, browser, live_server):
    desk.sign_in(ben)
    cookies = desk.context.cookies()
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(cookies)
    page = plain.new_page()
    page.goto(f"{live_server.url}{PAGE}")
    page.locator(".tune-table").get_by_role("link", name="0.750").click()
    expect(page.get_by_role("heading", name="If you apply 0.750")).to_be_visible()
    page.get_by_label("Product").select_option("va")
    page.get_by_role("button", name="Show").first.click()
    expect(page.get_by_role("main")).to_contain_text("No active loan is among these.")
    plain.close()


def test_the_tabs_and_the_rows_of_those_nearly_there(desk, book, ben, press):
    desk.sign_in(ben)
    page = desk.open("/portfolio/")
    page.get_by_role("link", name="Nearly there").click()
    page.wait_for_url(f"**{NEARLY}")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_role("link", name="Falls by 1/2").click()
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("6.125%")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    assert len(download.value.path().read_text().splitlines()) == 5
    press("j", "Enter")
    page.wait_for_url("**/loans/HP-*/**")
    expect(page.locator("main")).to_contain_text("6.125")
