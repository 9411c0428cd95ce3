"""Twilio's callbacks: whose form counts, and what it means."""

import base64
import hashlib
import hmac

import pytest
from django.http import QueryDict

from outreach.adapters import twilio
from outreach.adapters.happenings import Kind
from tests.stand_ins import TwilioStandIn

VENDOR = TwilioStandIn()
URL = "https://desk.example.com/webhooks/twilio/inbound/?a=1"
FORM = {"MessageSid": "SM1", "From": "+13035550142", "To": "+13035550100", "Body": "Hi & Buenos días", "NumMedia": "0"}


def holds(url=URL, params=FORM, signed_url=URL, tokens=(VENDOR.auth_token,), token=""):
    return twilio.verify(tokens, url, params, VENDOR.signed_form(signed_url, FORM, token)["X-Twilio-Signature"])


def test_a_signed_form_holds_as_a_dict_and_as_django_reads_it():
    django = QueryDict(mutable=True)
    django.update(FORM)
    assert holds()
    assert holds(params=django)


def test_the_port_of_https_makes_no_difference():
    with_port = URL.replace("example.com", "example.com:443")
    assert holds(url=with_port)
    assert holds(signed_url=with_port)


def test_http_in_place_of_https_does_not_hold():
    assert not holds(url=URL.replace("https://", "http://"))


def test_another_value_address_or_token_does_not_hold():
    assert not holds(params={**FORM, "Body": "STOP"})
    assert not holds(params={**FORM, "Extra": "1"})
    assert not holds(url=URL.replace("inbound", "status"))
    assert not holds(tokens=("another",))


def test_both_tokens_count_while_they_are_changed_and_an_empty_one_never():
    assert holds(tokens=("new", "old"), token="old")
    assert not holds(tokens=("", ""))
    empty = base64.b64encode(
        hmac.new(b"", (URL + "".join(f"{k}{FORM[k]}" for k in sorted(FORM))).encode(), hashlib.sha1).digest()
    )
    assert not twilio.verify(("",), URL, FORM, empty.decode())


@pytest.mark.parametrize("signature", ["", "nonsense", "é", "A" * 28])
def test_nonsense_for_a_signature_does_not_hold(signature):
    assert not twilio.verify((VENDOR.auth_token,), URL, FORM, signature)


def test_the_algorithm_that_the_header_names_is_used_and_an_unknown_one_never_holds():
    signed = URL + "".join(f"{name}{FORM[name]}" for name in sorted(FORM))
    signature = base64.b64encode(hmac.new(b"secret", signed.encode(), hashlib.sha256).digest()).decode()
    assert twilio.verify(("secret",), URL, FORM, signature, "key=k1,algorithm=HMAC_SHA256")
    assert not twilio.verify(("secret",), URL, FORM, signature)
    assert not twilio.verify(("secret",), URL, FORM, signature, "key=k1,algorithm=MD5")


@pytest.mark.parametrize(
    ("status", "code", "kind", "permanent"),
    [
        ("queued", "", Kind.PROCESSED, False),
        ("sent", "", Kind.SENT, False),
        ("delivered", "", Kind.DELIVERED, False),
        ("delivered", "0", Kind.DELIVERED, False),
        ("undelivered", "30003", Kind.BOUNCED, False),
        ("undelivered", "30005", Kind.BOUNCED, True),
        ("undelivered", "30006", Kind.BOUNCED, True),
        ("failed", "30034", Kind.FAILED, False),
        ("failed", "21610", Kind.OPTED_OUT, False),
        ("undelivered", "21610", Kind.OPTED_OUT, False),
        ("canceled", "", Kind.DROPPED, False),
        ("something_new", "", Kind.IGNORED, False),
    ],
)
def test_each_status_has_its_kind(status, code, kind, permanent):
    form = {"MessageSid": "SM1", "MessageStatus": status, "To": "+13035550142", **({"ErrorCode": code} if code else {})}
    happening = twilio.parse_status(form, touch_id="t1")
    assert (happening.kind, happening.permanent, happening.touch_id) == (kind, permanent, "t1")
    assert (happening.provider_id, happening.address, happening.at) == ("SM1", "+13035550142", None)
    assert "5550142" not in str(dict(happening.raw))


def test_a_repeated_status_keeps_its_key_and_another_status_has_its_own():
    sent, again, delivered = (
        twilio.parse_status({"MessageSid": "SM1", "MessageStatus": status}) for status in ("sent", "sent", "delivered")
    )
    assert sent.dedupe_key == again.dedupe_key != delivered.dedupe_key


def test_a_borrowers_text_is_a_reply_with_its_words():
    happening = twilio.parse_inbound(FORM)
    assert (happening.kind, happening.text, happening.address) == (Kind.REPLIED, "Hi & Buenos días", "+13035550142")
    assert "Buenos" not in repr(happening) + str(dict(happening.raw))
    assert "5550142" not in repr(happening) + str(dict(happening.raw))


@pytest.mark.parametrize(
    ("word", "kind"), [("STOP", Kind.OPTED_OUT), ("START", Kind.OPTED_IN), ("HELP", Kind.HELP), ("", Kind.REPLIED)]
)
def test_what_the_vendor_answered_itself_is_known(word, kind):
    happening = twilio.parse_inbound({**FORM, "Body": "Stop", "OptOutType": word})
    assert (happening.kind, happening.text) == (kind, "Stop")


def test_a_picture_is_mentioned_and_not_fetched():
    assert "picture" in twilio.parse_inbound({**FORM, "Body": "", "NumMedia": "1"}).detail
