"""Cal.com: reads who booked a call, moved it or gave it up. Needs its own form of the payload, not a custom template."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outreach.adapters import happenings
from outreach.adapters.happenings import Happening, Kind

NAME = "calcom"
HEADER = "x-cal-signature-256"
TRIGGER_KINDS = {
    "BOOKING_CREATED": Kind.BOOKED,
    "BOOKING_RESCHEDULED": Kind.RESCHEDULED,
    "BOOKING_CANCELLED": Kind.CANCELED,
    "BOOKING_REJECTED": Kind.CANCELED,
}


def verify(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Whether Cal.com signed these bytes. It signs no time, so `now` plays no part: the keys of the event stop a replay.

    A webhook without a secret says `no-secret-provided` in place of a signature, and never passes.
    """
    given = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    if not secret or not given:
        return False
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().encode())


def parse(body: bytes) -> Happening | None:
    """The event, or None where the body is not one."""
    try:
        event = json.loads(body)
        payload = event["payload"]
        trigger = str(event["triggerEvent"])
        uid = str(payload["uid"])
    except (ValueError, KeyError, TypeError):
        return None
    starts = payload.get("startTime")
    return Happening(
        kind=TRIGGER_KINDS.get(trigger, Kind.IGNORED),
        source=NAME,
        at=happenings.instant(event.get("createdAt")),
        dedupe_key=f"{NAME}:{uid}:{trigger}:{event.get('createdAt')}",
        semantic_key=f"{NAME}:{uid}:{trigger}:{starts}",
        provider_id=uid,
        address=_attendee(payload),
        code=trigger,
        token=str(_object(payload.get("metadata")).get("opp") or ""),
        starts_at=happenings.instant(starts),
        ends_at=happenings.instant(payload.get("endTime")),
        external_id=uid,
        replaces=str(payload.get("rescheduleUid") or ""),
        raw={"triggerEvent": trigger, "status": str(payload.get("status") or "")},
    )


def _attendee(payload: dict[str, Any]) -> str:
    attendees = payload.get("attendees")
    first = attendees[0] if isinstance(attendees, list) and attendees else {}
    return str(_object(first).get("email") or "").strip().lower()


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
