"""The conversation on the page of an opportunity: the timeline, the next touch, consent, and what a person does about them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Opportunity
from outreach.models import Appointment, Enrollment, GateAnswer, Touch, TouchEvent
from outreach.services import consent, enrolling, sending, stopping, sweeping
from tests.loans.rows import set_market
from tests.outreach.desk_rows import alert_of, replied
from tests.outreach.rows import FRIDAY, borrower_of, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db
ACTS = ("start", "pause", "resume", "stop", "stop_now", "call_log")
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora, capacity=0)
    return worth_writing_to(olivia, "T-1")


def address(row, name="conversation"):
    return reverse(f"outreach:{name}", args=[row.pk])


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def run(now=FRIDAY) -> list[str]:
    return [sending.send(pk, now=now) for pk in sweeping.sweep(now).ready]


# Who


@pytest.mark.parametrize("who", ["olivia", "ben", "pia", "cora", "ada"])
def test_everybody_who_sees_the_loan_reads_it(request, as_user, row, who):
    assert as_user(request.getfixturevalue(who)).get(address(row)).status_code == 200


@pytest.mark.parametrize("who", ["oscar", "carl", "mona"])
def test_for_others_it_does_not_exist(request, as_user, row, who):
    enrolling.start(row.pk, by=row.loan.officer, now=FRIDAY)
    stranger = as_user(request.getfixturevalue(who))
    assert stranger.get(address(row)).status_code == 404
    for act in ACTS:
        assert stranger.post(address(row, act), {"outcome": "reached"}).status_code == 404
    assert Enrollment.objects.get().state == "active"


@pytest.mark.parametrize("who", ["pia", "cora"])
def test_those_who_read_do_not_act(request, as_user, row, who):
    reader = as_user(request.getfixturevalue(who))
    for act in ACTS:
        assert reader.post(address(row, act), {"outcome": "reached"}).status_code == 403
    assert Enrollment.objects.count() == 0
    assertNotContains(reader.get(address(row)), address(row, "start"))


def test_somebody_signed_out_is_asked_to_sign_in(client, row):
    assert client.get(address(row)).status_code == 302
    assert client.post(address(row, "start")).status_code == 302
    assert Enrollment.objects.count() == 0


# The timeline


def test_touches_replies_and_stops_stand_in_one_line_newest_first(as_user, row, olivia):
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    run()
    touch = Touch.objects.get()
    TouchEvent.objects.create(touch=touch, kind="opened", at=FRIDAY + timedelta(seconds=2), machine=True)
    TouchEvent.objects.create(touch=touch, kind="clicked", at=FRIDAY + timedelta(minutes=5), confirmed=True)
    reply = replied(row, "Hi Dana, is this <real>?", at=FRIDAY + timedelta(minutes=9))
    stopping.stop([row.loan_id], stopping.Why.REPLY, at=FRIDAY + timedelta(minutes=9))
    with time_machine.travel(FRIDAY + timedelta(minutes=9, seconds=4), tick=False):
        alert_of(row, olivia, reply=reply, acted_at=reply.at)
        answer = as_user(olivia).get(address(row))
    said = words(answer)
    order = ["Reply by text", "Looked at the estimate", "Opened by a machine", "Day 1 e-mail sent", "Opportunity opened"]
    places = [said.index(each) for each in order]
    assert places[0] < places[1] < places[2] < places[3]
    assert "Hi Dana, is this &lt;real&gt;?" in said
    assert "The officer was told in 4 seconds." in said
    assert "Not counted." in said
    assert "Stopped: the borrower replied" in said
    assert "Sandbox: kept here, sent to nobody." in said


def test_only_what_the_match_did_is_put_down_to_it(as_user, row, olivia):
    row.events.create(kind="applied", from_status="new", to_status="application")
    row.events.create(kind="lost", from_status="new", to_status="lost", by=olivia)
    client = as_user(olivia)
    page = client.get(f"/loans/{row.loan_number}/", follow=True)
    for said in (words(client.get(address(row))), words(page)):
        assert "Applied" in said
        assert "Applied By the match" not in re.sub(r"\d+:\d+ [AP]M ?", "", said)
        assert "By the match" in said


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        ("new", True),
        ("contacting", True),
        ("engaged", False),
        ("appointment", False),
        ("application", False),
    ],
)
def test_a_start_is_offered_only_where_it_can_be(as_user, row, olivia, status, offered):
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    stopping.stop([row.loan_id], stopping.Why.REPLY, at=FRIDAY)
    Opportunity.objects.filter(pk=row.pk).update(status=status)
    said = words(as_user(olivia).get(address(row)))
    assert "Nothing more goes out by the sequence" in said
    assert ("Start again" in said) == offered
    assert ("unless you start it again" in said) == offered


def test_times_are_the_borrowers(as_user, row, ada):
    replied(row, at=FRIDAY - timedelta(hours=15))
    # 16:30 UTC is 10:30 in Denver; fifteen hours before it is the evening of Thursday there.
    said = words(as_user(ada).get(address(row)))
    assert "Thu 7:30 PM" in said
    assert "10:30 AM in Denver. Calls and texts until" in said


def test_a_refusal_says_why_in_the_gates_words(as_user, row, olivia):
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    sweeping.sweep(FRIDAY)
    touch = Touch.objects.get()
    late = FRIDAY.replace(hour=5) + timedelta(days=1)
    assert sending.send(touch.pk, now=late) == "scheduled"
    assert not GateAnswer.objects.get().send
    said = words(as_user(olivia).get(address(row)))
    assert "Day 1 e-mail not sent yet" in said
    assert "Quiet hours:" in said


def test_a_booking_and_its_end_are_told(as_user, row, olivia):
    Appointment.objects.create(
        opportunity=row, officer=olivia, starts_at=FRIDAY + timedelta(days=4), ends_at=FRIDAY + timedelta(days=4, minutes=15),
        source="page", booked_at=FRIDAY, state="canceled", canceled_at=FRIDAY + timedelta(hours=1),
    )  # fmt: skip
    said = words(as_user(olivia).get(address(row)))
    assert "Call booked Tuesday, April 28, 10:30 AM." in said
    assert "Call canceled" in said


def test_an_empty_conversation_says_so(as_user, row, olivia):
    said = words(as_user(olivia).get(address(row)))
    assert "No conversation yet." in said
    assert "Start conversation" in said


# The next touch


def test_the_next_touch_is_shown_as_it_would_go(as_user, row, olivia):
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    sweeping.sweep(FRIDAY)
    before = Touch.objects.values().get()
    answer = as_user(olivia).get(address(row), headers=HTMX)
    said = words(answer)
    assert "Day 1 e-mail, 10:30 AM" in said
    assert "Marisol" in said
    assert "Preview" in said
    assertContains(answer, 'id="write" hx-swap-oob="true"')
    assertNotContains(answer, "<html")
    assert Touch.objects.values().get() == before


def test_a_channel_that_is_closed_has_no_button_but_a_reason(as_user, row, olivia):
    consent.revoke({"sms": bytes(borrower_of(row.loan).phone_lookup)}, source=consent.ConsentSource.OFFICER, at=FRIDAY)
    answer = as_user(olivia).get(address(row))
    assertNotContains(answer, reverse("outreach:write", args=[row.pk, "sms"]))
    assertContains(answer, reverse("outreach:write", args=[row.pk, "email"]))
    assert "Opted out" in words(answer)


# The acts


def test_start_pause_resume_and_stop_each_say_what_happened(as_user, row, olivia):
    officer = as_user(olivia)
    assertContains(officer.get(address(row, "start")), "begins")
    assert Enrollment.objects.count() == 0
    answer = officer.post(address(row, "start"))
    assertRedirects(answer, reverse("loans:opportunity", args=[row.pk]), fetch_redirect_response=False)
    sweeping.sweep(FRIDAY)
    found = Enrollment.objects.get()
    assert (found.started_by, found.state) == (olivia, "active")
    officer.post(address(row, "pause"))
    found.refresh_from_db()
    assert found.state == "paused"
    assert run() == []
    assertContains(officer.get(address(row)), "It will not go unless you resume.")
    officer.post(address(row, "resume"))
    found.refresh_from_db()
    assert found.state == "active"
    told = words(officer.get(address(row)))
    assert "Conversation paused Olivia Hart" in told
    assert "Conversation resumed Olivia Hart" in told
    assertContains(officer.get(address(row, "stop")), "is taken back")
    found.refresh_from_db()
    assert found.state == "active"
    page = officer.post(address(row, "stop"), follow=True)
    found.refresh_from_db()
    assert (found.state, found.stop_reason, found.ended_by) == ("stopped", "by_hand", olivia)
    assert Touch.objects.get().state == "skipped"
    assertContains(page, "1 planned message taken back.")


def test_starting_can_be_undone(as_user, row, olivia):
    officer = as_user(olivia)
    page = officer.post(address(row, "start"), follow=True)
    assertContains(page, f'action="{address(row, "stop_now")}"')
    officer.post(address(row, "stop_now"))
    assert Enrollment.objects.get().state == "stopped"
    assert run() == []


def test_what_can_not_begin_says_why(as_user, row, olivia):
    type(olivia.branch.outreach).objects.update(mode="off")
    page = as_user(olivia).post(address(row, "start"), follow=True)
    assertContains(page, "Outreach is off for the branch.")
    assert Enrollment.objects.count() == 0


def test_pausing_what_does_not_run_changes_nothing(as_user, row, olivia):
    page = as_user(olivia).post(address(row, "pause"), follow=True)
    assertContains(page, "This conversation was not running.")


# Its cost


def test_a_long_history_costs_no_more_queries(as_user, row, olivia, django_assert_max_num_queries):
    officer = as_user(olivia)
    enrolling.start(row.pk, by=olivia, now=FRIDAY)
    run()
    replied(row)
    officer.get(address(row), headers=HTMX)
    with django_assert_max_num_queries(26) as few:
        officer.get(address(row), headers=HTMX)
    for minutes in range(20):
        TouchEvent.objects.create(touch=Touch.objects.first(), kind="opened", at=FRIDAY + timedelta(minutes=minutes))
        replied(row, at=FRIDAY + timedelta(minutes=minutes))
    with django_assert_max_num_queries(len(few)):
        officer.get(address(row), headers=HTMX)


def test_the_page_of_the_opportunity_loads_it(as_user, row, olivia):
    page = as_user(olivia).get(reverse("loans:opportunity", args=[row.pk]))
    assertContains(page, f'hx-get="{address(row)}"')
    assertContains(page, f'href="{address(row)}"')
