"""SendGrid's real client against a stand-in: what is sent, and what each failure proves (R45)."""

import json
import threading
import time

import pytest

from outreach.adapters.channel import Accepted, Outcome, OutgoingEmail, ProviderError
from outreach.adapters.sendgrid import SendGridEmail
from tests.stand_ins import Behavior, SendGridStandIn, closed_address


@pytest.fixture
def vendor():
    with SendGridStandIn() as server:
        yield server


@pytest.fixture
def channel(vendor):
    return SendGridEmail("SG.key", vendor.base_url, read_seconds=0.4)


def email(touch_id="0b8f6a52", **more):
    given = {
        "to_address": "dana@example.com",
        "to_name": "Dana Whitfield",
        "from_address": "olivia@lender.example.com",
        "from_name": "Olivia Hart",
        "reply_to": "r+abc234@reply.example.com",
        "subject": "Your 2022 mortgage",
        "html": "<p>Hello</p>",
        "text": "Hello",
        "unsubscribe_url": "https://desk.example.com/u/tok",
        "unsubscribe_mailto": "u+tok@reply.example.com",
    }
    return OutgoingEmail(touch_id=touch_id, **{**given, **more})


def failure(channel, message=None):
    with pytest.raises(ProviderError) as caught:
        channel.send(message or email())
    return caught.value


def test_an_accepted_message_returns_the_vendors_id(vendor, channel):
    assert channel.send(email()) == Accepted("sendgrid", vendor.calls[0].provider_id)


def test_one_message_is_one_request_to_one_person(vendor, channel):
    channel.send(email())
    (call,) = vendor.requests
    assert (call.touch_id, call.to) == ("0b8f6a52", "dana@example.com")
    assert len(call.body["personalizations"]) == 1
    assert call.headers["authorization"] == "Bearer SG.key"
    assert call.body["from"] == {"email": "olivia@lender.example.com", "name": "Olivia Hart"}
    assert call.body["reply_to"] == {"email": "r+abc234@reply.example.com"}
    assert [part["type"] for part in call.body["content"]] == ["text/plain", "text/html"]


def test_every_message_can_be_unsubscribed_from_with_one_click(vendor, channel):
    channel.send(email())
    headers = vendor.calls[0].body["personalizations"][0]["headers"]
    assert headers["List-Unsubscribe"] == "<https://desk.example.com/u/tok>, <mailto:u+tok@reply.example.com>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_the_vendors_own_unsubscribe_and_click_tracking_stay_out(vendor, channel):
    channel.send(email())
    body = vendor.calls[0].body
    assert body["tracking_settings"]["subscription_tracking"] == {"enable": False}
    assert body["tracking_settings"]["click_tracking"] == {"enable": False, "enable_text": False}
    assert body["tracking_settings"]["open_tracking"] == {"enable": True}
    assert "asm" not in body
    assert "send_at" not in body


def test_what_the_vendor_keeps_for_years_names_no_person(vendor, channel):
    channel.send(email())
    body = vendor.calls[0].body
    assert body["personalizations"][0]["custom_args"] == {"touch_id": "0b8f6a52"}
    assert "custom_args" not in body
    assert body["categories"] == ["refi-touch"]


def test_a_name_or_subject_cannot_add_a_header(vendor, channel):
    channel.send(email(to_name="Dana\r\nBcc: x@example.com", subject="One\nTwo"))
    body = vendor.calls[0].body
    assert body["subject"] == "One Two"
    assert body["personalizations"][0]["to"][0]["name"] == "Dana Bcc: x@example.com"


def test_mail_that_is_no_marketing_has_no_unsubscribe_header(vendor, channel):
    channel.send(email(unsubscribe_url="", headers={"In-Reply-To": "<a@example.com>"}))
    assert vendor.calls[0].body["personalizations"][0]["headers"] == {"In-Reply-To": "<a@example.com>"}


def test_a_port_at_which_nobody_listens_proves_that_nothing_was_taken():
    error = failure(SendGridEmail("SG.key", closed_address()))
    assert error.outcome is Outcome.LATER


def test_a_name_that_does_not_resolve_proves_that_nothing_was_taken():
    assert failure(SendGridEmail("SG.key", "http://nowhere.invalid")).outcome is Outcome.LATER


def test_a_server_that_fails_at_tls_proves_that_nothing_was_taken(vendor):
    plain = vendor.base_url.replace("http://", "https://")
    assert failure(SendGridEmail("SG.key", plain, connect_seconds=1, read_seconds=1)).outcome is Outcome.LATER
    assert vendor.requests == []


def test_an_answer_that_takes_too_long_leaves_the_message_unknown(vendor, channel):
    vendor.then(Behavior(delay=1.0))
    before = time.monotonic()
    assert failure(channel).outcome is Outcome.UNKNOWN
    assert time.monotonic() - before < 0.9
    assert len(vendor.calls) == 1


def test_a_connection_that_breaks_after_the_request_leaves_the_message_unknown(vendor, channel):
    vendor.then(Behavior(drop=True))
    assert failure(channel).outcome is Outcome.UNKNOWN
    assert len(vendor.calls) == 1


def test_a_kept_connection_that_breaks_is_not_used_for_a_second_try(vendor, channel):
    channel.send(email("first"))
    vendor.then(Behavior(drop=True))
    assert failure(channel, email("second")).outcome is Outcome.UNKNOWN
    channel.send(email("third"))
    assert [call.touch_id for call in vendor.requests] == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (302, Outcome.PAUSE),
        (400, Outcome.REFUSED),
        (401, Outcome.PAUSE),
        (403, Outcome.PAUSE),
        (404, Outcome.PAUSE),
        (413, Outcome.REFUSED),
        (429, Outcome.LATER),
        (500, Outcome.UNKNOWN),
        (502, Outcome.UNKNOWN),
        (503, Outcome.UNKNOWN),
    ],
)
@pytest.mark.parametrize("html", [False, True])
def test_each_status_has_its_outcome_and_is_asked_once(vendor, channel, status, outcome, html):
    vendor.then(Behavior(status=status, html=html))
    error = failure(channel)
    assert (error.outcome, error.code) == (outcome, str(status))
    assert len(vendor.requests) == 1
    assert vendor.calls == []


def test_a_refused_address_is_told_from_a_refused_message(vendor, channel):
    vendor.then(Behavior(status=400, fault="personalizations.0.to.0.email"), Behavior(status=400, fault="from.email"))
    assert failure(channel).outcome is Outcome.BAD_ADDRESS
    assert failure(channel).outcome is Outcome.REFUSED


def test_too_many_requests_say_when_to_come_back(vendor, channel):
    reset = str(int(time.time()) + 30)
    vendor.then(Behavior(status=429, headers={"Retry-After": "7"}), Behavior(status=429, headers={"X-RateLimit-Reset": reset}))
    assert failure(channel).retry_after == 7.0
    assert 25 < failure(channel).retry_after <= 30


def test_an_error_repeats_no_address(vendor, channel):
    vendor.then(Behavior(status=400, fault="personalizations.0.to.0.email"), Behavior(drop=True))
    for error in (failure(channel), failure(channel)):
        assert "example.com" not in str(error)
        assert "dana" not in repr(error).lower()


def test_many_threads_share_one_channel(vendor):
    channel = SendGridEmail("SG.key", vendor.base_url)
    threads = [threading.Thread(target=channel.send, args=(email(f"touch-{number}"),)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(call.touch_id for call in vendor.calls) == sorted(f"touch-{number}" for number in range(24))
    assert all(json.dumps(call.body).count("touch-") == 1 for call in vendor.calls)
