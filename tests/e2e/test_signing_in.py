"""Signing in, with and without a second factor, and the invitation, in a browser."""

from allauth.mfa.totp.internal import auth
from playwright.sync_api import expect

from tests.factories import PASSWORD


def code_of(secret: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))


def fill_in(page, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_pages_before_sign_in_hold_for_everybody(desk):
    desk.check("/accounts/login/", "/accounts/password/reset/", "/accounts/signup/")


def test_olivia_signs_in_and_out(desk, olivia):
    page = desk.open("/")
    fill_in(page, olivia.email, PASSWORD)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_said_and_the_address_stays(desk, olivia):
    page = desk.open("/accounts/login/")
    fill_in(page, olivia.email, "something else")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("E-mail")).to_have_value(olivia.email)


def test_a_second_factor_is_set_up_and_then_asked_for(desk, olivia):
    page = desk.open("/accounts/login/")
    fill_in(page, olivia.email, PASSWORD)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    desk.open("/accounts/2fa/")
    page.get_by_role("link", name="Set up").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    desk.check_here()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    desk.check("/accounts/2fa/totp/activate/")
    page.get_by_label("Code").fill(code_of(page.get_by_label("Or type this secret into it").input_value()))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    desk.check(
        "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/2fa/totp/deactivate/",
    )
    desk.context.clear_cookies()
    desk.open("/accounts/login/")
    fill_in(page, olivia.email, PASSWORD)
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    desk.check("/accounts/2fa/authenticate/")


def test_an_invitation_leads_to_a_first_sign_in(desk, ada, denver):
    desk.sign_in(ada)
    page = desk.open("/people/invite/")
    page.get_by_label("E-mail").fill("Nora.Quinn@example.com")
    page.get_by_label("Name").fill("Nora Quinn")
    page.get_by_label("Branch").select_option("Denver")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Link to hand over").input_value()
    desk.context.clear_cookies()
    page.goto(link)
    desk.check(page.url.removeprefix(desk.url))
    for field in page.locator("input[type=password]").all():
        field.fill("brass kettle on the porch")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("link", name="Sign in").click()
    fill_in(page, "nora.quinn@example.com", "brass kettle on the porch")
    expect(page.locator(".me-name")).to_have_text("Nora Quinn")
