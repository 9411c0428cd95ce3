"""A webhook batch of 1,000 events, by the door that SendGrid posts to and by a bare view that verifies and inserts."""

import base64
import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from outreach.api import webhooks
from refidetect.celery import app
from refidetect.management.benchmark import measuring

BUDGET = 2.0
"""At least half of the bare view's events a second."""
ROWS = 20_000
BATCH = 1000
PATH = "/webhooks/sendgrid/events/"
SENT_AT = 1_777_000_000
KINDS = ("delivered", "open", "click", "bounce", "processed")
PREFIX = "X-Twilio-Email-Event-Webhook-"

# What anybody would have to keep of an event: its id, its kind, its text.
TABLE = "CREATE TABLE IF NOT EXISTS benchmark_inbox (id bigserial PRIMARY KEY, key text UNIQUE, kind text, payload text)"
INSERT = (
    "INSERT INTO benchmark_inbox (key, kind, payload) SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) "
    "ON CONFLICT DO NOTHING"
)


def run(events: int, rounds: int, say: Callable[[str], None]) -> Iterator[measuring.Measured]:
    """So many events in batches, each signed; every round and both sides get events that nobody has seen."""
    private = ec.generate_private_key(ec.SECP256R1())
    public = base64.b64encode(private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    _execute(TABLE)

    def batches() -> list[HttpRequest]:
        return [_batch(private) for _ in range(events // BATCH)]

    # Made before the clock runs: signing and writing JSON is SendGrid's work.
    turns = iter([batches() for _ in range(2 * rounds)])

    def floor() -> None:
        _post(lambda request: _bare(request, private.public_key()), next(turns))

    def ours() -> None:
        _post(webhooks.sendgrid_events, next(turns))

    with override_settings(SENDGRID_WEBHOOK_PUBLIC_KEY=public), _hints_in_memory():
        measured = measuring.in_turn(
            f"inbox, {events // BATCH:,} batches of {BATCH:,} events",
            ours=ours,
            floor=floor,
            before=_settle,
            rounds=rounds,
            budget=BUDGET,
        )
    kept = _count("outreach_inboxitem"), _count("benchmark_inbox")
    if kept != (rounds * events, rounds * events):
        raise RuntimeError(f"Ours kept {kept[0]:,} events and the bare view {kept[1]:,}.")
    say(f"{events / min(measured.ours):,.0f} events a second beside {events / min(measured.floor):,.0f} of the bare view.")
    yield measured


@contextlib.contextmanager
def _hints_in_memory() -> Iterator[None]:
    """A command runs without a broker, and waiting for one that is not there is no work of the door."""
    before = app.conf.broker_write_url
    app.conf.broker_write_url = "memory://"
    try:
        yield
    finally:
        app.conf.broker_write_url = before


def _batch(private: ec.EllipticCurvePrivateKey) -> HttpRequest:
    body = json.dumps([_event(place) for place in range(BATCH)]).encode()
    timestamp = str(SENT_AT)
    signature = base64.b64encode(private.sign(timestamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    headers = {f"{PREFIX}Signature": signature, f"{PREFIX}Timestamp": timestamp}
    return RequestFactory(headers=headers).post(PATH, body, content_type="application/json")


def _event(place: int) -> dict[str, Any]:
    message = uuid.uuid4()
    return {
        "email": f"b{place}@example.com",
        "event": KINDS[place % len(KINDS)],
        "timestamp": SENT_AT + place,
        "sg_event_id": uuid.uuid4().hex,
        "sg_message_id": f"{message.hex}.recvd-1-2-3.0",
        "smtp-id": f"<{message}@mail.example.com>",
        "touch_id": str(message),
        "useragent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "ip": "192.0.2.17",
        "url": "https://desk.example.com/r/abcdef",
        "response": "250 OK",
    }


def _bare(request: HttpRequest, public: ec.EllipticCurvePublicKey) -> HttpResponse:
    """No more than verifying the signature and one row for each event, in one statement."""
    body = request.read()
    timestamp = request.headers[f"{PREFIX}Timestamp"].encode()
    public.verify(base64.b64decode(request.headers[f"{PREFIX}Signature"]), timestamp + body, ec.ECDSA(SHA256()))
    events = json.loads(body)
    columns = [event["sg_event_id"] for event in events], [event["event"] for event in events], map(json.dumps, events)
    _execute(INSERT, [list(column) for column in columns])
    return HttpResponse(status=204)


def _post(view: Callable[[HttpRequest], HttpResponse], requests: list[HttpRequest]) -> None:
    for request in requests:
        if view(request).status_code != 204:
            raise RuntimeError("A batch was not taken.")


def _settle() -> None:
    """What a round wrote is on disk before the next begins."""
    _execute("CHECKPOINT")


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  one of two names of this module
        return int(cursor.fetchone()[0])


def _execute(sql: str, values: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
