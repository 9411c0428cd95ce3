"""Vendors' doors: what is genuine is kept once and answered at once, what is forged leaves no trace."""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from standardwebhooks import Webhook

from outreach.models import Appointment, InboxItem, Reply, Suppression, TouchEvent
from outreach.services import applying
from refidetect.kit import clock
from tests.outreach.conversations import address_of, as_body, event, opportunity, touch, under_way
from tests.stand_ins import SendGridStandIn, TwilioStandIn

LOS_SECRET = "whsec_" + base64.b64encode(b"a secret of the tests, 32 bytes.").decode()
EVENTS, INBOUND = "/webhooks/sendgrid/events/", "/webhooks/sendgrid/inbound/"


@pytest.fixture
def sendgrid(settings):
    vendor = SendGridStandIn()
    settings.SENDGRID_WEBHOOK_PUBLIC_KEY = vendor.public_key
    return vendor


@pytest.fixture
def twilio(settings):
    vendor = TwilioStandIn()
    settings.TWILIO_AUTH_TOKEN = vendor.auth_token
    settings.PUBLIC_BASE_URL = "https://desk.example.com"
    return vendor


def post(path, body, headers=None, kind="application/json"):
    return Client(enforce_csrf_checks=True).post(path, body, content_type=kind, headers=headers or {})


def post_events(vendor, events):
    body, headers = vendor.signed_events(events)
    return post(EVENTS, body, headers)


def post_form(vendor, path, fields, **signing):
    form = "&".join(f"{name}={value.replace('+', '%2B').replace(' ', '%20')}" for name, value in fields.items())
    headers = vendor.signed_form(f"https://desk.example.com{path}", fields, **signing)
    return post(path, form, headers, "application/x-www-form-urlencoded")


def apply():
    return applying.apply_waiting(clock.now() + timedelta(minutes=1))


def nothing_is_kept():
    return not any(model.objects.exists() for model in (InboxItem, TouchEvent, Reply, Suppression))


def test_a_signed_batch_is_kept_answered_and_then_applied(olivia, sendgrid):
    sent = touch(opportunity(olivia))
    assert post_events(sendgrid, [sendgrid.event("delivered", str(sent.pk))]).status_code == 204
    sent.refresh_from_db()
    assert sent.state == "accepted"
    assert apply() == 1
    sent.refresh_from_db()
    assert sent.state == "delivered"


def test_told_again_under_the_same_id_or_a_new_one_it_counts_once(olivia, sendgrid):
    sent = touch(opportunity(olivia))
    told = sendgrid.event("open", str(sent.pk))
    for _ in range(3):
        assert post_events(sendgrid, [told]).status_code == 204
    assert post_events(sendgrid, [told | {"sg_event_id": "another"}, told]).status_code == 204
    assert apply() == 1
    assert TouchEvent.objects.count() == 1


def test_what_is_kept_shows_no_address_to_whoever_reads_the_table(olivia, sendgrid):
    _row, sent, _ = under_way(olivia)
    post_events(sendgrid, [sendgrid.event("bounce", str(sent.pk), email=address_of(sent), reason="no such user")])
    raw = InboxItem.objects.values("dedupe_key", "semantic_key", "outcome", "kind", "source").get()
    assert address_of(sent) not in json.dumps(raw)


@pytest.mark.parametrize("fault", ["another body", "another key", "no signature", "no key set up", "stripped"])
def test_forged_it_is_answered_401_and_leaves_no_row_of_any_kind(olivia, sendgrid, settings, fault):
    sent = touch(opportunity(olivia))
    body, headers = sendgrid.signed_events([sendgrid.event("spamreport", str(sent.pk))])
    if fault == "another body":
        body = body.replace(b"spamreport", b"delivered!")
    elif fault == "another key":
        headers = SendGridStandIn().signed(body)
    elif fault == "no signature":
        headers = {}
    elif fault == "no key set up":
        settings.SENDGRID_WEBHOOK_PUBLIC_KEY = ""
    else:
        body = body.strip()
    assert post(EVENTS, body, headers).status_code == 401
    assert apply() == 0
    assert nothing_is_kept()


def test_a_signature_of_a_day_ago_is_as_good_as_new(olivia, sendgrid):
    sent = touch(opportunity(olivia))
    body, headers = sendgrid.signed_events([sendgrid.event("delivered", str(sent.pk))], int(time.time()) - 86_000)
    assert post(EVENTS, body, headers).status_code == 204
    assert apply() == 1


@pytest.mark.django_db
def test_signed_and_no_json_it_is_answered_400_and_not_kept(sendgrid):
    assert post(EVENTS, b"{", sendgrid.signed(b"{")).status_code == 400
    assert nothing_is_kept()


@pytest.mark.django_db
def test_a_door_is_for_posts_and_takes_no_more_than_it_should(client, sendgrid):
    assert client.get(EVENTS).status_code == 405
    assert post(EVENTS, b"x" * (5 * 1024 * 1024 + 1)).status_code == 413


def test_a_thousand_events_are_one_statement(olivia, sendgrid, django_assert_max_num_queries):
    sent = touch(opportunity(olivia))
    batch = [sendgrid.event("open", str(sent.pk), timestamp=1_777_000_000 + n) for n in range(1000)]
    body, headers = sendgrid.signed_events(batch)
    with django_assert_max_num_queries(2):
        assert post(EVENTS, body, headers).status_code == 204
    assert InboxItem.objects.count() == 1000


def mail(sender, token, words):
    source = (
        f"From: <{sender}>\r\nTo: r+{token}@reply.example.com\r\nSubject: Re: x\r\nMessage-ID: <a@b.example.com>\r\n\r\n{words}"
    )
    fields = {
        "email": source, "SPF": "pass", "envelope": json.dumps({"to": [f"r+{token}@reply.example.com"], "from": sender}),
    }  # fmt: skip
    parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    return ("".join(parts) + "--b--\r\n").encode(), 'multipart/form-data; boundary="b"'


def basic(password):
    return {"Authorization": "Basic " + base64.b64encode(f"inbound:{password}".encode()).decode()}


@pytest.mark.parametrize("proof", ["signature", "password"])
def test_a_mail_comes_in_by_signature_or_password(olivia, sendgrid, settings, proof):
    settings.SENDGRID_INBOUND_PASSWORD = "a password of the tests"
    row, sent, _ = under_way(olivia)
    body, kind = mail(address_of(sent), sent.link_token, "Yes, call me")
    headers = sendgrid.signed(body) if proof == "signature" else basic("a password of the tests")
    for _ in range(2):
        assert post(INBOUND, body, headers, kind).status_code == 204
    apply()
    assert (Reply.objects.get().text, Reply.objects.get().opportunity) == ("Yes, call me", row)


@pytest.mark.parametrize("given", [basic("wrong"), basic(""), {}, {"Authorization": "Basic !"}, {"Authorization": "Bearer x"}])
@pytest.mark.parametrize("password", ["right", ""])
def test_a_mail_without_proof_is_not_taken(olivia, settings, given, password):
    settings.SENDGRID_INBOUND_PASSWORD = password
    body, kind = mail("maria@example.com", "x", "STOP")
    assert post(INBOUND, body, given, kind).status_code == 401
    assert nothing_is_kept()


def test_a_text_is_answered_with_an_empty_twiml(olivia, twilio):
    _, sent, _ = under_way(olivia, "sms")
    fields = {"MessageSid": "SM1", "From": address_of(sent), "Body": "Call me please"}
    answer = post_form(twilio, "/webhooks/twilio/inbound/", fields)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml")
    assert answer.content.decode().endswith("<Response/>")
    apply()
    assert Reply.objects.get().text == "Call me please"


def test_the_state_of_a_text_finds_its_touch_by_the_signed_address_alone(olivia, twilio):
    row = opportunity(olivia)
    lost = touch(row, "sms", "unknown", provider_id="", sent_at=None)
    path = f"/webhooks/twilio/status/?touch={lost.pk}"
    fields = {"MessageSid": "SM9", "MessageStatus": "delivered", "To": address_of(lost)}
    assert post_form(twilio, path, fields).status_code == 204
    apply()
    lost.refresh_from_db()
    assert (lost.state, lost.provider_id) == ("delivered", "SM9")
    elsewhere = post(
        f"{path}x", "MessageSid=SM9&MessageStatus=failed", twilio.signed_form(f"https://desk.example.com{path}", fields),
        "application/x-www-form-urlencoded",
    )  # fmt: skip
    assert elsewhere.status_code == 401


def test_texts_without_a_genuine_signature_leave_nothing(olivia, twilio, settings):
    fields = {"MessageSid": "SM1", "From": "+13035550101", "Body": "STOP"}
    for path in ("/webhooks/twilio/inbound/", "/webhooks/twilio/status/"):
        assert post_form(twilio, path, fields, token="another").status_code == 401
    settings.TWILIO_AUTH_TOKEN = ""
    assert post_form(twilio, "/webhooks/twilio/inbound/", fields, token="").status_code == 401
    assert nothing_is_kept()


def test_the_old_token_counts_while_the_new_one_comes(olivia, twilio, settings):
    settings.TWILIO_AUTH_TOKEN_SECONDARY, settings.TWILIO_AUTH_TOKEN = twilio.auth_token, "the new one"
    fields = {"MessageSid": "SM1", "From": "+13035550101", "Body": "Hello"}
    assert post_form(twilio, "/webhooks/twilio/inbound/", fields).status_code == 200


def calcom(trigger, token, uid="booking-1"):
    starts = datetime(2026, 4, 28, 20, 0, tzinfo=UTC)
    payload = {
        "uid": uid, "startTime": starts.isoformat(), "endTime": (starts + timedelta(minutes=15)).isoformat(),
        "attendees": [{"email": "someone@example.com"}], "metadata": {"opp": token},
    }  # fmt: skip
    return as_body({"triggerEvent": trigger, "createdAt": "2026-04-27T16:00:00Z", "payload": payload})


def post_calcom(body, secret):
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return post("/webhooks/calcom/", body, {"X-Cal-Signature-256": signature})


def test_a_booking_elsewhere_is_an_appointment_here(olivia, settings):
    settings.CALCOM_SECRET = "calcom's"
    row, sent, waiting = under_way(olivia)
    body = calcom("BOOKING_CREATED", sent.link_token)
    assert post_calcom(body, "another").status_code == 401
    assert nothing_is_kept()
    assert [post_calcom(body, "calcom's").status_code for _ in range(2)] == [204, 204]
    apply()
    for changed in (row, waiting):
        changed.refresh_from_db()
    assert (Appointment.objects.get().opportunity, row.status, waiting.state) == (row, "appointment", "skipped")


def test_a_cancellation_that_comes_before_its_booking_waits_for_it(olivia, settings):
    settings.CALCOM_SECRET = "calcom's"
    _row, sent, _ = under_way(olivia)
    post_calcom(calcom("BOOKING_CANCELLED", sent.link_token), "calcom's")
    apply()
    post_calcom(calcom("BOOKING_CREATED", sent.link_token), "calcom's")
    apply()
    applying.apply_waiting(clock.now() + timedelta(hours=1))
    assert Appointment.objects.get().state == "canceled"
    assert not InboxItem.objects.filter(applied_at=None).exists()


def test_the_los_signs_what_it_posts(olivia, settings):
    settings.LOS_WEBHOOK_SECRET = LOS_SECRET
    row, _, waiting = under_way(olivia)
    body = as_body([event("application.submitted", row.loan_number), event("application.submitted", "unknown")])
    now = datetime.now(UTC)
    headers = {
        "webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(LOS_SECRET).sign("msg_1", now, body.decode()),
    }  # fmt: skip
    assert post("/webhooks/los/", body, headers | {"webhook-id": "msg_2"}).status_code == 401
    assert nothing_is_kept()
    answer = post("/webhooks/los/", body, headers)
    assert (answer.status_code, answer.json()) == (
        202, {"accepted": 1, "duplicates": 0, "rejected": [{"index": 1, "reason": "No such loan."}]},
    )  # fmt: skip
    assert post("/webhooks/los/", body, headers).json()["duplicates"] == 1
    apply()
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.status, waiting.state) == ("application", "skipped")
