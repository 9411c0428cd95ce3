"""Writing by hand: stored first, sent once, through the gate, in the system's frame."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from loans.models import Opportunity
from loans.queries import opportunities
from outreach.models import Channel, ConsentSource, Desk, GateAnswer, Message, Reply, Suppression, Touch
from outreach.services import composing, consent, sweeping
from outreach.services.composing import CannotWrite, text_as_sent, write
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, borrower_of, open_desk, worth_writing_to

NIGHT = datetime(2026, 4, 25, 5, 0, tzinfo=UTC)
"""23:00 in Denver."""


@pytest.fixture
def row(db, olivia, cora) -> Opportunity:
    set_market()
    open_desk(olivia.branch, approver=cora, mode="off")
    return opportunities.visible(olivia).get(pk=worth_writing_to(olivia, "T-1").pk)


def send(row, by, channel=Channel.EMAIL, *, text="Hello Marisol", token="", now=FRIDAY, subject="Closing costs"):
    borrower = borrower_of(row.loan)
    return write(row, borrower, channel, subject=subject, text=text, by=by, token=token or composing.new_token(), now=now)


def replied(row, at=FRIDAY, channel="sms") -> Reply:
    borrower = borrower_of(row.loan)
    lookup = borrower.phone_lookup if channel == "sms" else borrower.email_lookup
    return Reply.objects.create(
        opportunity=row, borrower=borrower, channel=channel, text="Is this real?", at=at, sender_lookup=lookup
    )


def test_a_mail_goes_out_in_the_systems_frame(row, olivia):
    assert send(row, olivia, text="Hello Marisol,\n\nabout your question.\nDana").went
    touch, message = Touch.objects.get(), Message.objects.get()
    assert (touch.kind, touch.state, touch.written_by, touch.officer) == ("by_hand", "accepted", olivia, olivia)
    assert message.subject == "Closing costs"
    assert "about your question.<br />Dana" in message.html.replace("<br>", "<br />")
    assert "NMLS 9900417" in message.html
    assert "Equal Housing Opportunity" in message.html
    assert "Stop these e-mails" in message.text
    assert "about your question.\nDana" in message.text
    assert GateAnswer.objects.get().send
    row.refresh_from_db()
    assert (row.status, row.last_contact_at) == ("contacting", FRIDAY)


def test_what_is_typed_is_words_and_no_markup(row, olivia):
    send(row, olivia, subject="{{ note_rate }}", text="<b>7%</b> {{ officer_nmls }} {% comment %}")
    message = Message.objects.get()
    assert message.subject == "{{ note_rate }}"
    assert "&lt;b&gt;7%&lt;/b&gt; {{ officer_nmls }} {% comment %}" in message.html
    assert "<b>7%" not in message.html


@pytest.mark.parametrize(("words", "noticed"), [("You would save $365 a month", True), ("At 6.23%", True), ("Call me", False)])
def test_the_notice_stands_above_a_figure(row, olivia, words, noticed):
    send(row, olivia, text=words)
    assert ("could be higher" in Message.objects.get().html) is noticed


def test_a_text_has_the_way_out_unless_the_borrower_wrote_first(row, olivia):
    assert send(row, olivia, Channel.SMS, text="Call me").went
    assert Message.objects.get().text == "Call me Reply STOP to end texts."
    replied(row)
    send(row, olivia, Channel.SMS, text="It is real – call me")
    assert Message.objects.order_by("created_at").last().text == "It is real - call me"


def test_words_that_end_texts_already_get_no_second_line():
    assert text_as_sent("Text STOP to end", wrote_first=False) == "Text STOP to end"


def test_the_same_form_twice_is_one_message(row, olivia):
    token = composing.new_token()
    assert send(row, olivia, token=token).went
    assert send(row, olivia, token=token, text="Other words").went
    assert (Touch.objects.count(), Message.objects.count(), GateAnswer.objects.count()) == (1, 1, 1)
    assert "Other words" not in Message.objects.get().text


def test_what_the_gate_refuses_does_not_go_later(row, olivia):
    sent = send(row, olivia, Channel.SMS, now=NIGHT)
    assert not sent.went
    assert "Next allowed" in sent.why
    assert Touch.objects.get().state == "skipped"
    swept = sweeping.sweep(NIGHT + timedelta(hours=12))
    assert swept.ready == []
    row.refresh_from_db()
    assert (row.status, row.last_contact_at) == ("new", None)


def test_a_halted_desk_holds_hand_written_words_too(row, olivia):
    Desk.objects.create(pk=1, halted_at=FRIDAY, halted_because="A test")
    sent = send(row, olivia)
    assert (sent.state, sent.why) == ("skipped", "On: A test")
    Desk.objects.update(halted_at=None)
    assert sweeping.sweep(FRIDAY + timedelta(minutes=6)).ready == []


def test_an_opted_out_borrower_gets_nothing_by_hand(row, olivia):
    lookup = bytes(borrower_of(row.loan).email_lookup)
    consent.revoke({"email": lookup}, source=ConsentSource.OFFICER, at=FRIDAY)
    assert Suppression.objects.count() == 1
    assert send(row, olivia).state == "skipped"
    assert not Touch.objects.filter(state="accepted").exists()


def test_no_text_without_consent_unless_they_wrote(db, olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    found = worth_writing_to(olivia, texts=False)
    row = opportunities.visible(olivia).get(pk=found.pk)
    assert send(row, olivia, Channel.SMS).why.startswith("No written consent")
    replied(row)
    assert send(row, olivia, Channel.SMS).went


def test_answering_deals_with_what_waits_but_not_with_a_doubt(row, olivia):
    words, doubt = replied(row), replied(row)
    Reply.objects.filter(pk=doubt.pk).update(reading="doubtful")
    send(row, olivia)
    words.refresh_from_db()
    doubt.refresh_from_db()
    assert (words.handled_by, doubt.handled_at) == (olivia, None)


def test_without_an_officer_nobody_writes(row, olivia):
    row.loan.officer = None
    with pytest.raises(CannotWrite, match="no officer"):
        send(row, olivia)
    assert Touch.objects.count() == 0


def test_a_mail_without_the_officers_license_number_is_refused_in_words(row, olivia):
    type(olivia).objects.filter(pk=olivia.pk).update(nmls_id="")
    with pytest.raises(CannotWrite, match="no NMLS ID"):
        send(row, olivia)
    assert (Touch.objects.count(), Message.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_send_one_message(olivia, cora):
    set_market()
    open_desk(olivia.branch, approver=cora)
    row = opportunities.visible(olivia).get(pk=worth_writing_to(olivia).pk)
    token, states = composing.new_token(), []

    def press() -> None:
        try:
            states.append(send(row, olivia, token=token).state)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(4)]
    for one in presses:
        one.start()
    for one in presses:
        one.join(30)
    assert len(states) == 4
    assert Touch.objects.get().state == "accepted"
    assert GateAnswer.objects.count() == 1
