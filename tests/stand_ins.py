"""Vendors on this machine: real HTTP servers that speak as SendGrid and Twilio do, and keep a ledger of what they took.

    with SendGridStandIn() as vendor:
        vendor.then(Behavior(status=429), Behavior(drop=True))   # the next call, and the one after; then all is well again
        channel = SendGridEmail("SG.key", vendor.base_url)
        ...
        assert [call.touch_id for call in vendor.calls] == [...]

`calls` holds what was accepted, in the order of arrival, also where the answer was then lost; `requests` holds everything.
"""

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True)
class Behavior:
    """How one call is answered. Without a status it is taken."""

    delay: float = 0.0
    """Seconds before the answer; the message is in the ledger before them."""
    status: int = 0
    """An error's status: the message is not taken."""
    code: int = 0
    """Twilio's code of the error."""
    fault: str | None = None
    """SendGrid's field at fault."""
    drop: bool = False
    """Close the connection instead of answering; the message was taken, unless there is a status too."""
    html: bool = False
    """A proxy's page in place of the vendor's JSON."""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """One request to send. `started` is the monotonic clock when its first line had been read."""

    touch_id: str
    to: str
    body: dict
    started: float
    headers: dict
    accepted: bool
    provider_id: str
    at: datetime


class StandIn:
    """What both have in common. `always` answers where nothing is queued with `then`; `by_touch` goes before both."""

    def __init__(self, always: Behavior | None = None) -> None:
        self.always = always or Behavior()
        self.by_touch: dict[str, Behavior] = {}
        self.requests: list[Call] = []
        self._next: deque[Behavior] = deque()
        self._lock = threading.Lock()

    def __enter__(self):
        self._server = _Server(("127.0.0.1", 0), _handler_for(self))
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_) -> None:
        self._server.shutdown()
        self._server.server_close()

    def then(self, *behaviors: Behavior) -> None:
        """The answers to the next calls, in order."""
        self._next.extend(behaviors)

    @property
    def calls(self) -> list[Call]:
        with self._lock:
            return [call for call in self.requests if call.accepted]

    def clear(self) -> None:
        with self._lock:
            self.requests.clear()

    def _take(self, touch_id, to, body, started, headers, provider_id) -> tuple[Call, Behavior]:
        with self._lock:
            queued = self._next.popleft() if self._next and touch_id not in self.by_touch else self.always
            behavior = self.by_touch.get(touch_id, queued)
            call = Call(touch_id, to, body, started, headers, not behavior.status, provider_id, datetime.now(UTC))
            self.requests.append(call)
        return call, behavior


class SendGridStandIn(StandIn):
    """POST /v3/mail/send, and the signed event webhook. `public_key` is what SENDGRID_WEBHOOK_PUBLIC_KEY takes."""

    def __init__(self, always: Behavior | None = None) -> None:
        super().__init__(always)
        self._key = ec.generate_private_key(ec.SECP256R1())
        spki = serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_key = base64.b64encode(self._key.public_key().public_bytes(serialization.Encoding.DER, spki)).decode()

    def event(self, name: str, touch_id: str, email: str = "borrower@example.com", **more) -> dict:
        """One event as SendGrid writes it; `more` overrides its fields."""
        at = {"timestamp": int(time.time()), "sg_event_id": uuid.uuid4().hex, "sg_message_id": f"{touch_id}.recvd-1-2-3.0"}
        return {"event": name, "email": email, "touch_id": touch_id, "category": ["refi-touch"], **at, **more}

    def signed_events(self, events, timestamp: int | None = None) -> tuple[bytes, dict[str, str]]:
        """The body, with the line break at its end that SendGrid signs too, and the headers of one batch."""
        body = json.dumps(events).encode() + b"\r\n"
        return body, self.signed(body, timestamp)

    def signed(self, body: bytes, timestamp: int | None = None) -> dict[str, str]:
        """The headers for these bytes."""
        now = str(timestamp or int(time.time()))
        signature = self._key.sign(now.encode() + body, ec.ECDSA(hashes.SHA256()))
        return {
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": now,
        }

    def answer_post(self, path, raw, headers, started):
        if path != "/v3/mail/send" or headers.get("authorization", "").removeprefix("Bearer ") == "":
            return Behavior(status=404), b"", {}
        body = json.loads(raw)
        to = body["personalizations"][0]
        message_id = uuid.uuid4().hex
        touch_id = to.get("custom_args", {}).get("touch_id", "")
        _, behavior = self._take(touch_id, to["to"][0]["email"], body, started, headers, message_id)
        if not behavior.status:
            return behavior, b"", {"X-Message-Id": message_id, ":status": "202"}
        fault = {"message": f"Not good: {to['to'][0]['email']}.", "field": behavior.fault, "help": None}
        return behavior, json.dumps({"errors": [fault]}).encode(), {}

    def answer_get(self, path, query, headers):
        return Behavior(status=404), b"", {}


class TwilioStandIn(StandIn):
    """Messages.json to send and to list, and signed callbacks. The touch of a call is read from its StatusCallback."""

    account_sid = "AC" + "0" * 32
    auth_token = "token-of-the-stand-in"
    messaging_service_sid = "MG" + "0" * 32

    def signed_form(self, url: str, params: dict[str, str], token: str = "") -> dict[str, str]:
        """The header for this form, posted to this address."""
        signed = url + "".join(f"{name}{params[name]}" for name in sorted(params))
        digest = hmac.new((token or self.auth_token).encode(), signed.encode(), hashlib.sha1).digest()
        return {"X-Twilio-Signature": base64.b64encode(digest).decode()}

    def answer_post(self, path, raw, headers, started):
        if path != f"/2010-04-01/Accounts/{self.account_sid}/Messages.json":
            return Behavior(status=404, code=20404), self._error(404, 20404, ""), {}
        body = {name: values[-1] for name, values in parse_qs(raw.decode()).items()}
        sid = f"SM{uuid.uuid4().hex}"
        found = re.search(r"/([^/]+?)(\.[^/.]*)?/?$", urlsplit(body.get("StatusCallback", "")).path)
        call, behavior = self._take(found[1] if found else "", body["To"], body, started, headers, sid)
        if behavior.status:
            return behavior, self._error(behavior.status, behavior.code, body["To"]), {}
        return behavior, json.dumps(self._message(call, "accepted")).encode(), {":status": "201"}

    def answer_get(self, path, query, headers):
        """Messages to one number, at or after a time, newest first; those that were accepted and lost are among them."""
        with self._lock:
            behavior = self._next.popleft() if self._next else self.always
        if behavior.status:
            return behavior, self._error(behavior.status, behavior.code, ""), {}
        since = query.get("DateSent>", ["1970-01-01"])[0]
        after = datetime.fromisoformat(since).replace(tzinfo=UTC) if "T" not in since else datetime.fromisoformat(since)
        to = query.get("To", [None])[0]
        calls = [call for call in reversed(self.calls) if to in (None, call.to) and call.at >= after]
        page = {"page": 0, "page_size": 50, "next_page_uri": None, "messages": [self._message(call, "sent") for call in calls]}
        return behavior, json.dumps(page).encode(), {}

    def _message(self, call: Call, status: str) -> dict:
        when = format_datetime(call.at)
        return {
            "sid": call.provider_id,
            "account_sid": self.account_sid,
            "to": call.to,
            "from": None,
            "body": call.body.get("Body", ""),
            "status": status,
            "direction": "outbound-api",
            "messaging_service_sid": self.messaging_service_sid,
            "num_segments": "1",
            "num_media": "0",
            "error_code": None,
            "error_message": None,
            "date_created": when,
            "date_sent": when,
            "date_updated": when,
            "price": None,
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{call.provider_id}.json",
            "subresource_uris": {},
        }

    def _error(self, status: int, code: int, to: str) -> bytes:
        return json.dumps({"code": code, "message": f"Not good: '{to}'", "more_info": "", "status": status}).encode()


def closed_address() -> str:
    """The base URL of a port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return f"http://127.0.0.1:{reserved.getsockname()[1]}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    block_on_close = False


def _handler_for(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without it each answer waits 40 ms for an acknowledgment.
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            started = time.monotonic()
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(*stand_in.answer_post(urlsplit(self.path).path, raw, self._named(), started))

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            self._answer(*stand_in.answer_get(address.path, parse_qs(address.query), self._named()))

        def _named(self) -> dict[str, str]:
            return {name.lower(): value for name, value in self.headers.items()}

        def _answer(self, behavior: Behavior, body: bytes, headers: dict[str, str]) -> None:
            if behavior.delay:
                time.sleep(behavior.delay)
            if behavior.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if behavior.html:
                body = b"<html><body>Bad gateway</body></html>"
            try:
                self.send_response(behavior.status or int(headers.pop(":status", "200")))
                for name, value in {**headers, **behavior.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                self.close_connection = True  # the client had lost its patience

        def log_message(self, *_) -> None:
            """A test's output is its own."""

    return Handler
