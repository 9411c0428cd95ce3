"""A borrower's own words: whom they stop, what they close, who is told."""

from datetime import timedelta

import pytest
from django.conf import settings

from accounts.models import User
from loans.models import Engagement
from outreach.adapters.happenings import Kind
from outreach.models import Alert, CallTask, Consent, Enrollment, Message, Reply, Suppression, Touch
from outreach.services import alerting, applying, consent, inbox
from tests.outreach.conversations import (
    NOW,
    address_of,
    borrower,
    co_borrower,
    enrollment,
    lender,
    lookup,
    mail_from,
    opportunity,
    text_from,
    touch,
    under_way,
)


def apply(*items, at=NOW):
    inbox.keep(items, at)
    return applying.apply_waiting(at)


def closed():
    return {(one.channel, bytes(one.lookup)) for one in Suppression.objects.filter(doubtful=False)}


def test_words_stop_the_sequence_and_reach_the_officer_in_the_same_transaction(olivia):
    row, sent, waiting = under_way(olivia)
    apply(mail_from(address_of(sent), "Yes, what would it cost?", token=sent.link_token))
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, row.engagement) == ("engaged", Engagement.REPLIED)
    assert (waiting.state, waiting.reason) == ("skipped", "enrollment_stopped")
    assert Enrollment.objects.get().stop_reason == "reply"
    reply = Reply.objects.get()
    assert (reply.reading, reply.text, reply.opportunity, reply.borrower) == (
        "words", "Yes, what would it cost?", row, sent.borrower,
    )  # fmt: skip
    alert = Alert.objects.get()
    assert (alert.officer, alert.kind, alert.text, alert.reply) == (olivia, "reply", "Yes, what would it cost?", reply)
    assert (CallTask.objects.get().officer, CallTask.objects.get().reason) == (olivia, "replied")
    assert Suppression.objects.count() == 0


def test_a_second_reply_asks_for_one_call_only(olivia):
    _, sent, _ = under_way(olivia)
    apply(mail_from(address_of(sent), "Hello"), mail_from(address_of(sent), "Are you there?"))
    assert (Reply.objects.count(), Alert.objects.count(), CallTask.objects.count()) == (2, 2, 1)


@pytest.mark.parametrize("by", ["token", "token in capitals", "message id", "sender"])
def test_a_reply_finds_its_conversation(olivia, by):
    row, sent, _ = under_way(olivia)
    under_way(olivia)
    known = {
        "token": {"token": sent.link_token},
        "token in capitals": {"token": sent.link_token.upper()},
        "message id": {"in_reply_to": ("other@example.com", f"{sent.provider_id}@geopod.example.com")},
        "sender": {},
    }[by]
    sender = address_of(sent) if by == "sender" else "the.work.address@example.com"
    apply(mail_from(sender, "Call me", **known))
    assert Reply.objects.get().opportunity == row


def test_an_address_in_two_conversations_waits_for_a_person_and_stops_both(olivia):
    _, first, _ = under_way(olivia, email="shared@example.com")
    _, _second, _ = under_way(olivia, email="shared@example.com")
    apply(mail_from(address_of(first), "Call me"))
    assert Reply.objects.get().opportunity is None
    assert Alert.objects.count() == 0
    assert set(Enrollment.objects.values_list("state", flat=True)) == {"stopped"}


def test_a_touch_of_long_ago_is_no_conversation(olivia):
    _, sent, _ = under_way(olivia)
    Touch.objects.filter(pk=sent.pk).update(claimed_at=NOW - timedelta(days=91))
    apply(mail_from(address_of(sent), "Call me"))
    assert Reply.objects.get().opportunity is None


def test_a_stranger_stops_nobody_and_is_kept_for_a_person(olivia):
    under_way(olivia)
    apply(mail_from("stranger@example.com", "Hello?"))
    assert (Reply.objects.get().opportunity, Reply.objects.get().sender) == (None, "stranger@example.com")
    assert Enrollment.objects.get().state == "active"
    assert Alert.objects.count() == 0


def test_a_machines_answer_is_kept_and_stops_nothing(olivia):
    row, sent, _ = under_way(olivia)
    apply(mail_from(address_of(sent), "I am out of the office. Unsubscribe.", token=sent.link_token, automatic=True))
    row.refresh_from_db()
    assert (Reply.objects.get().reading, row.status, Enrollment.objects.get().state) == ("automatic", "contacting", "active")
    assert (Suppression.objects.count(), Alert.objects.count()) == (0, 0)


def test_a_mail_that_proves_nobody_is_kept_and_only_its_opt_out_counts(olivia):
    row, sent, _ = under_way(olivia)
    apply(mail_from(address_of(sent), "Please call me", authenticated=False))
    row.refresh_from_db()
    assert (Reply.objects.get().opportunity, row.status, Enrollment.objects.get().state) == (row, "contacting", "active")
    assert Alert.objects.count() == 0
    apply(mail_from(address_of(sent), "Unsubscribe me", authenticated=False))
    assert closed() == {("email", lookup(address_of(sent)))}
    assert Enrollment.objects.get().state == "stopped"


def test_stop_by_text_closes_texts_and_calls_and_is_confirmed_once(olivia):
    lender()
    row, sent, waiting = under_way(olivia, "sms")
    number = lookup(address_of(sent))
    apply(text_from(address_of(sent), "STOP"), text_from(address_of(sent), "stop!!"))
    assert closed() == {("sms", number), ("call", number)}
    waiting.refresh_from_db()
    assert waiting.state == "skipped"
    confirmation = Touch.objects.get(kind="confirmation")
    assert (confirmation.state, confirmation.channel, confirmation.due_at) == ("ready", "sms", NOW)
    assert confirmation.not_after == NOW + timedelta(minutes=5)
    message = Message.objects.get(touch=confirmation)
    assert message.text == "Harbor Pine: you will get no more texts from us. No reply is needed."
    assert message.to_address == address_of(sent)
    assert {alert.kind for alert in Alert.objects.all()} == {"opted_out"}
    row.refresh_from_db()
    assert row.status == "contacting"


def test_where_twilio_has_answered_we_do_not(olivia):
    _, sent, _ = under_way(olivia, "sms")
    apply(text_from(address_of(sent), "STOP", kind=Kind.OPTED_OUT, code="STOP"))
    assert ("sms", lookup(address_of(sent))) in closed()
    assert not Touch.objects.filter(kind="confirmation").exists()


def test_an_opt_out_by_mail_leaves_texts_as_they_are_and_confirms_nothing(olivia):
    _, sent, _ = under_way(olivia)
    apply(mail_from(address_of(sent), "unsubscribe me from these e-mails"))
    assert closed() == {("email", lookup(address_of(sent)))}
    assert not Touch.objects.filter(kind="confirmation").exists()


def test_words_for_everything_close_everything_the_person_has(olivia):
    _, sent, _ = under_way(olivia)
    person = sent.borrower
    apply(mail_from(person.email, "Leave me alone"))
    assert closed() == {
        ("email", lookup(person.email)), ("sms", lookup(person.phone)), ("call", lookup(person.phone)),
    }  # fmt: skip


def test_an_opt_out_takes_back_what_waits_for_the_address_in_every_conversation(olivia, carl):
    _, _sent, _ = under_way(olivia, "sms", phone="+13035550155")
    elsewhere = opportunity(carl, phone="+13035550155", name=("Other", "Name"))
    by_hand = touch(elsewhere, "sms", "ready")
    enrollment(elsewhere)
    apply(text_from("+13035550155", "Stop"))
    by_hand.refresh_from_db()
    assert (by_hand.state, by_hand.reason) == ("skipped", "suppressed")
    assert set(Enrollment.objects.values_list("state", "stop_reason")) == {("stopped", "opt_out")}


def test_the_co_borrowers_word_stops_the_household(olivia):
    row, sent, waiting = under_way(olivia)
    luis = co_borrower(row, email="luis@example.com", phone="+13035550199")
    apply(mail_from("luis@example.com", "Who is this?", token=sent.link_token))
    waiting.refresh_from_db()
    assert (waiting.state, Reply.objects.get().borrower) == ("skipped", luis)


def test_the_other_loan_of_the_same_person_stops_too(olivia):
    _, sent, _ = under_way(olivia, email="same@example.com")
    second, _, waiting = under_way(olivia, email="same@example.com")
    apply(mail_from("same@example.com", "Call me", token=sent.link_token))
    waiting.refresh_from_db()
    assert waiting.state == "skipped"
    second.refresh_from_db()
    assert second.status == "contacting"


def test_help_is_answered_once_a_day_and_stops_nothing(olivia):
    lender()
    _, sent, waiting = under_way(olivia, "sms")
    apply(text_from(address_of(sent), "HELP"), text_from(address_of(sent), "help"))
    said = Message.objects.get(touch__kind="confirmation").text
    assert said == "Harbor Pine, NMLS 9900112. Call (303) 555-0140. Reply STOP to end texts."
    waiting.refresh_from_db()
    assert (waiting.state, Alert.objects.count()) == ("scheduled", 0)


def test_start_takes_a_stop_back_where_a_written_consent_had_been(olivia):
    _, sent, _ = under_way(olivia, "sms")
    number = lookup(address_of(sent))
    consent.record("sms", number, "granted", source="file", at=NOW - timedelta(days=700))
    apply(text_from(address_of(sent), "STOP"))
    apply(text_from(address_of(sent), "START"), at=NOW + timedelta(hours=1))
    assert ("sms", number) not in closed()
    assert ("call", number) in closed()
    newest = Consent.objects.filter(channel="sms").order_by("-at").first()
    assert (newest.act, newest.source) == ("granted", "reply")


def test_start_alone_is_no_consent(olivia):
    _, sent, _ = under_way(olivia, "sms")
    apply(text_from(address_of(sent), "STOP"))
    apply(text_from(address_of(sent), "START"), at=NOW + timedelta(hours=1))
    assert ("sms", lookup(address_of(sent))) in closed()
    assert not Consent.objects.filter(act="granted").exists()


@pytest.fixture
def doubtful(olivia):
    row, sent, _ = under_way(olivia, "sms")
    consent.record("sms", lookup(address_of(sent)), "granted", source="file", at=NOW - timedelta(days=700), method="e-sign")
    apply(text_from(address_of(sent), "not interested"))
    return row, sent, Reply.objects.get()


def test_doubtful_words_hold_the_address_until_somebody_has_read_them(doubtful):
    _row, _sent, reply = doubtful
    assert reply.reading == "doubtful"
    held = Suppression.objects.filter(doubtful=True)
    assert {one.channel for one in held} >= {"sms"}
    assert Enrollment.objects.get().state == "stopped"
    assert Alert.objects.get().kind == "doubtful"
    assert not Touch.objects.filter(kind="confirmation").exists()


def test_read_as_no_opt_out_the_consent_of_before_stands_again_and_nothing_more(doubtful, olivia):
    _, _sent, reply = doubtful
    assert consent.settle_doubt(reply, is_opt_out=False, by=olivia, at=NOW)
    assert Suppression.objects.count() == 0
    newest = Consent.objects.filter(channel="sms").order_by("-at", "-pk").first()
    assert (newest.act, newest.source, newest.method, newest.by) == ("granted", "file", "e-sign", olivia)
    assert not Consent.objects.filter(channel="call", act="granted").exists()
    assert not consent.settle_doubt(reply, is_opt_out=True, by=olivia, at=NOW)
    assert Reply.objects.get().reading == "words"


def test_read_as_an_opt_out_every_channel_is_closed(doubtful, olivia):
    _, sent, reply = doubtful
    person = sent.borrower
    assert consent.settle_doubt(reply, is_opt_out=True, by=olivia, at=NOW)
    assert closed() == {
        ("email", lookup(person.email)), ("sms", lookup(person.phone)), ("call", lookup(person.phone)),
    }  # fmt: skip
    assert Reply.objects.get().reading == "opt_out"


def test_an_alert_goes_to_the_officer_of_today_and_to_the_managers_of_one_who_left(olivia, oscar, ben, ada):
    row, sent, _ = under_way(olivia)
    type(row.loan).objects.filter(pk=row.loan_id).update(officer=oscar)
    apply(mail_from(address_of(sent), "Hello"))
    assert [alert.officer for alert in Alert.objects.all()] == [oscar]
    User.objects.filter(pk=oscar.pk).update(is_active=False)
    apply(mail_from(address_of(sent), "Hello again"))
    assert Alert.objects.latest("pk").officer == ben


def test_an_alert_is_mailed_once_with_the_words_and_the_way_to_the_borrower(olivia, settings, mailoutbox):
    settings.SMTP_HOST = "smtp.example.com"
    row, sent, _ = under_way(olivia)
    apply(mail_from(address_of(sent), "What would it cost?"))
    assert (alerting.mail_waiting(NOW), alerting.mail_waiting(NOW)) == (1, 0)
    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("Marisol Vega replied", [olivia.email])
    for words in ("What would it cost?", "The sequence has stopped.", f"/opportunities/{row.pk}/", "(303) 555-"):
        assert words in mail.body
    assert borrower(row).email not in mail.body
    assert Alert.objects.get().mail == "sent"


def test_without_a_mail_server_an_alert_is_on_the_page_only(olivia, mailoutbox):
    assert settings.SMTP_HOST == ""
    _, sent, _ = under_way(olivia)
    apply(mail_from(address_of(sent), "Hello"))
    assert Alert.objects.get().mail == "none"
    assert mailoutbox == []
