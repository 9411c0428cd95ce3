"""Vendors' posts: read raw, verified, kept, answered at once. 401 for what is forged, 400 for what can't be read.

Vendors try again on anything but 2xx, for a day or longer; so nothing is answered 2xx before it is committed.
"""

from collections.abc import Callable
from functools import wraps

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from outreach.api.hints import something_came
from outreach.services import events, inbox
from outreach.services.inbox import Forged, Taken, Unreadable
from refidetect.kit import clock

log = structlog.get_logger(__name__)

MOST_BYTES = 5 * 1024 * 1024
# SendGrid takes mail of 30 MB, and posts it whole.
MOST_BYTES_OF_MAIL = 32 * 1024 * 1024
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

View = Callable[[HttpRequest], HttpResponse]
Take = Callable[[HttpRequest, bytes], HttpResponse]


class TooLarge(Exception):
    """More bytes than this door takes."""


def door(most_bytes: int = MOST_BYTES) -> Callable[[Take], View]:
    """A view that is given the raw body, and answers for what goes wrong."""

    def decorate(take: Take) -> View:
        @csrf_exempt
        @never_cache
        @require_POST
        @wraps(take)
        def view(request: HttpRequest) -> HttpResponse:
            try:
                return take(request, _raw(request, most_bytes))
            except Forged as refusal:
                log.warning("forged webhook", source=str(refusal))
                return HttpResponse(status=401)
            except Unreadable as problem:
                log.warning("unreadable webhook", path=request.path, problem=str(problem))
                return HttpResponse(str(problem), status=400, content_type="text/plain")
            except TooLarge:
                return HttpResponse(status=413)

        return view

    return decorate


@door()
def sendgrid_events(request: HttpRequest, body: bytes) -> HttpResponse:
    return _took(inbox.take_sendgrid_events(body, *_signature(request), clock.now()))


@door(MOST_BYTES_OF_MAIL)
def sendgrid_inbound(request: HttpRequest, body: bytes) -> HttpResponse:
    authorization = request.headers.get("Authorization", "")
    kind = request.headers.get("Content-Type", "")
    return _took(inbox.take_sendgrid_inbound(body, kind, *_signature(request), authorization, clock.now()))


@door()
def twilio_status(request: HttpRequest, body: bytes) -> HttpResponse:
    touch = request.GET.get("touch", "")
    _took(inbox.take_twilio_status(_url(request), _form(request, body), *_twilio(request), touch, clock.now()))
    return HttpResponse(status=204)


@door()
def twilio_inbound(request: HttpRequest, body: bytes) -> HttpResponse:
    """Answered with an empty TwiML: what we say is a message of ours, by the gate."""
    _took(inbox.take_twilio_inbound(_url(request), _form(request, body), *_twilio(request), clock.now()))
    return HttpResponse(NO_ANSWER, content_type="text/xml")


@door()
def calendly(request: HttpRequest, body: bytes) -> HttpResponse:
    return _took(inbox.take_calendly(body, request.headers, clock.now()))


@door()
def calcom(request: HttpRequest, body: bytes) -> HttpResponse:
    return _took(inbox.take_calcom(body, request.headers, clock.now()))


@door()
def los(request: HttpRequest, body: bytes) -> HttpResponse:
    """The same body as `POST /api/v1/events/`, signed as Standard Webhooks say."""
    answer = events.take_los(body, request.headers, clock.now())
    something_came(Taken(answer.accepted, answer.duplicates))
    return JsonResponse(answer.as_json(), status=202)


def _took(taken: Taken) -> HttpResponse:
    something_came(taken)
    return HttpResponse(status=204)


def _raw(request: HttpRequest, most_bytes: int) -> bytes:
    """Never through `request.body`, whose limit is that of forms."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > most_bytes:
        raise TooLarge
    body = request.read(most_bytes + 1)
    if len(body) > most_bytes:
        raise TooLarge
    return body


def _signature(request: HttpRequest) -> tuple[str, str]:
    prefix = "X-Twilio-Email-Event-Webhook-"
    return request.headers.get(f"{prefix}Signature", ""), request.headers.get(f"{prefix}Timestamp", "")


def _twilio(request: HttpRequest) -> tuple[str, str]:
    return request.headers.get("X-Twilio-Signature", ""), request.headers.get("X-Twilio-Webhooks-Signature-Settings", "")


def _url(request: HttpRequest) -> str:
    """As Twilio was told to call it: a proxy before us may have changed scheme and host."""
    return settings.PUBLIC_BASE_URL + request.get_full_path()


def _form(request: HttpRequest, body: bytes) -> QueryDict:
    """Twilio's fields, each once."""
    return QueryDict(body, encoding="utf-8")
