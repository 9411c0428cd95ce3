"""Calls that are agreed on: a place in an officer's day is given once, and a booking ends the sequence (R47, R52)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from accounts.models import User
from loans.models import Opportunity
from outreach.models import Alert, Appointment, Enrollment, TouchEvent
from outreach.queries import estimate
from outreach.services import booking
from outreach.services.booking import CannotBook, SlotTaken
from tests.outreach import links
from tests.outreach.links import NOW, PHONE

NOON = NOW.replace(hour=18)
MONDAY = NOON + timedelta(days=3)


@pytest.fixture
def jonah(denver):
    links.make_lender()
    return links.make_officer(denver)


@pytest.fixture
def link(jonah):
    return links.make_link(jonah)


@pytest.fixture
def maria(link):
    return estimate.visit(link.link_token)


@pytest.fixture
def robin(link, jonah):
    """Somebody else whose officer is Jonah."""
    other = links.make_link(
        jonah, "robinslink22", name=("Robin", "Ashe"), email="robin@example.com", phone="+13035550199", market=None
    )
    return estimate.visit(other.link_token)


def from_calendly(link, kind, external_id="c-1", starts_at=MONDAY, **more):
    more = {"opportunity_id": link.opportunity_id, "at": NOW, "starts_at": starts_at} | more
    return booking.from_vendor("calendly", external_id, kind, **more)


def test_a_booking_ends_the_sequence_and_tells_the_officer(maria, link, jonah):
    enrollment, waiting = links.enroll(link)
    row = booking.book(maria, NOON, phone=PHONE, at=NOW)
    assert (row.officer, row.starts_at, row.ends_at, row.source) == (jonah, NOON, NOON + timedelta(minutes=15), "page")
    assert Appointment.objects.get().phone == PHONE
    enrollment.refresh_from_db()
    waiting.refresh_from_db()
    assert (enrollment.stop_reason, waiting.state) == ("booking", "skipped")
    assert Opportunity.objects.get().status == "appointment"
    alert = Alert.objects.get()
    assert (alert.kind, alert.text) == ("booked", "Friday, April 24, 12:00 PM, Mountain Time")


def test_the_same_booking_twice_is_one(maria):
    first = booking.book(maria, NOON, phone=PHONE, at=NOW)
    assert booking.book(maria, NOON, phone=PHONE, at=NOW).pk == first.pk
    assert Alert.objects.count() == Appointment.objects.count() == 1


def test_another_time_moves_the_call_and_frees_the_first(maria, robin):
    first = booking.book(maria, NOON, phone=PHONE, at=NOW)
    moved = booking.book(maria, MONDAY, phone=PHONE, at=NOW)
    assert moved.pk == first.pk
    assert booking.book(robin, NOON, phone="+13035550199", at=NOW).starts_at == NOON
    assert Alert.objects.filter(kind="booked").count() == 3


def test_a_time_that_is_taken_is_refused_and_still_stops_the_sequence(maria, robin):
    booking.book(maria, NOON, phone=PHONE, at=NOW)
    links.enroll(robin.touch)
    with pytest.raises(SlotTaken):
        booking.book(robin, NOON, phone="+13035550199", at=NOW)
    assert Appointment.objects.count() == 1
    assert Enrollment.objects.get(opportunity=robin.touch.opportunity).stop_reason == "confirmed_click"
    assert TouchEvent.objects.filter(touch=robin.touch, kind="times", confirmed=True).exists()


@pytest.mark.parametrize(
    "starts_at",
    [NOW, NOW + timedelta(hours=1), NOON + timedelta(minutes=10), NOON + timedelta(days=1), NOON + timedelta(days=60)],
    ids=("now", "too soon", "off the grid", "saturday", "far away"),
)
def test_only_offered_times_are_given(maria, starts_at):
    with pytest.raises(SlotTaken):
        booking.book(maria, starts_at, phone=PHONE, at=NOW)
    assert not Appointment.objects.exists()


def test_an_officer_who_left_is_not_booked(link, jonah):
    User.objects.filter(pk=jonah.pk).update(is_active=False)
    with pytest.raises(CannotBook):
        booking.book(estimate.visit(link.link_token), NOON, phone=PHONE, at=NOW)
    assert not Appointment.objects.exists()


def test_canceling_twice_is_once_and_frees_the_time(maria, robin):
    booking.book(maria, NOON, phone=PHONE, at=NOW)
    assert booking.cancel(maria, at=NOW)
    assert not booking.cancel(maria, at=NOW)
    assert maria.touch.opportunity.__class__.objects.get(pk=maria.touch.opportunity_id).status == "engaged"
    assert Alert.objects.filter(kind="canceled").count() == 1
    booking.book(robin, NOON, phone="+13035550199", at=NOW)
    assert Appointment.objects.filter(state="booked").count() == 1


def test_nothing_to_cancel_tells_nobody(maria):
    assert not booking.cancel(maria, at=NOW)
    assert not Alert.objects.exists()


# At a vendor's


def test_a_vendors_booking_told_twice_is_one(link, jonah):
    links.enroll(link)
    for _ in range(2):
        row = from_calendly(link, "booked")
    assert (row.officer, row.starts_at, row.ends_at) == (jonah, MONDAY, MONDAY + timedelta(minutes=15))
    assert Appointment.objects.count() == Alert.objects.count() == 1
    assert Enrollment.objects.get().stop_reason == "booking"


def test_a_vendor_that_gives_a_moved_booking_a_new_id(link):
    from_calendly(link, "booked")
    from_calendly(link, "rescheduled", "c-2", MONDAY + timedelta(hours=1), replaces="c-1")
    assert list(Appointment.objects.order_by("external_id").values_list("external_id", "state")) == [
        ("c-1", "canceled"),
        ("c-2", "booked"),
    ]
    assert Opportunity.objects.get().status == "appointment"
    assert not Alert.objects.filter(kind="canceled").exists()


def test_a_vendor_that_keeps_the_id_of_a_moved_booking(link):
    from_calendly(link, "booked")
    from_calendly(link, "rescheduled", starts_at=MONDAY + timedelta(hours=1))
    assert Appointment.objects.get().starts_at == MONDAY + timedelta(hours=1)
    assert Alert.objects.count() == 2


def test_a_cancellation_counts_once_and_is_not_undone_by_late_news(link):
    from_calendly(link, "booked")
    for _ in range(2):
        from_calendly(link, "canceled")
    from_calendly(link, "booked")
    assert Appointment.objects.get().state == "canceled"
    assert Alert.objects.filter(kind="canceled").count() == 1
    assert Opportunity.objects.get().status == "engaged"


def test_a_cancellation_of_something_unknown_is_nothing(link):
    assert from_calendly(link, "canceled") is None
    assert not Appointment.objects.exists()
    assert not Alert.objects.exists()


def test_a_vendors_booking_takes_the_time_and_is_not_changed_here(maria, robin, link):
    from_calendly(link, "booked")
    with pytest.raises(SlotTaken):
        booking.book(robin, MONDAY, phone="+13035550199", at=NOW)
    with pytest.raises(CannotBook, match="booked elsewhere"):
        booking.book(maria, NOON, phone=PHONE, at=NOW)
    assert not booking.cancel(maria, at=NOW)
    assert Appointment.objects.get().state == "booked"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_want_the_same_time_at_once_one_gets_it(jonah, maria, robin):
    start, outcomes = threading.Barrier(2), []

    def want(seen, phone):
        try:
            start.wait(10)
            booking.book(seen, NOON, phone=phone, at=NOW)
            outcomes.append("booked")
        except SlotTaken:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=want, args=who) for who in ((maria, PHONE), (robin, "+13035550199"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["booked", "taken"]
    assert Appointment.objects.filter(state="booked", starts_at=NOON).count() == 1
