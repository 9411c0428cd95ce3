"""Twilio: hands over one text message, finds one again, and reads its signed callbacks."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client

from outreach.adapters import transport
from outreach.adapters.channel import CONNECT_SECONDS, READ_SECONDS, Accepted, Outcome, OutgoingText, ProviderError
from outreach.adapters.happenings import Happening, Kind

NAME = "twilio"
STATUS_KINDS = {
    "accepted": Kind.PROCESSED,
    "scheduled": Kind.PROCESSED,
    "queued": Kind.PROCESSED,
    "sending": Kind.PROCESSED,
    "sent": Kind.SENT,
    "delivered": Kind.DELIVERED,
    "read": Kind.DELIVERED,
    "partially_delivered": Kind.DELIVERED,
    "undelivered": Kind.BOUNCED,
    "failed": Kind.FAILED,
    "canceled": Kind.DROPPED,
}
# Set by Twilio only where the service's own opt-out handling matched the whole message.
OPT_OUT_KINDS = {"STOP": Kind.OPTED_OUT, "START": Kind.OPTED_IN, "HELP": Kind.HELP}
OPTED_OUT_CODE = "21610"
ERRORS = {
    "20003": (Outcome.PAUSE, "The account's keys are not accepted."),
    "20005": (Outcome.PAUSE, "The account is not active."),
    "20404": (Outcome.PAUSE, "The account or address is not known."),
    "20429": (Outcome.LATER, "Too many requests."),
    "21211": (Outcome.BAD_ADDRESS, "The number is not valid."),
    "21408": (Outcome.REFUSED, "The account may not text this region."),
    "21606": (Outcome.PAUSE, "The sender's number can't send texts."),
    "21610": (Outcome.OPTED_OUT, "The number opted out with the carrier."),
    "21612": (Outcome.REFUSED, "There is no route to this number."),
    "21614": (Outcome.BAD_ADDRESS, "The number can't receive texts."),
    "21617": (Outcome.REFUSED, "The message is too long."),
    "21701": (Outcome.PAUSE, "The messaging service does not exist."),
    "21703": (Outcome.PAUSE, "The messaging service has no number to send from."),
    "30001": (Outcome.LATER, "The queue is full."),
    "30002": (Outcome.PAUSE, "The account is suspended."),
    "30003": (Outcome.LATER, "The phone is off or out of reach."),
    "30004": (Outcome.REFUSED, "The carrier blocked the message."),
    "30005": (Outcome.BAD_ADDRESS, "The number is not known."),
    "30006": (Outcome.BAD_ADDRESS, "The number is a landline or can't be reached."),
    "30007": (Outcome.REFUSED, "The carrier filtered the message."),
    "30008": (Outcome.LATER, "The carrier gave no reason."),
    "30032": (Outcome.PAUSE, "The toll-free number is not verified."),
    "30034": (Outcome.PAUSE, "The number is not registered for 10DLC."),
    "30610": (Outcome.LATER, "The recipient's hours are closed, says the vendor."),
}
MATCHES_READ = 50
"""Messages to one number that are compared when one is looked for."""
_KEPT_STATUS = ("MessageSid", "MessageStatus", "ErrorCode", "MessagingServiceSid", "RawDlrDoneDate")
_KEPT_INBOUND = ("MessageSid", "OptOutType", "NumMedia", "NumSegments", "MessagingServiceSid")


class TwilioText:
    """One messaging service of one account. One object serves every thread."""

    name = NAME

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        messaging_service_sid: str,
        base_url: str,
        *,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        to_vendor = transport.Transport("Twilio", connect_seconds=connect_seconds, read_seconds=read_seconds)
        self._client = Client(account_sid, auth_token, http_client=_OnceOnly(to_vendor, base_url))
        self._service = messaging_service_sid

    def send(self, message: OutgoingText) -> Accepted:
        """Hands over one message, once; raises ProviderError."""
        wanted: dict[str, Any] = {"validity_period": max(1, min(message.valid_seconds, 36_000))}
        if message.status_callback:
            wanted["status_callback"] = message.status_callback
        try:
            taken = self._client.messages.create(
                to=message.to_number, messaging_service_sid=self._service, body=message.body, **wanted
            )
        except (TwilioException, ValueError, KeyError, TypeError) as error:
            raise _unreadable() from error
        if not taken.sid:
            raise _unreadable()
        return Accepted(NAME, taken.sid)

    def look_up(self, to: str, since: datetime, body: str) -> str | None:
        """Twilio's id of the message to this number with these words sent at or after `since`; None where it has none.

        Raises ProviderError, which then says nothing about the message.
        """
        try:
            found = self._client.messages.list(to=to, date_sent_after=since, limit=MATCHES_READ, page_size=MATCHES_READ)
        except (TwilioException, ValueError, KeyError, TypeError) as error:
            raise _unreadable() from error
        wanted = body.split()
        return next((each.sid for each in found if each.sid and (each.body or "").split() == wanted), None)


class _OnceOnly(TwilioHttpClient):
    """The vendor's client has no setting for the host: this one sends its requests to ours, over our transport."""

    def __init__(self, to_vendor: transport.Transport, base_url: str) -> None:
        super().__init__(pool_connections=False)
        self._transport = to_vendor
        self._origin = urlsplit(base_url)

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        here = urlunsplit(urlsplit(url)._replace(scheme=self._origin.scheme, netloc=self._origin.netloc))
        answer = self._transport.request(method.upper(), here, headers=headers or {}, params=params, data=data, auth=auth)
        if answer.status >= 300:
            raise _refusal(answer)
        return Response(answer.status, answer.text, answer.headers)


def _unreadable() -> ProviderError:
    return ProviderError("Twilio's answer can't be read.", outcome=Outcome.UNKNOWN, code="unreadable")


def _refusal(answer: transport.Answer) -> ProviderError:
    try:
        code = str(json.loads(answer.text)["code"] or "")
    except (ValueError, KeyError, TypeError):
        code = ""
    outcome, sentence = ERRORS.get(code, (transport.by_status(answer.status), ""))
    if answer.status >= 500:
        outcome = Outcome.UNKNOWN
    wait = answer.retry_after() if outcome is Outcome.LATER else None
    # Never its own words, which repeat the number.
    said = f"Twilio answered {answer.status}{f' ({code})' if code else ''}. {sentence}".strip()
    return ProviderError(said, outcome=outcome, code=code or str(answer.status), retry_after=wait)


def verify(tokens: Sequence[str], url: str, params: Mapping[str, Any], signature: str, settings_header: str = "") -> bool:
    """Whether Twilio signed this form for this address, with any of the tokens (the old and the new one while they change).

    `url` is what Twilio was told to call, with its query; it may lack or have the port. `settings_header` is
    X-Twilio-Webhooks-Signature-Settings, which names the algorithm where it is not HMAC-SHA1.
    """
    if not signature:
        return False
    algorithm = get_signature_algorithm(settings_header)
    try:
        return any(RequestValidator(token).validate(url, params, signature, algorithm) for token in tokens if token)
    except (ValueError, TypeError, AttributeError):
        return False


def parse_status(params: Mapping[str, str], touch_id: str = "") -> Happening:
    """What became of a text. `touch_id` is the one of the callback's address. Callbacks come late, twice and out of order.

    A message that the carrier refused because the number opted out there is an opt-out, not a failure.
    """
    sid = str(params.get("MessageSid") or params.get("SmsSid") or "")
    status = str(params.get("MessageStatus") or params.get("SmsStatus") or "").lower()
    code = str(params.get("ErrorCode") or "")
    code = "" if code == "0" else code
    kind = Kind.OPTED_OUT if code == OPTED_OUT_CODE else STATUS_KINDS.get(status, Kind.IGNORED)
    outcome, sentence = ERRORS.get(code, (None, ""))
    key = f"{NAME}:{sid}:{status}:{code}"
    return Happening(
        kind=kind,
        source=NAME,
        # RawDlrDoneDate has no zone and no seconds: it is kept, and not believed.
        at=None,
        dedupe_key=key,
        semantic_key=key,
        touch_id=touch_id,
        provider_id=sid,
        address=str(params.get("To") or ""),
        permanent=outcome is Outcome.BAD_ADDRESS,
        code=code,
        detail=sentence,
        raw=_kept(params, _KEPT_STATUS),
    )


def parse_inbound(params: Mapping[str, str]) -> Happening:
    """A borrower's text. Whether its words opt out is for the reader to judge, unless Twilio itself says so.

    Twilio knows only a message that is nothing but a keyword, and only where its opt-out handling is on.
    """
    sid = str(params.get("MessageSid") or params.get("SmsSid") or "")
    opt_out = str(params.get("OptOutType") or "").upper()
    media = str(params.get("NumMedia") or "0")
    key = f"{NAME}:{sid}:inbound"
    return Happening(
        kind=OPT_OUT_KINDS.get(opt_out, Kind.REPLIED),
        source=NAME,
        at=None,
        dedupe_key=key,
        semantic_key=key,
        provider_id=sid,
        address=str(params.get("From") or ""),
        code=opt_out,
        detail="" if media == "0" else "With a picture or file, which is not fetched.",
        text=str(params.get("Body") or "").strip(),
        raw=_kept(params, _KEPT_INBOUND),
    )


def _kept(params: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {name: str(params[name]) for name in names if name in params}
