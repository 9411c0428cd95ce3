"""Calendly, Cal.com and Standard Webhooks: whose bytes count, and what a booking means."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from outreach.adapters import calcom, calendly, standard_webhooks
from outreach.adapters.happenings import Kind

NOW = datetime(2026, 4, 24, 15, 0, tzinfo=UTC)


def calendly_body(event="invitee.created", **payload):
    given = {
        "uri": "https://api.calendly.com/scheduled_events/E1/invitees/I1",
        "email": "Dana@example.com",
        "name": "Dana Whitfield",
        "status": "active",
        "rescheduled": False,
        "old_invitee": None,
        "tracking": {"utm_source": "refi", "utm_content": "tok"},
        "scheduled_event": {
            "uri": "https://api.calendly.com/scheduled_events/E1",
            "start_time": "2026-04-28T16:00:00.000000Z",
            "end_time": "2026-04-28T16:30:00.000000Z",
        },
    }
    return json.dumps({"event": event, "created_at": "2026-04-24T14:59:00.000000Z", "payload": {**given, **payload}}).encode()


def calcom_body(trigger="BOOKING_CREATED", **payload):
    given = {
        "uid": "b1",
        "startTime": "2026-04-28T16:00:00Z",
        "endTime": "2026-04-28T16:30:00Z",
        "attendees": [{"email": "Dana@example.com", "name": "Dana Whitfield"}],
        "metadata": {"opp": "tok"},
        "status": "ACCEPTED",
    }
    return json.dumps({"triggerEvent": trigger, "createdAt": "2026-04-24T14:59:00Z", "payload": {**given, **payload}}).encode()


def calendly_signed(body, secret="key", at=NOW):
    time = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Calendly-Webhook-Signature": f"t={time},v1={digest}"}


def calcom_signed(body, secret="key"):
    return {"X-Cal-Signature-256": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_calendlys_signature_holds_for_exactly_its_bytes_and_five_minutes():
    body = calendly_body()
    headers = calendly_signed(body)
    assert calendly.verify("key", body, headers, NOW)
    assert calendly.verify("key", body, headers, NOW + timedelta(seconds=300))
    assert not calendly.verify("key", body, headers, NOW + timedelta(seconds=301))
    assert not calendly.verify("key", body, headers, NOW - timedelta(seconds=301))
    assert not calendly.verify("key", body + b"\n", headers, NOW)
    assert not calendly.verify("other", body, headers, NOW)
    assert not calendly.verify("", body, calendly_signed(body, ""), NOW)


@pytest.mark.parametrize("header", ["", "t=,v1=", "t=1e9,v1=x", "t=²,v1=x", "v1=abc", "t=9999999999999,v1=é", "nonsense"])
def test_nonsense_for_calendlys_signature_does_not_hold(header):
    assert not calendly.verify("key", b"{}", {"Calendly-Webhook-Signature": header}, NOW)


def test_calcoms_signature_holds_for_exactly_its_bytes():
    body = calcom_body()
    assert calcom.verify("key", body, calcom_signed(body), NOW)
    assert not calcom.verify("key", body + b"\n", calcom_signed(body), NOW)
    assert not calcom.verify("other", body, calcom_signed(body), NOW)
    assert not calcom.verify("", body, calcom_signed(body, ""), NOW)
    assert not calcom.verify("key", body, {"X-Cal-Signature-256": "no-secret-provided"}, NOW)
    assert not calcom.verify("key", body, {}, NOW)


@pytest.mark.parametrize(("parse", "body"), [(calendly.parse, calendly_body()), (calcom.parse, calcom_body())])
def test_a_booking_has_its_token_times_and_address(parse, body):
    booked = parse(body)
    assert (booked.kind, booked.token, booked.address) == (Kind.BOOKED, "tok", "dana@example.com")
    assert booked.starts_at == datetime(2026, 4, 28, 16, 0, tzinfo=UTC)
    assert booked.ends_at - booked.starts_at == timedelta(minutes=30)
    assert booked.at == datetime(2026, 4, 24, 14, 59, tzinfo=UTC)
    assert "dana" not in (repr(booked) + str(dict(booked.raw))).lower()


def test_a_moved_call_is_no_cancellation_at_calendly():
    old = "https://api.calendly.com/scheduled_events/E0/invitees/I0"
    left = calendly.parse(calendly_body("invitee.canceled", uri=old, rescheduled=True))
    moved = calendly.parse(calendly_body(old_invitee=old))
    assert (left.kind, moved.kind) == (Kind.IGNORED, Kind.RESCHEDULED)
    assert moved.replaces == left.external_id == old


def test_a_canceled_call_is_canceled():
    canceled = calendly.parse(calendly_body("invitee.canceled", status="canceled"))
    assert canceled.kind is Kind.CANCELED
    assert canceled.external_id == calendly.parse(calendly_body()).external_id
    assert calcom.parse(calcom_body("BOOKING_CANCELLED")).kind is Kind.CANCELED


def test_a_moved_call_at_calcom_names_the_former():
    moved = calcom.parse(calcom_body("BOOKING_RESCHEDULED", uid="b2", rescheduleUid="b1"))
    assert (moved.kind, moved.external_id, moved.replaces) == (Kind.RESCHEDULED, "b2", "b1")


def test_other_events_are_genuine_and_of_no_meaning():
    assert calendly.parse(calendly_body("routing_form_submission.created")).kind is Kind.IGNORED
    assert calcom.parse(calcom_body("MEETING_ENDED")).kind is Kind.IGNORED


@pytest.mark.parametrize(("parse", "body"), [(calendly.parse, calendly_body), (calcom.parse, calcom_body)])
def test_a_repeated_event_keeps_its_keys(parse, body):
    assert parse(body()) == parse(body())


def test_a_booking_and_its_cancellation_have_keys_of_their_own():
    assert calendly.parse(calendly_body()).dedupe_key != calendly.parse(calendly_body("invitee.canceled")).dedupe_key
    assert calcom.parse(calcom_body()).semantic_key != calcom.parse(calcom_body("BOOKING_CANCELLED")).semantic_key


_ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(_ANYTHING, _ANYTHING)
def test_any_json_is_read_without_an_error(value, other):
    for parse, body in ((calendly.parse, calendly_body), (calcom.parse, calcom_body)):
        assert parse(json.dumps(value).encode()) is None
        assert parse(body(scheduled_event=value, tracking=value, startTime=value, metadata=other, attendees=other, email=other))
        assert parse(b"\xff{") is None


SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def standard_headers(body, at=NOW, secret=SECRET):
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }


@time_machine.travel(NOW, tick=False)
def test_a_standard_webhook_holds_for_exactly_its_bytes_and_names_its_message():
    body = b'{"type":"application.submitted"}\n'
    assert standard_webhooks.verify(SECRET, body, standard_headers(body)) == (True, "msg_1")
    assert standard_webhooks.verify(f"whsec_AAAA {SECRET}", body, standard_headers(body)) == (True, "msg_1")
    assert standard_webhooks.verify(SECRET, body.strip(), standard_headers(body)) == (False, "")
    assert standard_webhooks.verify("whsec_AAAA", body, standard_headers(body)) == (False, "")
    assert standard_webhooks.verify("", body, standard_headers(body)) == (False, "")


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_early_standard_webhook_does_not_hold(minutes):
    assert standard_webhooks.verify(SECRET, b"{}", standard_headers(b"{}", NOW + timedelta(minutes=minutes))) == (False, "")


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,%", "v1,é", "v2,AAAA", "a,b,c", " "])
def test_nonsense_for_a_standard_signature_does_not_hold(signature):
    headers = {**standard_headers(b"{}"), "Webhook-Signature": signature}
    assert standard_webhooks.verify(SECRET, b"{}", headers) == (False, "")
    assert standard_webhooks.verify(SECRET, b"\xff", standard_headers(b"{}")) == (False, "")
    assert standard_webhooks.verify("whsec_é", b"{}", standard_headers(b"{}")) == (False, "")
