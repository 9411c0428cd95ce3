"""Unsubscribing from e-mail: one press in the mail program (RFC 8058), or one button on a page, for ever (R95, R98)."""

from datetime import timedelta

import pytest

from outreach.models import Consent, Enrollment, Suppression
from tests.outreach import links


@pytest.fixture
def unsubscribe(link):
    return f"/u/{link.link_token}/"


def test_a_scanner_that_follows_the_link_unsubscribes_nobody(borrower, unsubscribe):
    before = links.everything()
    page = borrower.get(unsubscribe)
    assert page.status_code == 200
    assert page.content.decode().count("<button") == 1
    assert links.everything() == before


def test_one_press_in_the_mail_program(borrower, unsubscribe, link):
    links.enroll(link)
    page = borrower.post(unsubscribe, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert page.status_code == 200
    assert not page.cookies
    row = Consent.objects.get()
    assert (row.channel, row.act, row.source, row.touch) == ("email", "revoked", "one_click", link)
    assert Suppression.objects.get().channel == "email"
    assert Enrollment.objects.get().stop_reason == "opt_out"


def test_as_a_form_of_parts_which_some_programs_send(borrower, unsubscribe):
    assert borrower.post(unsubscribe, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Consent.objects.get().source == "one_click"


def test_the_button_on_the_page(borrower, unsubscribe):
    page = borrower.post(unsubscribe)
    assert page.status_code == 200
    assert "Done. You will get no more e-mails from us." in page.content.decode()
    assert Consent.objects.get().source == "page"
    assert "Done. You will get no more e-mails from us." in borrower.get(unsubscribe).content.decode()


def test_pressed_twice_it_is_once(borrower, unsubscribe):
    for _ in range(2):
        borrower.post(unsubscribe, {"List-Unsubscribe": "One-Click"})
    assert Consent.objects.count() == Suppression.objects.count() == 1


def test_years_later_it_still_works(borrower, unsubscribe, link):
    link.__class__.objects.update(sent_at=links.NOW - timedelta(days=3650))
    borrower.post(unsubscribe, {"List-Unsubscribe": "One-Click"})
    assert Suppression.objects.exists()


def test_a_link_of_nobody_unsubscribes_nobody(borrower, link):
    before = links.everything()
    assert borrower.post("/u/7k2qxmwp3nhz/", {"List-Unsubscribe": "One-Click"}).status_code == 404
    assert links.everything() == before
