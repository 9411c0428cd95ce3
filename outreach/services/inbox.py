"""Taking in what vendors and the LOS post: verified on the raw bytes, kept once, acted on later. Called by the webhooks.

What is forged leaves no row; what is genuine is kept in one statement and committed before anybody is answered.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import connection

from outreach.adapters import calcom, calendly, happenings, multipart, sendgrid, sendgrid_inbound, twilio
from outreach.adapters.happenings import Happening, Kind
from outreach.queries.inbox import STORE
from outreach.services import payloads

log = structlog.get_logger(__name__)

TWILIO_INBOUND = "twilio_inbound"
LONGEST_KEY = 200
URGENT = frozenset({
    Kind.COMPLAINED, Kind.UNSUBSCRIBED, Kind.REPLIED, Kind.OPTED_OUT, Kind.OPTED_IN, Kind.HELP, Kind.BOOKED, Kind.RESCHEDULED,
    Kind.CANCELED,
})  # fmt: skip
"""What a person did: it goes before what became of a message."""


class Forged(Exception):
    """Not signed by who it says it is from, or nothing is set up to tell: nothing is kept."""


class Unreadable(Exception):
    """Genuine, and not in the form that was agreed on: nothing is kept."""


@dataclass(frozen=True)
class Taken:
    """How many were new, and how many were known already."""

    new: int
    known: int


@dataclass(frozen=True)
class Told:
    """One row of the inbox, before it is kept. `payload` is text, encrypted on its way in."""

    source: str
    kind: str
    dedupe_key: str
    payload: str
    semantic_key: str = ""
    urgent: bool = False


def take_sendgrid_events(body: bytes, signature: str, timestamp: str, now: datetime) -> Taken:
    """A batch of SendGrid's event webhook. Raises Forged and Unreadable."""
    if not sendgrid.verify_events(settings.SENDGRID_WEBHOOK_PUBLIC_KEY, body, signature, timestamp):
        raise Forged(sendgrid.NAME)
    try:
        events = sendgrid.parse_events(body)
    except ValueError as error:
        raise Unreadable("The body is not JSON.") from error
    return keep([told(event) for event in events], now)


def take_sendgrid_inbound(
    body: bytes, content_type: str, signature: str, timestamp: str, authorization: str, now: datetime
) -> Taken:
    """One e-mail to us, as a form. Signed like the events, or with the password in its address. Raises Forged, Unreadable."""
    signed = sendgrid.verify_events(settings.SENDGRID_WEBHOOK_PUBLIC_KEY, body, signature, timestamp)
    if not signed and not _has_password(authorization, settings.SENDGRID_INBOUND_PASSWORD):
        raise Forged(sendgrid_inbound.NAME)
    fields = multipart.fields(body, content_type)
    if not fields:
        raise Unreadable("The body is no form.")
    return keep([told(sendgrid_inbound.parse(fields))], now)


def take_twilio_status(
    url: str, params: Mapping[str, Any], signature: str, settings_header: str, touch_id: str, now: datetime
) -> Taken:
    """What became of a text. `url` is the public one, with its query. Raises Forged and Unreadable."""
    _verify_twilio(url, params, signature, settings_header)
    return keep([told(_with_an_id(twilio.parse_status(params, touch_id)))], now)


def take_twilio_inbound(url: str, params: Mapping[str, Any], signature: str, settings_header: str, now: datetime) -> Taken:
    """A text to us. Raises Forged and Unreadable."""
    _verify_twilio(url, params, signature, settings_header)
    return keep([told(_with_an_id(twilio.parse_inbound(params)), source=TWILIO_INBOUND)], now)


def take_calendly(body: bytes, headers: Mapping[str, str], now: datetime) -> Taken:
    """A booking made, moved or given up at Calendly. Raises Forged and Unreadable."""
    if not calendly.verify(settings.CALENDLY_SIGNING_KEY, body, headers, now):
        raise Forged(calendly.NAME)
    return _keep_booking(calendly.parse(body), now)


def take_calcom(body: bytes, headers: Mapping[str, str], now: datetime) -> Taken:
    """The same at Cal.com. Raises Forged and Unreadable."""
    if not calcom.verify(settings.CALCOM_SECRET, body, headers, now):
        raise Forged(calcom.NAME)
    return _keep_booking(calcom.parse(body), now)


def told(happening: Happening, *, source: str = "") -> Told:
    """The row of a happening."""
    return Told(
        source=source or happening.source,
        kind=happening.kind,
        dedupe_key=happening.dedupe_key,
        semantic_key=happening.semantic_key,
        urgent=happening.kind in URGENT,
        payload=payloads.write(happening),
    )


def keep(items: Sequence[Told], now: datetime) -> Taken:
    """Keeps what is new, in one statement however many there are."""
    if not items:
        return Taken(0, 0)
    columns: dict[str, Any] = {name: [getattr(item, name) for item in items] for name in ("source", "kind", "urgent")}
    columns |= {name: [_short(getattr(item, name)) for item in items] for name in ("dedupe_key", "semantic_key")}
    columns["payload"] = [settings.FIELD_KEYS.encrypt(item.payload) for item in items]
    with connection.cursor() as cursor:
        cursor.execute(STORE, columns | {"now": now})
        new = cursor.rowcount
    log.info("inbox took", source=items[0].source, new=new, known=len(items) - new)
    return Taken(new, len(items) - new)


def _keep_booking(happening: Happening | None, now: datetime) -> Taken:
    if happening is None:
        raise Unreadable("The body is no booking.")
    return keep([told(happening)], now)


def _verify_twilio(url: str, params: Mapping[str, Any], signature: str, settings_header: str) -> None:
    tokens = (settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_SECONDARY)
    if not twilio.verify(tokens, url, params, signature, settings_header):
        raise Forged(twilio.NAME)


def _with_an_id(happening: Happening) -> Happening:
    if not happening.provider_id:
        raise Unreadable("The message has no id.")
    return happening


def _has_password(authorization: str, password: str) -> bool:
    """HTTP basic, whatever the name before the password."""
    scheme, _, encoded = authorization.partition(" ")
    if not password or scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, password.encode())


def _short(key: str) -> str:
    """A null byte is nothing that the database could keep."""
    plain = key.replace("\x00", "")
    return plain if len(plain) <= LONGEST_KEY else happenings.fingerprint(plain)


def as_json(body: bytes) -> Any:
    """What the body holds. Raises Unreadable."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreadable("The body is not JSON.") from error
