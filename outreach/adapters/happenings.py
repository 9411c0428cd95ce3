"""What vendors report, in our words: one dataclass for every event of every vendor."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What happened."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    DROPPED = "dropped"
    FAILED = "failed"
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    REPLIED = "replied"
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    HELP = "help"
    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELED = "canceled"
    IGNORED = "ignored"
    """Genuine, and of no meaning to us: kept, never acted upon."""


@dataclass(frozen=True)
class Happening:
    """One event. Whoever stores it drops it if either key is known: some vendors repeat an event under a new id."""

    kind: Kind
    source: str
    at: datetime | None
    """When it happened, UTC, by the vendor's clock; None where the vendor does not say."""
    dedupe_key: str
    """The vendor's own id of the event, or what stands for one."""
    semantic_key: str
    """The same for the same fact, whatever id it comes under: the message, the event and its time."""
    touch_id: str = ""
    """Our touch, as the vendor hands it back; it is not checked against anything here."""
    provider_id: str = ""
    address: str = field(default="", repr=False)
    """The borrower's e-mail address, in lower case, or number in E.164."""
    machine: bool = False
    """A mail program's own fetch, not a person."""
    permanent: bool = False
    """The address or number must not be written to again: it does not exist, or the vendor holds it back for good."""
    code: str = ""
    detail: str = ""
    """Why, in words of ours that hold nothing personal."""
    text: str = field(default="", repr=False)
    """What the borrower wrote, without what was quoted."""
    subject: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    """The token of the address or link that the borrower used, still to be verified."""
    in_reply_to: tuple[str, ...] = field(default=(), repr=False)
    """Message ids that a mail answers, without angle brackets, newest first."""
    automatic: bool = False
    """Written by a machine, such as an out-of-office answer."""
    authenticated: bool = True
    """The sender is who the address says (SPF or DKIM). An opt-out counts even where this is False."""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    external_id: str = ""
    """The vendor's id of a booking; a rescheduled booking keeps or names the former in `replaces`."""
    replaces: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What of the vendor's fields is not personal: no address, number, name or words, so that it can be kept in the clear."""


def fingerprint(*parts: object) -> str:
    """A short key for parts that may hold personal data: a hash, so that a key never shows them."""
    joined = "\x1f".join(str(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def reason(words: object, limit: int = 200) -> str:
    """A vendor's words about a failure without the addresses, numbers and links that they like to repeat."""
    if not words:
        return ""
    plain = " ".join(str(words).split())
    return _LONG_NUMBER.sub("(number)", _LINK.sub("(link)", _ADDRESS.sub("(address)", plain)))[:limit]


_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"']+@[^\s<>()\[\],;:\"']+")
_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"\+?\d[\d().\-]{6,}\d")


def instant(value: object) -> datetime | None:
    """UTC from seconds since 1970 or from ISO 8601 with a zone; None for anything else."""
    try:
        if isinstance(value, str) and not value.strip().isdecimal():
            read = datetime.fromisoformat(value.strip())
            return read.astimezone(UTC) if read.tzinfo else None
        return datetime.fromtimestamp(int(value), UTC)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, OverflowError, OSError):
        return None
