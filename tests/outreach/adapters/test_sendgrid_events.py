"""SendGrid's event webhook: whose bytes count, and what they mean (R45, R101)."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.adapters import sendgrid
from outreach.adapters.happenings import Kind
from tests.stand_ins import SendGridStandIn

VENDOR = SendGridStandIn()
SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


def holds(body, headers, key=VENDOR.public_key):
    return sendgrid.verify_events(key, body, headers[SIGNATURE], headers[TIMESTAMP])


def parsed(*events):
    return sendgrid.parse_events(json.dumps(events).encode())


def test_a_signed_batch_holds_with_the_line_break_at_its_end():
    body, headers = VENDOR.signed_events([VENDOR.event("delivered", "t1")])
    assert body.endswith(b"\r\n")
    assert holds(body, headers)
    assert not holds(body.rstrip(), headers)


def test_an_altered_body_time_or_key_does_not_hold():
    body, headers = VENDOR.signed_events([VENDOR.event("delivered", "t1")])
    assert not holds(body.replace(b"delivered", b"dropped"), headers)
    assert not holds(body, {**headers, TIMESTAMP: "1700000000"})
    assert not holds(body, headers, SendGridStandIn().public_key)


@pytest.mark.parametrize("signature", ["", "%%%", "AAAA", base64.b64encode(b"x" * 70).decode(), "é", "A"])
def test_nonsense_for_a_signature_does_not_hold(signature):
    body, headers = VENDOR.signed_events([])
    assert not holds(body, {**headers, SIGNATURE: signature})


@pytest.mark.parametrize("key", ["", "nonsense", "AAAA", base64.b64encode(b"x" * 91).decode()])
def test_nonsense_for_a_key_does_not_hold(key):
    body, headers = VENDOR.signed_events([])
    assert not holds(body, headers, key)


def test_bytes_that_are_no_utf_8_hold_where_they_were_signed():
    assert holds(b"caf\xe9", VENDOR.signed(b"caf\xe9"))
    assert not holds(b"caf\xe8", VENDOR.signed(b"caf\xe9"))


def test_a_key_may_be_given_as_a_pem_file():
    body, headers = VENDOR.signed_events([])
    assert holds(body, headers, f"-----BEGIN PUBLIC KEY-----\n{VENDOR.public_key}\n-----END PUBLIC KEY-----\n")


def test_a_day_old_batch_still_holds():
    body, headers = VENDOR.signed_events([], timestamp=1_700_000_000)
    assert holds(body, headers)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("processed", Kind.PROCESSED),
        ("deferred", Kind.DEFERRED),
        ("delivered", Kind.DELIVERED),
        ("open", Kind.OPENED),
        ("click", Kind.CLICKED),
        ("spamreport", Kind.COMPLAINED),
        ("unsubscribe", Kind.UNSUBSCRIBED),
        ("group_unsubscribe", Kind.UNSUBSCRIBED),
        ("group_resubscribe", Kind.IGNORED),
        ("account_status_change", Kind.IGNORED),
        ("something_new", Kind.IGNORED),
    ],
)
def test_each_event_has_its_kind(event, kind):
    (happening,) = parsed(VENDOR.event(event, "t1", timestamp=1_777_000_000))
    assert (happening.kind, happening.touch_id, happening.provider_id) == (kind, "t1", "t1")
    assert happening.at == datetime.fromtimestamp(1_777_000_000, UTC)
    assert happening.address == "borrower@example.com"


def test_a_hard_bounce_is_for_good_and_a_block_is_not():
    hard = VENDOR.event("bounce", "t1", type="bounce", status="5.1.1", reason="550 5.1.1 <Dana@example.com> unknown user")
    soft = VENDOR.event("bounce", "t2", type="blocked", status="4.7.1")
    first, second = parsed(hard, soft)
    assert (first.kind, first.permanent, first.code) == (Kind.BOUNCED, True, "5.1.1")
    assert (second.kind, second.permanent) == (Kind.BOUNCED, False)
    assert first.detail == "550 5.1.1 <(address)> unknown user"


@pytest.mark.parametrize(
    ("reason", "code", "permanent"),
    [
        ("Unsubscribed Address", "unsubscribed_address", True),
        ("Bounced Address", "bounced_address", True),
        ("Spam Reporting Address", "spam_reporting_address", True),
        ("Invalid", "invalid", True),
        ("Spam Content", "spam_content", False),
        ("Recipient List over Package Quota", "recipient_list_over_package_quota", False),
        ("dana@example.com is odd", "other", False),
    ],
)
def test_a_dropped_message_says_whether_the_address_is_done_with(reason, code, permanent):
    (happening,) = parsed(VENDOR.event("dropped", "t1", reason=reason))
    assert (happening.kind, happening.code, happening.permanent) == (Kind.DROPPED, code, permanent)


def test_a_mail_programs_own_fetch_is_told_from_a_person():
    machine, person, older = parsed(
        VENDOR.event("open", "t1", sg_machine_open=True),
        VENDOR.event("open", "t1", sg_machine_open=False),
        VENDOR.event("open", "t1"),
    )
    assert (machine.machine, person.machine, older.machine) == (True, False, False)


def test_a_repetition_under_a_new_id_keeps_one_key():
    event = VENDOR.event("delivered", "t1", sg_event_id="a")
    first, again, renamed = parsed(event, event, {**event, "sg_event_id": "b"})
    assert first.dedupe_key == again.dedupe_key != renamed.dedupe_key
    assert first.semantic_key == again.semantic_key == renamed.semantic_key


@given(st.permutations([("processed", 1), ("delivered", 2), ("open", 3), ("open", 4)]))
def test_keys_do_not_depend_on_the_order(order):
    keys = {
        (each.dedupe_key, each.semantic_key)
        for each in parsed(*(VENDOR.event(name, "t1", sg_event_id=f"{name}{at}", timestamp=at) for name, at in order))
    }
    assert keys == {
        (f"sendgrid:{name}{at}", f"sendgrid:t1:{name}:{at}")
        for name, at in [("processed", 1), ("delivered", 2), ("open", 3), ("open", 4)]
    }


@pytest.mark.parametrize(
    "message_id",
    ["14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469.recvd-6b9f4-xyz-1-65A.0"],
)
def test_the_vendors_id_is_the_one_of_its_receipt(message_id):
    assert parsed(VENDOR.event("delivered", "", sg_message_id=message_id))[0].provider_id == "14c5d75ce93.dfd.64b469"


def test_an_event_of_somebody_elses_mail_is_read_and_has_no_touch():
    event = {"event": "delivered", "email": "Dana@Example.com", "timestamp": "1777000000", "category": "one", "new": {"key": 1}}
    (happening,) = parsed(event)
    assert (happening.touch_id, happening.address, happening.kind) == ("", "dana@example.com", Kind.DELIVERED)
    assert "dana" not in (happening.dedupe_key + happening.semantic_key).lower()


def test_what_is_kept_in_the_clear_names_nobody():
    event = VENDOR.event("click", "t1", ip="203.0.113.9", url="https://desk.example.com/e/tok", useragent="Mail", response="x")
    (happening,) = parsed(event)
    said = json.dumps(dict(happening.raw)) + repr(happening)
    assert not any(word in said for word in ("borrower@", "203.0.113.9", "/e/tok"))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_is_read_without_an_error(value):
    assert all(
        each.source == "sendgrid"
        for each in sendgrid.parse_events(
            json.dumps([{"event": value, "timestamp": value, "email": value, "reason": value}, value]).encode()
        )
    )


def test_what_is_not_json_is_an_error():
    with pytest.raises(ValueError, match="Expecting"):
        sendgrid.parse_events(b"nonsense")
