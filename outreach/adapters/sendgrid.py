"""SendGrid: hands over one e-mail (v3 mail/send), and reads its signed event webhook."""

import json
import re
from base64 import b64decode
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from python_http_client import Client
from sendgrid import SendGridAPIClient
from sendgrid.helpers.eventwebhook import EventWebhook

from outreach.adapters import happenings, transport
from outreach.adapters.channel import CONNECT_SECONDS, READ_SECONDS, Accepted, Outcome, OutgoingEmail, ProviderError
from outreach.adapters.happenings import Happening, Kind

NAME = "sendgrid"
EVENT_KINDS = {
    "processed": Kind.PROCESSED,
    "deferred": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
    "bounce": Kind.BOUNCED,
    "dropped": Kind.DROPPED,
    "open": Kind.OPENED,
    "click": Kind.CLICKED,
    "spamreport": Kind.COMPLAINED,
    "unsubscribe": Kind.UNSUBSCRIBED,
    "group_unsubscribe": Kind.UNSUBSCRIBED,
}
# Why SendGrid did not even try: those that hold for every later message to the address. A full quota or spam filter does not.
DROPPED_FOR_GOOD = frozenset({"unsubscribed_address", "bounced_address", "spam_reporting_address", "invalid"})
# What may be kept of an event. Its address, network address, links and server's answers are left out.
KEPT = (
    "event",
    "timestamp",
    "sg_event_id",
    "sg_message_id",
    "touch_id",
    "category",
    "type",
    "status",
    "attempt",
    "sg_machine_open",
    "bounce_classification",
    "asm_group_id",
)
# What follows it names the machine that took the message and the recipient's place in the request.
_AFTER_MESSAGE_ID = re.compile(r"\.(?:filter|recv).*$")


class SendGridEmail:
    """The account of one API key. One object serves every thread."""

    name = NAME

    def __init__(
        self, api_key: str, base_url: str, *, connect_seconds: float = CONNECT_SECONDS, read_seconds: float = READ_SECONDS
    ) -> None:
        self._api = SendGridAPIClient(api_key, host=base_url.rstrip("/"))
        to_vendor = transport.Transport("SendGrid", connect_seconds=connect_seconds, read_seconds=read_seconds)
        self._api.client = _OnceOnly(
            to_vendor, host=self._api.host, request_headers=self._api.client.request_headers, version=3
        )

    def send(self, message: OutgoingEmail) -> Accepted:
        """Hands over one message, once; raises ProviderError. An answer without X-Message-Id is still a receipt."""
        answer: transport.Answer = self._api.send(body_of(message))
        if answer.status >= 300:
            raise _refusal(answer)
        return Accepted(NAME, answer.headers.get("x-message-id", ""))


class _OnceOnly(Client):  # type: ignore[misc]
    """The vendor's client, which builds the address and the headers, over our transport."""

    def __init__(self, to_vendor: transport.Transport, **settings: Any) -> None:
        super().__init__(**settings)
        self._transport = to_vendor

    def _build_client(self, name: str | None = None) -> "_OnceOnly":
        path = [*self._url_path, name] if name else self._url_path
        return _OnceOnly(
            self._transport, host=self.host, request_headers=self.request_headers, version=self._version, url_path=path
        )

    def post(self, request_body: dict[str, Any]) -> transport.Answer:
        headers = {**self.request_headers, "Content-Type": "application/json"}
        data = json.dumps(request_body).encode()
        return self._transport.request("POST", self._build_url(None), headers=headers, data=data)


def body_of(message: OutgoingEmail) -> dict[str, Any]:
    """The request's body. Its custom argument is the touch alone: SendGrid keeps those for years and can't redact them."""
    headers = dict(message.headers)
    if message.unsubscribe_url:
        mailto = f", <mailto:{message.unsubscribe_mailto}>" if message.unsubscribe_mailto else ""
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>{mailto}"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    recipient: dict[str, Any] = {
        "to": [_mailbox(message.to_address, message.to_name)],
        "custom_args": {"touch_id": message.touch_id},
    }
    if headers:
        recipient["headers"] = headers
    # The plain part comes first: SendGrid wants the parts from the plainest to the richest.
    parts = (("text/plain", message.text), ("text/html", message.html))
    body: dict[str, Any] = {
        "personalizations": [recipient],
        "from": _mailbox(message.from_address, message.from_name),
        "subject": _one_line(message.subject),
        "content": [{"type": kind, "value": value} for kind, value in parts if value],
        "categories": [message.category],
        "tracking_settings": {
            # Our links already lead to our own pages; a rewritten one looks like phishing.
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": {"enable": True},
            # With it, or with `asm`, SendGrid would put its own List-Unsubscribe over ours.
            "subscription_tracking": {"enable": False},
        },
    }
    if message.reply_to:
        body["reply_to"] = {"email": message.reply_to}
    return body


def _mailbox(address: str, name: str) -> dict[str, str]:
    return {"email": address, "name": _one_line(name)} if name.strip() else {"email": address}


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _refusal(answer: transport.Answer) -> ProviderError:
    outcome = transport.by_status(answer.status)
    fields = _fields_at_fault(answer.text)
    # Its words may repeat what we sent; the names of the fields do not.
    about = f" about {', '.join(fields)}" if fields else ""
    if answer.status == 400 and any(re.fullmatch(r"personalizations\.0\.to(\.0(\.email)?)?", field) for field in fields):
        outcome = Outcome.BAD_ADDRESS
    wait = answer.retry_after() if outcome is Outcome.LATER else None
    return ProviderError(
        f"SendGrid answered {answer.status}{about}.", outcome=outcome, code=str(answer.status), retry_after=wait
    )


def _fields_at_fault(text: str) -> list[str]:
    try:
        errors = json.loads(text)["errors"]
        fields = [str(error.get("field") or "") for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
    return [field for field in fields if re.fullmatch(r"[a-z0-9_.]{1,80}", field)]


def verify_events(public_key: str, body: bytes, signature: str, timestamp: str) -> bool:
    """Whether SendGrid signed exactly these bytes; False for any nonsense. `public_key` as its settings page shows it.

    The client's own check takes text alone; a mail that is posted raw need not be UTF-8. The age is not judged: they repeat
    a day-old batch under its old signature, and the keys of the events stop a replay.
    """
    if not (public_key and signature and timestamp):
        return False
    try:
        _webhook(public_key).public_key.verify(b64decode(signature), timestamp.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


@lru_cache(maxsize=4)
def _webhook(public_key: str) -> EventWebhook:
    bare = re.sub(r"-----[A-Z ]+-----|\s", "", public_key)
    return EventWebhook(bare)


def parse_events(body: bytes) -> list[Happening]:
    """The events of one batch, in its order, which need not be theirs. Raises ValueError where it is not JSON."""
    batch = json.loads(body)
    events = batch if isinstance(batch, list) else [batch]
    return [_event(event) for event in events if isinstance(event, dict)]


def _event(event: dict[str, Any]) -> Happening:
    name = str(event.get("event") or "")
    kind = EVENT_KINDS.get(name, Kind.IGNORED)
    touch_id = str(event.get("touch_id") or "")
    message_id = _AFTER_MESSAGE_ID.sub("", str(event.get("sg_message_id") or ""))
    address = str(event.get("email") or "").strip().lower()
    subject = touch_id or message_id or happenings.fingerprint(address)
    same = f"{NAME}:{subject}:{name}:{event.get('timestamp')}"
    event_id = str(event.get("sg_event_id") or "")
    code, permanent = _verdict(kind, event)
    return Happening(
        kind=kind,
        source=NAME,
        at=happenings.instant(event.get("timestamp")),
        dedupe_key=f"{NAME}:{event_id}" if event_id else same,
        semantic_key=same,
        touch_id=touch_id,
        provider_id=message_id,
        address=address,
        machine=event.get("sg_machine_open") in (True, "true", "True"),
        permanent=permanent,
        code=code,
        detail=happenings.reason(event.get("reason") or event.get("response")),
        raw={key: event[key] for key in KEPT if key in event},
    )


def _verdict(kind: Kind, event: dict[str, Any]) -> tuple[str, bool]:
    """The code, and whether the address is done with."""
    if kind is Kind.BOUNCED:
        # "blocked" is the receiving server's mood of the day.
        return str(event.get("status") or ""), event.get("type", "bounce") != "blocked"
    if kind is Kind.DROPPED:
        why = "_".join(str(event.get("reason") or "").lower().split())
        code = why if re.fullmatch(r"[a-z_]{1,60}", why) else "other"
        return code, code in DROPPED_FOR_GOOD
    return str(event.get("status") or ""), False
