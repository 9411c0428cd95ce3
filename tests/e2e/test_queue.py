"""The queue and the page of an opportunity, in a browser."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Lender
from loans.domain import eligibility
from loans.models import Opportunity
from loans.services import acting, matching
from outreach.models import ConsentSource
from outreach.services import consent
from tests.loans.rows import make_loan, set_market

NAMES = (
    ("Theo", "Winslow"),
    ("Orla", "Tanaka"),
    ("Gideon", "Guerrero"),
    ("Hana", "Kowalczyk"),
    ("Mei", "Brannigan"),
    ("Anika", "Eastman"),
)


@pytest.fixture
def rows(olivia) -> list[Opportunity]:
    """Six of Olivia's, ranked as named; the market is today's."""
    today = Lender.current().today()
    set_market(today)
    for at, name in enumerate(NAMES):
        make_loan(
            f"T-{at}",
            officer=olivia,
            branch=olivia.branch,
            name=name,
            email=f"{name[0].lower()}@example.com",
            phone="+13035550142",
            original_amount=900_000 - at * 50_000,
            program="fha" if at == 2 else "conventional",
            origination_date=today - timedelta(days=700),
            first_payment_date=(today - timedelta(days=640)).replace(day=1),
            **({"amortization": "arm"} if at == 5 else {"note_rate": Decimal("7.500")}),
        )
    matching.run(today)
    return list(Opportunity.objects.order_by("loan_number"))


def test_the_pages_hold_for_everybody(desk, rows, ada, olivia):
    today = Lender.current().today()
    acting.snooze(rows[4], until=today + timedelta(days=30), by=olivia, today=today)
    acting.note(rows[0], text="Left a voicemail.", by=olivia)
    desk.sign_in(ada)
    desk.check(
        "/queue/",
        "/queue/?view=snoozed",
        "/queue/?program=fha&spread=0.5&order=-balance",
        "/queue/?q=nobody",
        f"/opportunities/{rows[0].pk}/",
        f"/opportunities/{rows[4].pk}/",
        f"/opportunities/{rows[5].pk}/",
        f"/opportunities/{rows[0].pk}/snooze/",
        f"/opportunities/{rows[0].pk}/archive/",
        "/loans/T-1/",
    )


def test_the_score_holds_and_its_preview_follows_what_is_typed(desk, rows, ada):
    desk.sign_in(ada)
    desk.check("/settings/score/", "/settings/score/change/", "/queue/?approach=proactive&order=score", "/keys/new/")
    page = desk.open("/settings/score/change/")
    page.get_by_label("Savings, points").fill("40")
    expect(page.locator("#preview")).to_contain_text("100 together; then the change shows here")
    page.get_by_label("Equity, points").fill("25")
    expect(page.locator("#preview tbody tr")).to_have_count(6)
    page.get_by_label("Why").fill("More weight to equity")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Savings 50 → 40")).to_be_visible()


def test_who_has_opted_out_is_marked_once_the_page_stands(desk, rows, olivia):
    person = rows[1].loan.borrowers.get()
    consent.opt_out({"email": person.email_lookup}, source=ConsentSource.PAGE, at=timezone.now(), borrower=person)
    desk.sign_in(olivia)
    page = desk.open("/queue/")
    mark = page.locator(f"[data-mark='{rows[1].pk}']")
    expect(mark).to_have_text("opted out")
    expect(page.locator("[data-mark]").filter(has_text="opted out")).to_have_count(1)
    desk.check_here()


def test_an_empty_desk_holds(desk, ada, olivia):
    desk.sign_in(ada)
    desk.check("/queue/")


def test_filters_narrow_without_loading_the_page_and_stay_in_the_address(desk, rows, olivia):
    desk.sign_in(olivia)
    page = desk.open("/queue/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Program").select_option("FHA")
    expect(page.locator("table.queue tbody tr")).to_have_count(1)
    assert page.url.endswith("/queue/?program=fha")
    page.get_by_label("Name or loan number").type("gid")
    page.wait_for_url("**/queue/?q=gid&program=fha")
    expect(page.get_by_label("Name or loan number")).to_be_focused()
    page.locator("main").get_by_role("link", name="Clear").click()
    expect(page.locator("table.queue tbody tr")).to_have_count(6)
    page.get_by_role("link", name="Balance").click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Balance")
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(page.locator("th[aria-sort]")).to_contain_text("Balance")


def test_going_back_shows_the_whole_page_as_it_was(desk, rows, olivia):
    desk.sign_in(olivia)
    page = desk.open("/queue/")
    expect(page.locator(".side [data-count=queue]")).to_have_text("6")
    page.get_by_label("Program").select_option("FHA")
    expect(page.locator("table.queue tbody tr")).to_have_count(1)
    page.go_back()
    expect(page.locator("table.queue tbody tr")).to_have_count(6)
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    page.get_by_role("link", name="Hana Kowalczyk", exact=True).click()
    page.go_back()
    expect(page.locator("table.queue tbody tr")).to_have_count(6)


def test_keys_select_unfold_open_and_lead_on(desk, rows, olivia, press):
    desk.sign_in(olivia)
    page = desk.open("/queue/")
    press("j", "x", "j")
    expect(page.locator(".bulk")).to_contain_text("1 selected")
    press("Space")
    detail = page.locator("tr.detail")
    expect(detail).to_contain_text("New 30-year")
    expect(detail.locator(".chip")).to_have_count(len(eligibility.RULES))
    desk.check_here()
    press("Space")
    expect(detail).to_have_count(0)
    press("Enter")
    expect(page.get_by_role("heading", name="Orla Tanaka")).to_be_visible()
    expect(page.locator(".place")).to_contain_text("2 of 6")
    press("j")
    expect(page.get_by_role("heading", name="Gideon Guerrero")).to_be_visible()
    press("k", "k")
    expect(page.get_by_role("heading", name="Orla Tanaka")).to_be_visible()
    press("Escape")
    page.wait_for_url("**/queue/")


def test_ticked_rows_are_archived_from_a_dialog_and_undone(desk, rows, olivia, press):
    desk.sign_in(olivia)
    page = desk.open("/queue/")
    press("j", "x", "j", "x", "a")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Theo Winslow, Orla Tanaka")
    desk.check_here()
    dialog.get_by_label("Selling the home").check()
    dialog.get_by_role("button", name="Archive 2").click()
    expect(page.locator("table.queue tbody tr")).to_have_count(4)
    expect(page.get_by_role("status").last).to_contain_text("2 are archived.")
    desk.check_here()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("table.queue tbody tr")).to_have_count(6)


def test_one_is_snoozed_from_its_page(desk, rows, olivia, press):
    desk.sign_in(olivia)
    page = desk.open(f"/opportunities/{rows[0].pk}/")
    press("h")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Bring it back on")).to_be_focused()
    desk.check_here()
    dialog.get_by_role("button", name="Snooze").click()
    expect(page.locator(".opp-head")).to_contain_text("Snoozed")
    page.get_by_role("button", name="Bring back").click()
    expect(page.locator(".opp-head")).to_contain_text("New")


def test_the_chart_is_drawn_and_a_note_is_kept(desk, rows, olivia, press):
    desk.sign_in(olivia)
    page = desk.open(f"/opportunities/{rows[0].pk}/")
    expect(page.locator("canvas[data-drawn]")).to_have_count(1)
    press("n")
    page.get_by_label("Note").fill("Asked about costs.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".timeline")).to_contain_text("Asked about costs.")


def test_without_javascript_everything_still_works(desk, rows, olivia, browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1440, "height": 900})
    desk.sign_in(olivia)
    context.add_cookies(desk.context.cookies())
    page = context.new_page()
    page.goto(desk.url + "/queue/")
    page.get_by_label("Name or loan number").fill("theo")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("table.queue tbody tr")).to_have_count(1)
    page.get_by_label("Select Theo Winslow, T-0").check()
    page.get_by_role("button", name="Snooze").click()
    page.get_by_role("button", name="Snooze 1").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="Theo Winslow", exact=True).click()
    page.get_by_role("link", name="Archive").click()
    page.get_by_label("Not now").check()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("heading", name="Theo Winslow")).to_be_visible()
    context.close()
