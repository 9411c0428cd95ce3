"""What a loan origination system or CRM may tell us: the types, their fields, and what is wrong with one. Plain Python."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

MOST_EVENTS = 1000
LONGEST_ID = 120
TYPES = (
    "loan.upserted",
    "loan.stage_changed",
    "application.submitted",
    "appointment.booked",
    "appointment.canceled",
    "refinance.closed",
    "loan.paid_off",
    "contact.replied",
    "contact.opted_out",
)
NOT_URGENT = frozenset({"loan.upserted"})
CHANNELS = ("email", "sms", "call")
# What a system calls the stages of an application, in lower case with underscores.
STAGES = {
    **dict.fromkeys(
        ("application", "started", "submitted", "processing", "underwriting", "conditional_approval", "approved",
         "clear_to_close", "docs_out", "closing"), "application.submitted",
    ),
    **dict.fromkeys(("closed", "funded", "shipped", "purchased"), "refinance.closed"),
    **dict.fromkeys(("paid_off", "payoff"), "loan.paid_off"),
}  # fmt: skip


class NotAnEvent(Exception):
    """The message is a sentence for whoever sent it."""


@dataclass(frozen=True)
class SystemEvent:
    """One event, checked. `at` is None where the sender names no time."""

    type: str
    loan_number: str
    data: Mapping[str, Any] = field(repr=False)
    id: str = ""
    at: datetime | None = None

    @property
    def means(self) -> str:
        """The type, and of a change of stage what follows from the stage; empty where nothing does."""
        if self.type != "loan.stage_changed":
            return self.type
        return STAGES.get("_".join(str(self.data.get("stage", "")).lower().replace("-", " ").replace("_", " ").split()), "")

    def text(self, name: str) -> str:
        """A field that is text; anything else is none."""
        value = self.data.get(name)
        return value.strip() if isinstance(value, str) else ""

    def instant(self, name: str) -> datetime | None:
        return _instant(self.data.get(name))

    def day(self, name: str) -> date | None:
        """A date, or the date of an instant."""
        try:
            return date.fromisoformat(self.text(name)[:10])
        except ValueError:
            return None

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that the event names, all where it names none."""
        named = self.data.get("channels") or ([self.data["channel"]] if self.data.get("channel") else [])
        return tuple(channel for channel in CHANNELS if channel in named) if named else CHANNELS


def read(body: object) -> SystemEvent:
    """Checks one event. Raises NotAnEvent."""
    if not isinstance(body, Mapping):
        raise NotAnEvent("An event is an object.")
    kind, data = body.get("type"), body.get("data")
    if kind not in TYPES:
        raise NotAnEvent(f"type must be one of {', '.join(TYPES)}.")
    if not isinstance(data, Mapping):
        raise NotAnEvent("data must be an object.")
    number = data.get("loan_number")
    if not isinstance(number, str) or not 0 < len(number.strip()) <= 40 or not number.isprintable():
        raise NotAnEvent("data.loan_number must be a loan number.")
    given = body.get("id") or ""
    if not isinstance(given, str) or len(given) > LONGEST_ID or not given.isprintable():
        raise NotAnEvent(f"id must be text of at most {LONGEST_ID} characters.")
    at = _instant(body.get("timestamp"))
    if body.get("timestamp") and at is None:
        raise NotAnEvent("timestamp must be ISO 8601 with a time zone.")
    event = SystemEvent(type=str(kind), loan_number=number.strip(), data=data, id=given, at=at)
    _check_fields(event)
    return event


def _check_fields(event: SystemEvent) -> None:
    if event.type == "loan.stage_changed" and not event.text("stage"):
        raise NotAnEvent("data.stage is missing.")
    if event.type == "appointment.booked" and event.instant("starts_at") is None:
        raise NotAnEvent("data.starts_at must be ISO 8601 with a time zone.")
    if event.type.startswith("appointment.") and not event.text("appointment_id"):
        raise NotAnEvent("data.appointment_id is missing.")
    if event.type == "contact.replied" and not event.text("text"):
        raise NotAnEvent("data.text is missing.")
    named = event.data.get("channels", [event.data["channel"]] if "channel" in event.data else [])
    if not isinstance(named, list) or any(channel not in CHANNELS for channel in named):
        raise NotAnEvent(f"data.channels must be of {', '.join(CHANNELS)}.")
    if event.data.get("borrower", 1) not in (1, 2):
        raise NotAnEvent("data.borrower must be 1 or 2.")


def as_json(event: SystemEvent) -> str:
    """The event in one line, equal for equal events."""
    plain: dict[str, Any] = {"type": event.type, "loan_number": event.loan_number, "data": dict(event.data), "id": event.id}
    plain["at"] = event.at.isoformat() if event.at else None
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str) -> SystemEvent:
    """The event that `as_json` wrote. Raises ValueError, KeyError or TypeError."""
    plain = json.loads(text)
    at = datetime.fromisoformat(plain["at"]) if plain["at"] else None
    return SystemEvent(type=plain["type"], loan_number=plain["loan_number"], data=plain["data"], id=plain["id"], at=at)


def fingerprint(event: SystemEvent) -> str:
    """What stands for an id where the sender gives none: equal events are one."""
    return hashlib.sha256(as_json(event).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        read_at = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return read_at.astimezone(UTC) if read_at.tzinfo else None
