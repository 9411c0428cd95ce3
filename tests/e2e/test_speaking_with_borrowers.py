"""The manager's and compliance officer's pages in a browser: readable, within the screen, and the framed mail runs nothing."""

import time_machine

from outreach.models import Desk as Switch
from outreach.models import Mode, Touch
from outreach.services import sending, sweeping, switching
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to


def converse(olivia, cora) -> Touch:
    """One message that went out, one that waits; both of Olivia's."""
    set_market()
    open_desk(olivia.branch, approver=cora)
    worth_writing_to(olivia, "T-1", name=("Marisol", "Vega"))
    for pk in sweeping.sweep(FRIDAY).ready:
        sending.send(pk, now=FRIDAY)
    sent = Touch.objects.get()
    open_desk(olivia.branch, approver=cora, mode=Mode.REVIEW)
    worth_writing_to(olivia, "T-2", name=("Orla", "Tanaka"))
    sweeping.sweep(FRIDAY)
    return sent


def test_every_page_reads_well_wide_and_on_a_phone(desk, olivia, cora, ada):
    sent = converse(olivia, cora)
    branch = olivia.branch_id
    with time_machine.travel(FRIDAY, tick=True):
        desk.sign_in(ada)
        desk.check(
            "/outreach/",
            f"/outreach/branches/{branch}/",
            "/outreach/domains/",
            "/outreach/texts/",
            "/going-out/",
            "/going-out/hold/",
            "/outbox/",
            f"/outbox/{sent.pk}/",
            "/sequences/",
            "/sequences/day-1-4-10-refinance/?loan=T-1",
            "/sequences/day-1-4-10-refinance/edit/",
        )


def test_what_compliance_reads_is_readable_too(desk, olivia, cora):
    sent = converse(olivia, cora)
    with time_machine.travel(FRIDAY, tick=True):
        desk.sign_in(cora)
        desk.check(
            "/replay/",
            f"/replay/{sent.pk}/",
            "/consents/",
            "/consents/new/",
            "/consents/file/",
            "/do-not-contact/",
            "/halt/",
        )


def test_the_halt_stands_on_every_page(desk, olivia, cora, ada):
    switching.halt(by=ada, because="A wrong rate", now=FRIDAY)
    desk.sign_in(ada)
    page = desk.open("/queue/")
    page.wait_for_selector(".halted")
    assert "A wrong rate" in page.inner_text(".halted")
    assert page.inner_text("#sending-word").strip() == "Halted"
    desk.check_here()
    page.click(".halted a")
    page.click("text=Let sending go on >> nth=-1")
    page.wait_for_selector("#sending-word:has-text('Sending on')")
    assert not Switch.current().halted


def test_the_mail_is_shown_in_a_frame_that_runs_nothing(desk, olivia, cora):
    sent = converse(olivia, cora)
    with time_machine.travel(FRIDAY, tick=True):
        desk.sign_in(olivia)
        page = desk.open(f"/outbox/{sent.pk}/")
        frame = page.frame_locator("iframe")
        assert "Marisol" in frame.locator("body").inner_text()
        assert page.get_attribute("iframe", "sandbox") == ""
