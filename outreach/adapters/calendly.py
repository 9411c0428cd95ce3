"""Calendly: reads who booked a call, moved it or gave it up."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outreach.adapters import happenings
from outreach.adapters.happenings import Happening, Kind

NAME = "calendly"
HEADER = "calendly-webhook-signature"
TOLERANCE_SECONDS = 300


def verify(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Whether Calendly signed these bytes within five minutes of `now` (UTC); False for any nonsense."""
    header = next((value for name, value in headers.items() if name.lower() == HEADER), "")
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    time, given = parts.get("t", ""), parts.get("v1", "")
    if not (secret and given and time.isascii() and time.isdecimal() and len(time) < 12):
        return False
    if abs(now.timestamp() - int(time)) > TOLERANCE_SECONDS:
        return False
    expected = hmac.new(secret.encode(), f"{time}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), given.encode())


def parse(body: bytes) -> Happening | None:
    """The event, or None where the body is not one. The cancellation within a reschedule is ignored: its booking tells all."""
    try:
        event = json.loads(body)
        payload = event["payload"]
        name = str(event["event"])
        uri = str(payload["uri"])
    except (ValueError, KeyError, TypeError):
        return None
    meeting = _object(payload.get("scheduled_event"))
    former = str(payload.get("old_invitee") or "")
    key = f"{NAME}:{uri}:{name}"
    return Happening(
        kind=_kind(name, bool(former), payload.get("rescheduled") is True),
        source=NAME,
        at=happenings.instant(event.get("created_at")),
        dedupe_key=key,
        semantic_key=key,
        provider_id=str(meeting.get("uri") or ""),
        address=str(payload.get("email") or "").strip().lower(),
        code=name,
        token=str(_object(payload.get("tracking")).get("utm_content") or ""),
        starts_at=happenings.instant(meeting.get("start_time")),
        ends_at=happenings.instant(meeting.get("end_time")),
        external_id=uri,
        replaces=former,
        raw={"event": name, "status": str(payload.get("status") or ""), "rescheduled": payload.get("rescheduled") is True},
    )


def _kind(name: str, replaces_another: bool, was_moved: bool) -> Kind:
    if name == "invitee.created":
        return Kind.RESCHEDULED if replaces_another else Kind.BOOKED
    if name == "invitee.canceled":
        return Kind.IGNORED if was_moved else Kind.CANCELED
    return Kind.IGNORED


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
