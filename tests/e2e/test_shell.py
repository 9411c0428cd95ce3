"""The frame around every page: theme, keys, dialogs, the phone's tabs."""

import pytest
from playwright.sync_api import expect

from accounts.models import Lender


@pytest.fixture
def expect_theme(desk):
    return lambda name: expect(desk.page.locator("html")).to_have_attribute("data-bs-theme", name)


def test_theme_follows_the_device_until_somebody_chooses(desk, ada, expect_theme):
    desk.sign_in(ada)
    page = desk.open("/profile/")
    expect_theme("light")
    page.emulate_media(color_scheme="dark")
    expect_theme("dark")
    page.locator("main").get_by_role("button", name="Light").click()
    expect_theme("light")
    desk.open("/people/")
    expect_theme("light")
    page.locator(".me summary").click()
    page.locator(".side").get_by_role("button", name="Device").click()
    expect_theme("dark")


def test_keys_move_through_rows_and_open_one(desk, ada, ben, olivia, press):
    desk.sign_in(ada)
    page = desk.open("/people/")
    press("j", "j", "k", "j")
    expect(page.locator("tr.is-current")).to_contain_text("Ben Castellano")
    press("Enter")
    expect(page.get_by_role("heading", name="Ben Castellano")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("heading", name="People")).to_be_visible()


def test_keys_go_places_and_keep_quiet_while_typing(desk, ada, press):
    desk.sign_in(ada)
    page = desk.open("/people/")
    press("/")
    expect(page.get_by_label("Name, e-mail or NMLS ID")).to_be_focused()
    page.keyboard.type("gr?j")
    expect(page.get_by_label("Name, e-mail or NMLS ID")).to_have_value("gr?j")
    expect(page.locator("#shortcuts")).to_be_hidden()
    press("Escape")
    press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    press("Escape")
    press("g", "r")
    page.wait_for_url("**/rates/")


def test_phone_has_tabs_and_a_sheet_with_the_rest(desk, ada):
    desk.sign_in(ada)
    desk.page.set_viewport_size({"width": 390, "height": 844})
    page = desk.open("/people/")
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    page.get_by_role("dialog").get_by_role("link", name="Branches").click()
    expect(page.get_by_role("heading", name="Branches")).to_be_visible()


def test_a_demo_says_so_on_every_page(desk, ada):
    Lender.objects.create(pk=1, name="Harbor Pine Mortgage", demo=True, demo_notice="Loans and people are invented.")
    desk.check("/accounts/login/")
    expect(desk.page.locator(".demo")).to_contain_text("invented")
    desk.sign_in(ada)
    expect(desk.open("/people/").locator(".demo")).to_contain_text("invented")


def test_shortcuts_and_sheet_hold_for_everybody(desk, ada):
    desk.sign_in(ada)
    page = desk.open("/profile/")
    page.keyboard.press("?")
    desk.check_here()
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="More").click()
    desk.check_here()
