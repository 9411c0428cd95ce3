"""Writing by hand: the last words above, one message a form, and the gate's reason where it does not go."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from loans.models import Opportunity
from outreach.models import Message, Touch
from tests.loans.rows import set_market
from tests.outreach.desk_rows import alert_of, replied
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora)
    return worth_writing_to(olivia, "T-1")


def address(row, channel="sms"):
    return reverse("outreach:write", args=[row.pk, channel])


def filled(page, text="Call me, please.", **more):
    html = page.content.decode()
    token = re.search(r'name="token" value="([^"]+)"', html).group(1)
    to = re.search(r'name="to" value="(\d+)"', html).group(1)
    return {"token": token, "to": to, "text": text} | more


def test_the_last_words_stand_above_and_the_answer_goes(as_user, row, olivia):
    officer = as_user(olivia)
    reply = replied(row, "What would closing costs be?")
    alert = alert_of(row, olivia, reply=reply)
    page = officer.get(address(row))
    assertContains(page, "What would closing costs be?")
    assertContains(page, "The borrower wrote first, so nothing is added.")
    sent = officer.post(address(row), filled(page))
    assertRedirects(sent, reverse("loans:opportunity", args=[row.pk]), fetch_redirect_response=False)
    assert [said.message for said in get_messages(sent.wsgi_request)] == ["Kept in the sandbox. Nothing went to Marisol Vega."]
    assert Message.objects.get().text == "Call me, please."
    reply.refresh_from_db()
    alert.refresh_from_db()
    assert reply.handled_by == olivia
    assert alert.seen_at == FRIDAY


def test_a_second_press_sends_nothing(as_user, row, olivia):
    officer = as_user(olivia)
    form = filled(officer.get(address(row, "email")), subject="Your question")
    assert officer.post(address(row, "email"), form).status_code == 302
    assert officer.post(address(row, "email"), form).status_code == 302
    assert Touch.objects.count() == 1


@pytest.mark.parametrize("change", [{"text": ""}, {"text": "x" * 460}, {"token": "forged"}, {"to": "0"}])
def test_what_is_wrong_is_said_and_nothing_goes(as_user, row, olivia, change):
    officer = as_user(olivia)
    answer = officer.post(address(row), filled(officer.get(address(row))) | change)
    assert answer.status_code == 422
    assert Touch.objects.count() == 0


def test_a_form_serves_one_person_and_one_channel(as_user, row, olivia, ben):
    form = filled(as_user(olivia).get(address(row)), subject="Your question")
    assert as_user(ben).post(address(row), form).status_code == 422
    assert as_user(olivia).post(address(row, "email"), form).status_code == 422
    assert Touch.objects.count() == 0


def test_at_night_the_gate_says_until_when_and_the_words_stay(as_user, row, olivia):
    with time_machine.travel(datetime(2026, 4, 25, 5, 0, tzinfo=UTC), tick=False):
        officer = as_user(olivia)
        page = officer.get(address(row))
        assertContains(page, "It does not go at this hour. Texts from")
        form = filled(page)
        answer = officer.post(address(row), form)
        assert answer.status_code == 422
        assertContains(answer, "Not sent.", status_code=422)
        assertContains(answer, "Next allowed", status_code=422)
        assertContains(answer, "Call me, please.", status_code=422)
        assert filled(answer)["token"] != form["token"]
    assert Touch.objects.get().state == "skipped"
    later = as_user(olivia).post(address(row), filled(answer))
    assert later.status_code == 302
    assert Touch.objects.filter(state="accepted").count() == 1


def test_without_consent_there_is_no_form(as_user, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    row = worth_writing_to(olivia, texts=False)
    page = as_user(olivia).get(address(row))
    assertContains(page, "No written consent to texts is on file.")
    assertNotContains(page, "<textarea")
    assert as_user(olivia).post(address(row), {"text": "Hello", "to": "1", "token": "x"}).status_code in (200, 422)
    assert Touch.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("carl", 404), ("oscar", 404), ("pia", 403), ("cora", 403)])
def test_others_do_not_write(request, as_user, row, olivia, who, status):
    form = filled(as_user(olivia).get(address(row)))
    other = as_user(request.getfixturevalue(who))
    assert other.get(address(row)).status_code == status
    assert other.post(address(row), form).status_code == status
    assert Touch.objects.count() == 0


def test_there_are_two_channels(as_user, row, olivia):
    assert as_user(olivia).get(address(row, "call")).status_code == 404
    assert as_user(olivia).get(address(row, "fax")).status_code == 404


def test_in_the_dialog_it_is_a_part(as_user, row, olivia):
    part = as_user(olivia).get(address(row, "email"), headers={"HX-Request": "true"})
    assertNotContains(part, "<html")
    assertContains(part, "data-close")
