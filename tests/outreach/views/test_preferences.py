"""Which messages a borrower gets: switched off by channel, or all at once, and it takes effect at once (R95, R107)."""

import re
from datetime import timedelta

import pytest

from outreach.models import Consent, Enrollment, Suppression
from tests.outreach import links


def text(response):
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.fixture
def preferences(link):
    return f"/p/{link.link_token}/"


def test_reading_it_changes_nothing(borrower, preferences, link):
    before = links.everything()
    page = borrower.get(preferences)
    assert page.status_code == 200
    assert page.content.decode().count(" checked") == 3
    assert links.everything() == before


def test_one_channel_is_switched_off(borrower, preferences, link):
    _, waiting = links.enroll(link)
    page = borrower.post(preferences, {"email": "on", "call": "on"}, follow=True)
    assert page.redirect_chain == [(preferences, 303)]
    assert [row.channel for row in Suppression.objects.all()] == ["sms"]
    assert "Text START to our number to have them back." in text(page)
    waiting.refresh_from_db()
    assert waiting.state == "skipped"
    assert Enrollment.objects.get().state == "active"


def test_the_borrowers_own_new_word_opens_email_and_calls_again_but_not_texts(borrower, preferences):
    borrower.post(preferences, {"call": "on"})
    borrower.post(preferences, {"email": "on", "sms": "on"})
    assert sorted(row.channel for row in Suppression.objects.all()) == ["call", "sms"]
    assert Consent.objects.filter(channel="email", act="granted", source="page").count() == 1


def test_everything_at_once(borrower, preferences, link):
    links.enroll(link)
    for _ in range(2):
        page = borrower.post(f"{preferences}all/", follow=True)
    assert "Done. You will get no more messages." in text(page)
    assert Suppression.objects.count() == Consent.objects.count() == 3
    assert Enrollment.objects.get().stop_reason == "opt_out"
    assert "Done. You will get no more messages." in text(borrower.get(f"/m/{link.link_token}/"))


def test_it_never_ends(borrower, preferences, link):
    link.__class__.objects.update(sent_at=links.NOW - timedelta(days=3000))
    assert borrower.get(preferences).status_code == 200
    borrower.post(f"{preferences}all/")
    assert Suppression.objects.count() == 3


def test_a_channel_without_an_address_is_not_listed(borrower, jonah):
    link = links.make_link(jonah, phone="")
    said = text(borrower.get(f"/p/{link.link_token}/"))
    assert "E-mail" in said
    assert "Texts" not in said


def test_following_the_link_of_the_button_does_nothing(borrower, preferences):
    before = links.everything()
    assert borrower.get(f"{preferences}all/").status_code == 405
    assert links.everything() == before
