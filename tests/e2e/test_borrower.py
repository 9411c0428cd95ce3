"""The borrower's page in a browser: readable for everybody, in any light, and only a person counts as one (R52)."""

import time

import pytest
import time_machine
from playwright.sync_api import expect

from outreach.models import Appointment, Enrollment, Reply, Suppression, TouchEvent
from tests.outreach import links


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(links.NOW, tick=True):
        yield


@pytest.fixture
def link(desk, denver):
    links.make_lender()
    return links.make_link(links.make_officer(denver))


@pytest.fixture
def address(link):
    return f"/m/{link.link_token}/"


def eventually(true, seconds=8):
    """Waits until something holds in the database."""
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.1)
    return true()


def confirmed(kind):
    return TouchEvent.objects.filter(kind=kind, confirmed=True).exists()


def test_every_page_holds_for_everybody(desk, link, address):
    desk.check(address, f"{address}?times=all", f"{address}?rate=x", f"/p/{link.link_token}/", f"/u/{link.link_token}/")
    desk.expected = ("404",)
    desk.check("/m/nobodyslink2/")


def test_every_state_holds_for_everybody(desk, link, address):
    page = desk.open(address)
    page.get_by_role("radio", name="11:30 AM").first.check()
    page.get_by_role("button", name="Book Monday, April 27, 11:30 AM").click()
    expect(page.get_by_role("heading", name="Your call is booked")).to_be_visible()
    page.get_by_label("Your question").fill("Is escrow included?")
    page.get_by_role("button", name="Send question").click()
    expect(page.get_by_text("Your question is sent.")).to_be_visible()
    desk.check(address)
    desk.open(address)
    page.get_by_role("button", name="Not this year").click()
    expect(page.get_by_role("heading", name="Done. Nothing about this loan for a year.")).to_be_visible()
    desk.check(address)
    page.get_by_role("link", name="Unsubscribe from all messages").click()
    page.get_by_role("button", name="Unsubscribe from all messages").click()
    expect(page.get_by_role("heading", name="Done. You will get no more messages.")).to_be_visible()
    desk.check_here()
    assert (Appointment.objects.count(), Reply.objects.count(), Suppression.objects.count()) == (1, 1, 3)


def test_at_twice_the_size_nothing_is_lost(desk, address):
    # Twice the size on a laptop is half its width in CSS pixels.
    desk.page.set_viewport_size({"width": 640, "height": 400})
    page = desk.open(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    expect(page.get_by_role("button", name="Book this time")).to_be_visible()
    desk.check_here()
    # Only the letters larger, as a phone's own setting makes them.
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_visit_without_a_hand_counts_for_nothing(desk, link, address):
    links.enroll(link)
    page = desk.open(address)
    page.evaluate(
        """() => { for (const kind of ["pointerdown", "touchstart", "keydown", "click"])
             document.querySelector("[data-times]:not(body)").dispatchEvent(new Event(kind, {bubbles: true})) }"""
    )
    page.evaluate("window.scrollTo(0, 600)")
    page.wait_for_timeout(3000)
    assert [(event.kind, event.confirmed) for event in TouchEvent.objects.all()] == [("clicked", False)]
    assert Enrollment.objects.get().state == "active"


def test_a_hand_on_the_page_is_counted_and_stops_nothing(desk, link, address):
    links.enroll(link)
    desk.open(address).get_by_role("heading", level=1).click()
    assert eventually(lambda: confirmed("clicked"))
    desk.page.wait_for_timeout(500)
    assert not confirmed("times")
    assert Enrollment.objects.get().state == "active"


def test_tabbing_through_the_page_is_reading_it(desk, link, address, press):
    links.enroll(link)
    desk.open(address)
    press(*["Tab"] * 12)
    assert eventually(lambda: confirmed("clicked"))
    desk.page.wait_for_timeout(500)
    assert not confirmed("times")


def test_a_hand_on_a_time_stops_the_sequence(desk, link, address):
    links.enroll(link)
    desk.open(address).get_by_role("radio", name="11:30 AM").first.check()
    assert eventually(lambda: Enrollment.objects.get().state == "stopped")
    assert Enrollment.objects.get().stop_reason == "confirmed_click"
    assert TouchEvent.objects.filter(confirmed=True).count() == 2


def test_a_time_is_chosen_with_the_keyboard(desk, address, press):
    page = desk.open(address)
    page.get_by_role("radio").first.focus()
    press("ArrowDown", "Tab", "Enter")
    expect(page.get_by_role("heading", name="Your call is booked")).to_be_visible()
    assert Appointment.objects.count() == 1


def test_the_phones_bar_leads_to_the_times(desk, address):
    desk.page.set_viewport_size({"width": 390, "height": 844})
    page = desk.open(address)
    bar = page.get_by_role("link", name="Choose a time")
    expect(bar).to_be_in_viewport()
    bar.click()
    expect(page.get_by_role("heading", name="Choose a time to talk")).to_be_in_viewport()
    expect(bar).not_to_be_in_viewport()


def test_without_a_script_everything_is_there(browser, live_server, desk, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + address)
    page.get_by_role("radio", name="11:30 AM").first.check()
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="Your call is booked")).to_be_visible()
    page.get_by_role("button", name="Cancel the call").click()
    page.get_by_label("Rate, %").fill("6.75")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_text("Still an example, not an offer.")).to_be_visible()
    page.get_by_role("link", name="More times").click()
    assert page.get_by_role("radio").count() > 100
    assert context.cookies() == []
    context.close()
