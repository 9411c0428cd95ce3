"""The officer's desk for conversations in a real browser: wide and on a phone, light and dark, by mouse and by key."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from loans.models import Engagement, Opportunity
from loans.services import progress
from outreach.models import InboxItem, Message
from outreach.services import enrolling, sending, stopping, sweeping
from tests.loans.rows import set_market
from tests.outreach.desk_rows import alert_of, call_to_make, replied
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=True):
        yield


@pytest.fixture
def marisol(olivia, cora) -> Opportunity:
    """Somebody who was written to, read the estimate and replied; and a few others around her."""
    set_market(FRIDAY.date() - timedelta(days=8), conventional_30="6.300", conventional_15="5.650")
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    row = worth_writing_to(olivia, "T-1")
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    for pk in sweeping.sweep(FRIDAY).ready:
        sending.send(pk, now=FRIDAY)
    stopping.stop([row.loan_id], stopping.Why.REPLY, at=FRIDAY)
    reply = replied(row, "Hi Olivia, is this real? What would closing costs be? I'm free after 9.")
    with transaction.atomic():
        progress.engaged(row.pk, Engagement.REPLIED, at=FRIDAY, text=reply.text)
    call_to_make(row)
    alert_of(row, olivia, reply.text, reply=reply)
    bo = worth_writing_to(olivia, "T-2", name=("Bo", "Bell"), original_amount=700_000, texts=False)
    enrolling.start(bo.pk, by=olivia, now=FRIDAY)
    sweeping.sweep(FRIDAY)
    progress.noticed(bo.pk, Engagement.CLICKED, at=FRIDAY)
    item = InboxItem.objects.create(source="twilio", kind="replied", dedupe_key="doubt", received_at=FRIDAY)
    replied(bo, "Please stop emailing my wife.", reading="doubtful", item=item)
    return row


def test_the_pages_hold_for_everybody(desk, marisol, olivia):
    desk.sign_in(olivia)
    desk.check(
        "/today/",
        "/hot-list/",
        "/replies/",
        "/calls/",
        reverse("outreach:conversation", args=[marisol.pk]),
        reverse("outreach:write", args=[marisol.pk, "sms"]),
        reverse("loans:opportunity", args=[marisol.pk]),
    )


def test_a_text_by_key_and_the_news_above_it(desk, marisol, olivia, press):
    desk.sign_in(olivia)
    page = desk.open(reverse("loans:opportunity", args=[marisol.pk]))
    expect(page.locator("#news")).to_contain_text("Marisol Vega replied")
    expect(page.locator("#next-touch")).to_contain_text("Stopped: the borrower replied")
    press("t")
    dialog = page.get_by_role("dialog", name="Text to Marisol Vega")
    expect(dialog).to_contain_text("What would closing costs be?")
    desk.check_here()
    dialog.get_by_label("Message").fill("About $6,564. May I call at nine?")
    dialog.get_by_role("button", name="Send").click()
    expect(page.locator(".messages")).to_contain_text("Kept in the sandbox. Nothing went to Marisol Vega.")
    assert Message.objects.filter(text__isnull=False, touch__kind="by_hand").count() == 1
    expect(page.locator("#timeline")).to_contain_text("Text by hand sent")
    expect(page.locator("#news .news-line")).to_have_count(0)


def test_a_key_that_comes_before_htmx_has_taken_up_the_button_opens_the_whole_dialog(desk, marisol, olivia, press):
    desk.sign_in(olivia)
    page = desk.open(reverse("loans:opportunity", args=[marisol.pk]))
    expect(page.locator("#write [hx-get][data-key=t]")).to_be_visible()
    page.evaluate("const write = document.querySelector('#write'); write.innerHTML = write.innerHTML")
    press("t")
    expect(page.get_by_role("dialog", name="Text to Marisol Vega")).to_contain_text("What would closing costs be?")


def test_a_note_is_begun_by_key_and_its_words_are_no_keys(desk, marisol, olivia, press):
    desk.sign_in(olivia)
    page = desk.open(reverse("loans:opportunity", args=[marisol.pk]))
    expect(page.locator("#next-touch")).to_contain_text("Stopped: the borrower replied")
    press("n")
    note = page.get_by_label("Note", exact=True)
    expect(note).to_be_focused()
    page.keyboard.type("Spouse says evenings")
    expect(note).to_have_value("Spouse says evenings")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_keys_lead_to_the_pages(desk, marisol, olivia, press):
    desk.sign_in(olivia)
    page = desk.open("/today/")
    press("g", "i")
    page.wait_for_url("**/replies/")
    press("g", "h")
    page.wait_for_url("**/hot-list/")
    press("g", "t")
    page.wait_for_url("**/today/")
    expect(page.locator("[data-count=inbox]").first).to_have_text("2")
