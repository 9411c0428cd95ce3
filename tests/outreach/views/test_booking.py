"""Booking on the page, without a script: choose, book, move, cancel, and what is said when it can't be."""

import re
from datetime import date, timedelta

import pytest

from accounts.models import License
from outreach.models import Alert, Appointment, Enrollment
from tests.outreach import links
from tests.outreach.links import NOW, PHONE

NOON, ONE = "2026-04-24T18:00Z", "2026-04-24T19:00Z"


def text(response):
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.fixture
def taken(jonah, link):
    """Noon belongs to somebody else."""
    other = links.make_link(
        jonah, "robinslink22", name=("Robin", "Ashe"), email="robin@example.com", phone="+13035550199", market=None
    )
    starts_at = NOW + timedelta(hours=2)
    return Appointment.objects.create(
        opportunity=other.opportunity,
        officer=jonah,
        touch=other,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=15),
        source="page",
        phone="+13035550199",
        booked_at=NOW,
    )


def test_times_are_the_borrowers_and_the_zone_is_named(borrower, address):
    page = borrower.get(address)
    said = text(page)
    assert "15 minutes by phone. No papers needed. Times are Mountain Time." in said
    assert "Jonah calls the number ending 0188." in said
    assert "3035550188" not in re.sub(r"\D", "", said)
    assert page.content.decode().count('type="radio"') == 12


def test_a_home_in_another_zone_has_its_own_hours(borrower, jonah):
    License.objects.create(officer=jonah, state="FL", expires_on=date(2027, 12, 31))
    link = links.make_link(jonah, property_state="FL", property_zip="33602")
    said = text(borrower.get(f"/m/{link.link_token}/?times=all"))
    assert "Times are Eastern Time." in said
    assert "6:30 PM" in said
    assert "9:00 AM" not in said


def test_more_times_are_shown_without_a_script(borrower, address):
    body = borrower.get(f"{address}?times=all").content.decode()
    assert body.count('type="radio"') > 100


def test_booking_says_when_and_which_number(borrower, address, link):
    links.enroll(link)
    page = borrower.post(f"{address}book/", {"time": NOON, "phone": ""}, follow=True)
    said = text(page)
    assert page.redirect_chain == [(f"{address}#times", 303)]
    assert "Your call is booked Friday, April 24, 12:00 PM" in said
    assert "Jonah calls the number ending 0188." in said
    assert "Book this time" not in said
    assert Enrollment.objects.get().stop_reason == "booking"


def test_another_number_is_kept_as_it_is_dialed(borrower, address):
    said = text(borrower.post(f"{address}book/", {"time": NOON, "phone": "(303) 555-0177"}, follow=True))
    assert Appointment.objects.get().phone == "+13035550177"
    assert "the number ending 0177" in said


@pytest.mark.parametrize("phone", ["12", "call me", "555-0177"])
def test_what_is_no_number_is_asked_again(borrower, address, phone):
    page = borrower.post(f"{address}book/", {"time": NOON, "phone": phone})
    assert page.status_code == 422
    assert "Write a telephone number with its area code" in text(page)
    assert not Appointment.objects.exists()


def test_without_a_number_on_file_one_is_asked_for(borrower, jonah):
    link = links.make_link(jonah, phone="")
    address = f"/m/{link.link_token}/"
    assert "Number to call" in text(borrower.get(address))
    assert borrower.post(f"{address}book/", {"time": NOON}).status_code == 422
    borrower.post(f"{address}book/", {"time": NOON, "phone": "303 555 0188"})
    assert Appointment.objects.get().phone == PHONE


@pytest.mark.parametrize("time", ["", "noon", "2026-04-24T18:00"])
def test_no_time_is_asked_again(borrower, address, time):
    page = borrower.post(f"{address}book/", {"time": time})
    assert page.status_code == 422
    assert "Choose one of the times." in text(page)
    assert not Appointment.objects.exists()


def test_a_time_that_was_just_taken_says_so_and_is_not_offered(borrower, address, taken):
    page = borrower.post(f"{address}book/", {"time": NOON})
    assert page.status_code == 409
    assert "That time has just been taken. Choose another one." in text(page)
    assert NOON not in page.content.decode()
    assert Appointment.objects.get() == taken


def test_a_call_is_moved_by_choosing_again(borrower, address):
    borrower.post(f"{address}book/", {"time": NOON})
    page = borrower.get(f"{address}?times=all")
    assert "Choose another time" in text(page)
    assert ONE in page.content.decode()
    said = text(borrower.post(f"{address}book/", {"time": ONE}, follow=True))
    assert "Friday, April 24, 1:00 PM" in said
    assert Appointment.objects.count() == 1


def test_a_move_keeps_the_number_that_was_given(borrower, address):
    borrower.post(f"{address}book/", {"time": NOON, "phone": "(303) 555-0177"})
    borrower.post(f"{address}book/", {"time": ONE})
    assert Appointment.objects.get().phone == "+13035550177"


def test_canceling_offers_times_again(borrower, address):
    borrower.post(f"{address}book/", {"time": NOON})
    said = text(borrower.post(f"{address}cancel/", follow=True))
    assert "Your call is booked" not in said
    assert "Choose a time to talk" in said
    assert Alert.objects.filter(kind="canceled").count() == 1


def test_a_vendors_booking_is_changed_at_the_vendor(borrower, address, taken, link):
    Appointment.objects.update(opportunity=link.opportunity, source="calendly", external_id="c-1")
    said = text(borrower.get(address))
    assert "Your call is booked" in said
    assert "use the message that confirmed it" in said
    assert "Cancel the call" not in said
    assert "Book this time" not in said


def test_an_ended_link_books_nothing_new_and_still_cancels(borrower, address, link):
    borrower.post(f"{address}book/", {"time": "2026-04-27T18:00Z"})
    link.__class__.objects.update(sent_at=NOW - timedelta(days=60))
    said = text(borrower.get(address))
    assert "This link has ended" in said
    assert "Monday, April 27, 12:00 PM" in said
    borrower.post(f"{address}cancel/")
    assert Appointment.objects.get().state == "canceled"
    borrower.post(f"{address}book/", {"time": "2026-04-27T18:00Z"})
    assert Appointment.objects.filter(state="booked").count() == 0


@pytest.mark.parametrize("path", ["book", "cancel", "ask", "not-this-year", "never", "seen", "times"])
def test_following_a_link_to_an_act_does_nothing(borrower, address, path):
    before = links.everything()
    assert borrower.get(f"{address}{path}/").status_code == 405
    assert links.everything() == before


# A question


def test_a_question_is_sent_and_the_page_says_so(borrower, address):
    said = text(borrower.post(f"{address}ask/", {"question": "Is escrow included?"}, follow=True))
    assert "Your question is sent. Jonah answers by e-mail." in said
    assert Alert.objects.get().text == "Is escrow included?"


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001])
def test_an_empty_or_endless_question_is_not(borrower, address, question):
    before = links.everything()
    assert borrower.post(f"{address}ask/", {"question": question}).status_code == 422
    assert links.everything() == before


def test_a_program_that_fills_every_field_sends_nothing(borrower, address):
    before = links.everything()
    assert borrower.post(f"{address}ask/", {"question": "Cheap pills", "website": "https://example.com"}).status_code == 303
    assert links.everything() == before


def test_enough_questions_for_a_day(borrower, address):
    for count in range(5):
        borrower.post(f"{address}ask/", {"question": f"Question {count}"})
    page = borrower.post(f"{address}ask/", {"question": "Another"})
    assert page.status_code == 429
    assert "Call Jonah at (303) 555-0142" in text(page)
