"""Twilio's real client against a stand-in: what is sent, what each failure proves, and how a lost message is found again."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from outreach.adapters.channel import Accepted, Outcome, OutgoingText, ProviderError
from outreach.adapters.sandbox import SandboxEmail, SandboxText
from outreach.adapters.twilio import TwilioText
from tests.stand_ins import Behavior, TwilioStandIn, closed_address


@pytest.fixture
def vendor():
    with TwilioStandIn() as server:
        yield server


@pytest.fixture
def channel(vendor):
    return channel_at(vendor.base_url)


def channel_at(base_url):
    keys = (TwilioStandIn.account_sid, TwilioStandIn.auth_token, TwilioStandIn.messaging_service_sid)
    return TwilioText(*keys, base_url, read_seconds=0.4)


def text(touch_id="0b8f6a52", **more):
    given = {
        "to_number": "+13035550142",
        "body": "Olivia Hart from Front Range Lending here. Reply STOP to end texts.",
        "status_callback": f"https://desk.example.com/webhooks/twilio/status/{touch_id}.abcdef",
        "valid_seconds": 5400,
    }
    return OutgoingText(touch_id=touch_id, **{**given, **more})


def failure(channel, message=None):
    with pytest.raises(ProviderError) as caught:
        channel.send(message or text())
    return caught.value


def test_an_accepted_text_returns_the_vendors_id(vendor, channel):
    assert channel.send(text()) == Accepted("twilio", vendor.calls[0].provider_id)


def test_a_text_carries_its_callback_and_how_long_it_may_wait(vendor, channel):
    channel.send(text())
    (call,) = vendor.requests
    assert call.touch_id == "0b8f6a52"
    assert call.body == {
        "To": "+13035550142",
        "MessagingServiceSid": TwilioStandIn.messaging_service_sid,
        "Body": "Olivia Hart from Front Range Lending here. Reply STOP to end texts.",
        "StatusCallback": "https://desk.example.com/webhooks/twilio/status/0b8f6a52.abcdef",
        "ValidityPeriod": "5400",
    }


@pytest.mark.parametrize(("asked", "sent"), [(0, "1"), (90_000, "36000")])
def test_the_wait_keeps_within_the_vendors_limits(vendor, channel, asked, sent):
    channel.send(text(valid_seconds=asked))
    assert vendor.calls[0].body["ValidityPeriod"] == sent


def test_nothing_is_ever_left_to_the_vendors_schedule(vendor, channel):
    channel.send(text())
    assert not {"SendAt", "ScheduleType", "From"} & set(vendor.calls[0].body)


def test_a_port_at_which_nobody_listens_proves_that_nothing_was_taken():
    assert failure(channel_at(closed_address())).outcome is Outcome.LATER


def test_an_answer_that_takes_too_long_leaves_the_text_unknown(vendor, channel):
    vendor.then(Behavior(delay=1.0))
    assert failure(channel).outcome is Outcome.UNKNOWN
    assert len(vendor.calls) == 1


def test_a_connection_that_breaks_after_the_request_leaves_the_text_unknown(vendor, channel):
    vendor.then(Behavior(drop=True))
    assert failure(channel).outcome is Outcome.UNKNOWN
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (400, 21211, Outcome.BAD_ADDRESS),
        (400, 21614, Outcome.BAD_ADDRESS),
        (400, 30006, Outcome.BAD_ADDRESS),
        (400, 21610, Outcome.OPTED_OUT),
        (401, 20003, Outcome.PAUSE),
        (403, 30034, Outcome.PAUSE),
        (400, 30032, Outcome.PAUSE),
        (400, 21703, Outcome.PAUSE),
        (404, 20404, Outcome.PAUSE),
        (429, 20429, Outcome.LATER),
        (400, 30610, Outcome.LATER),
        (400, 30007, Outcome.REFUSED),
        (400, 21617, Outcome.REFUSED),
        (400, 99999, Outcome.REFUSED),
        (429, 0, Outcome.LATER),
        (500, 20500, Outcome.UNKNOWN),
        (503, 30001, Outcome.UNKNOWN),
    ],
)
def test_each_code_has_its_outcome_and_is_asked_once(vendor, channel, status, code, outcome):
    vendor.then(Behavior(status=status, code=code))
    error = failure(channel)
    assert (error.outcome, error.code) == (outcome, str(code or status))
    assert len(vendor.requests) == 1
    assert vendor.calls == []


@pytest.mark.parametrize(("status", "outcome"), [(401, Outcome.PAUSE), (429, Outcome.LATER), (502, Outcome.UNKNOWN)])
def test_a_proxys_page_is_judged_by_its_status(vendor, channel, status, outcome):
    vendor.then(Behavior(status=status, html=True))
    assert failure(channel).outcome is outcome


def test_a_receipt_that_cannot_be_read_leaves_the_text_unknown(vendor, channel):
    vendor.then(Behavior(html=True))
    assert failure(channel).outcome is Outcome.UNKNOWN
    assert len(vendor.calls) == 1


def test_too_many_requests_say_when_to_come_back(vendor, channel):
    vendor.then(Behavior(status=429, code=20429, headers={"Retry-After": "12"}))
    assert failure(channel).retry_after == 12.0


def test_neither_an_error_nor_the_log_repeats_a_number(vendor, channel, caplog):
    caplog.set_level(logging.DEBUG)
    vendor.then(Behavior(status=400, code=21211), Behavior(drop=True))
    errors = [failure(channel), failure(channel)]
    channel.send(text())
    said = " ".join([*map(str, errors), *map(repr, errors), caplog.text])
    assert "5550142" not in said
    assert "Front Range" not in said


def test_a_text_whose_receipt_was_lost_is_found_by_number_time_and_words(vendor, channel):
    since = datetime.now(UTC) - timedelta(seconds=5)
    vendor.then(Behavior(drop=True))
    failure(channel)
    assert channel.look_up("+13035550142", since, text().body) == vendor.calls[0].provider_id


def test_a_text_that_was_never_taken_is_not_found(vendor, channel):
    since = datetime.now(UTC) - timedelta(seconds=5)
    channel.send(text(body="Other words."))
    channel.send(text(to_number="+13035550143"))
    assert channel.look_up("+13035550142", since, text().body) is None
    assert channel.look_up("+13035550143", datetime.now(UTC) + timedelta(minutes=1), text().body) is None


def test_a_search_that_fails_is_not_an_answer(vendor, channel):
    vendor.then(Behavior(status=500))
    with pytest.raises(ProviderError):
        channel.look_up("+13035550142", datetime.now(UTC), "words")


def test_the_sandbox_takes_everything_under_an_id_of_its_own(vendor):
    assert SandboxText().send(text("t1")) == Accepted("sandbox", "sandbox-t1")
    assert SandboxText().name == SandboxEmail().name == "sandbox"
    assert vendor.requests == []
