"""The weekly report in a browser: light, dark, on a phone, printed, and from a number to its rows."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Lender
from reports.domain import weeks
from tests.loans.rows import set_market
from tests.reports import rows


@pytest.fixture
def month(db, olivia, oscar, ben):
    """Four weeks before the present one, with everything that a page can show."""
    lender = Lender.objects.create(pk=1, name="Harbor Pine", time_zone="America/Denver")
    week = weeks.last_complete(timezone.now(), lender.zone)
    of = rows.sequence("3 in 5 days refinance")
    for back in range(4):
        monday = week.back(back).monday
        noon = week.back(back).begins(lender.zone) + timedelta(days=2, hours=12)
        set_market(monday + timedelta(days=3), conventional_30=f"6.{23 + back * 7}0")
        for n, officer in enumerate((olivia, oscar) * 5):
            row = rows.opened(officer, monday)
            touch = rows.sent(row, noon, run=rows.enrolled(row, of, noon))
            rows.told(touch, "clicked", confirmed=n % 2 == 0)
            if n < 3:
                rows.replied(row, noon, handled_at=noon + timedelta(minutes=30 * n))
            if n == 3:
                rows.booked(row, noon)
            if n > 6:
                rows.opted_out(row, noon + timedelta(hours=1))
    rows.opened(None, week.monday, branch=ben.branch)
    return week


def test_the_report_holds_wide_and_on_a_phone_light_and_dark(desk, month, ben):
    desk.sign_in(ben)
    desk.check("/reports/weekly/", "/reports/weekly/rows/sent/", "/reports/weekly/rows/identified/?span=twelve")


def test_from_a_number_to_its_rows_and_back(desk, month, ben):
    desk.sign_in(ben)
    page = desk.open("/reports/weekly/")
    large = page.locator(".funnel .large td")
    expect(large.first).to_have_text("11")
    large.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Opportunities identified 11")
    expect(page.locator("tbody tr")).to_have_count(11)
    page.get_by_role("link", name="Weekly report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly report")


def test_the_alarm_reads_and_pauses_and_the_filters_narrow(desk, month, ben, oscar):
    desk.sign_in(ben)
    page = desk.open("/reports/weekly/")
    expect(page.locator(".alarm")).to_contain_text("12 of 40 borrowers in 12 weeks, 30.0%.")
    page.get_by_label("Officer", exact=True).select_option(label=oscar.name)
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".funnel .large td").first).to_have_text("5")
    page.get_by_role("link", name="Clear").click()
    page.get_by_role("link", name="Week before").click()
    expect(page.locator(".funnel .large td").first).to_have_text("10")
    page.get_by_role("button", name="Pause this sequence").click()
    expect(page.get_by_text("It begins no more conversations.")).to_be_visible()


def test_the_first_week_and_an_empty_desk_hold(desk, ben, olivia):
    Lender.objects.create(pk=1, name="Harbor Pine", time_zone="America/Denver")
    desk.sign_in(ben)
    desk.check("/reports/weekly/")
    rows.opened(olivia, weeks.last_complete(timezone.now(), Lender.current().zone).monday)
    desk.check("/reports/weekly/")


def test_on_paper_it_has_its_numbers_and_no_buttons(desk, month, ben):
    desk.sign_in(ben)
    page = desk.open("/reports/weekly/")
    page.emulate_media(media="print")
    expect(page.locator(".funnel .large td").first).to_be_visible()
    expect(page.get_by_role("button", name="Pause this sequence")).to_be_hidden()
    expect(page.get_by_role("link", name="Download CSV")).to_be_hidden()
