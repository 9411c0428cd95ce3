"""One conversation step by step: planned, claimed, asked about, sent once, and what the rows say afterwards."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loans.models import Opportunity
from outreach.models import Attempt, CallTask, Enrollment, GateAnswer, Message, Touch
from outreach.services import sending, stopping, sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, borrower_of, open_desk, worth_writing_to

MONDAY = datetime(2026, 4, 27, 16, 0, tzinfo=UTC)


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia, "T-1")


def run(now: datetime) -> list[str]:
    """A minute of the desk: the sweep, then every ready touch; gives the states they are left in."""
    return [sending.send(pk, now=now) for pk in sweeping.sweep(now).ready]


def test_day_one_goes_out_on_the_day_of_the_match(row):
    assert run(FRIDAY) == ["accepted"]
    touch = Touch.objects.get()
    assert (touch.channel, touch.day, touch.provider, touch.sent_at) == ("email", 1, "sandbox", FRIDAY)
    message = Message.objects.get()
    assert message.from_address == "olivia.hart@example.com" or message.from_address == row.loan.officer.email
    assert message.to_address == borrower_of(row.loan).email
    assert "Your actual rate, payment, and costs could be higher" in message.html
    row.refresh_from_db()
    assert (row.status, row.last_contact_at) == ("contacting", FRIDAY)
    assert Enrollment.objects.get().day_one == date(2026, 4, 24)
    assert GateAnswer.objects.get().send
    assert Attempt.objects.get().outcome == "accepted"


def test_the_text_of_day_four_waits_for_a_business_day_at_ten(row):
    run(FRIDAY)
    assert run(FRIDAY + timedelta(hours=1)) == []
    text = Touch.objects.get(channel="sms")
    # Friday is day 1, so day 4 is Monday; ten in Denver is 16:00 UTC.
    assert (text.state, text.due_at) == ("scheduled", MONDAY)
    assert run(MONDAY) == ["accepted"]
    assert Message.objects.get(touch=text).text.endswith("Reply STOP to end texts.")


def test_the_whole_sequence_ends_completed(row):
    for days in range(16):
        run(FRIDAY + timedelta(days=days))
    assert list(Touch.objects.order_by("day").values_list("day", "state")) == [
        (1, "accepted"),
        (4, "accepted"),
        (10, "accepted"),
    ]
    assert Enrollment.objects.get().state == "completed"


def test_without_consent_the_text_becomes_a_call(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    worth_writing_to(olivia, texts=False)
    run(FRIDAY)
    assert run(MONDAY + timedelta(hours=1)) in ([], ["skipped"])
    run(MONDAY + timedelta(hours=2))
    assert Touch.objects.get(channel="sms").reason == "consent_missing"
    assert CallTask.objects.get().reason == "no_text_consent"
    assert Message.objects.filter(touch__channel="sms", touch__state="accepted").count() == 0


def test_a_stop_takes_back_what_waits(row):
    run(FRIDAY)
    run(FRIDAY + timedelta(minutes=1))
    stopped = stopping.stop([row.loan_id], stopping.Why.REPLY, at=FRIDAY + timedelta(hours=2))
    assert (len(stopped.enrollments), stopped.touches) == (1, 1)
    for days in range(1, 16):
        assert run(FRIDAY + timedelta(days=days)) == []
    assert Touch.objects.filter(state="accepted").count() == 1


@pytest.mark.parametrize("mode", ["off", "review"])
def test_nothing_goes_out_before_somebody_lets_it(db, olivia, cora, mode):
    set_market()
    open_desk(olivia.branch, approver=cora, mode=mode)
    worth_writing_to(olivia)
    for hours in (0, 1, 24):
        assert run(FRIDAY + timedelta(hours=hours)) == []
    assert Touch.objects.exclude(state="scheduled").count() == 0
    assert Enrollment.objects.count() == (0 if mode == "off" else 1)


def test_a_text_does_not_speak_of_an_email_that_bounced(row):
    run(FRIDAY)
    Touch.objects.filter(day=1).update(state="bounced")
    run(FRIDAY + timedelta(hours=1))
    assert run(MONDAY) == ["failed"]
    assert Touch.objects.get(channel="sms").reason == "cannot_fill"
    assert CallTask.objects.get().reason == "unreached"
