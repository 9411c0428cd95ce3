"""What every channel has in common: a message to send, the vendor's receipt, and what an error proves about the message.

A channel never tries twice. Whether another try is safe depends on what the error proves, and only the sender may decide it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0


@dataclass(frozen=True)
class OutgoingEmail:
    """One e-mail to one person. `touch_id` is opaque; it alone is stored by the vendor beside the message."""

    touch_id: str
    to_address: str
    to_name: str = field(repr=False)
    from_address: str
    from_name: str
    reply_to: str
    subject: str
    html: str = field(repr=False)
    text: str = field(repr=False)
    unsubscribe_url: str = field(default="", repr=False)
    """The https address that unsubscribes by one POST (RFC 8058). Empty only for mail that is not marketing."""
    unsubscribe_mailto: str = field(default="", repr=False)
    """An address, without `mailto:`, at which any mail counts as an unsubscribe; may be empty."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Further headers, such as In-Reply-To and References."""
    category: str = "refi-touch"
    """A word for the vendor's statistics: a kind of message, never a person."""


@dataclass(frozen=True)
class OutgoingText:
    """One text message to one number in E.164."""

    touch_id: str
    to_number: str
    body: str = field(repr=False)
    status_callback: str = field(default="", repr=False)
    """Where the vendor reports; its address carries the touch, so that it is known even if the receipt was lost."""
    valid_seconds: int = 3600
    """How long the vendor may hold the message; no longer than the recipient's hours are open."""


@dataclass(frozen=True)
class Accepted:
    """The vendor's receipt. `provider_id` is the vendor's own name for the message."""

    provider: str
    provider_id: str


class Outcome(StrEnum):
    """What an error proves about the message."""

    LATER = "later"
    """Proved not taken, and another try may go through: no connection, or too many requests."""
    REFUSED = "refused"
    """Not taken, and the same message never will be."""
    BAD_ADDRESS = "bad_address"
    """Not taken because of the address or number: mark it."""
    OPTED_OUT = "opted_out"
    """Not taken because the vendor knows that the person opted out: a revocation, never a bounce."""
    PAUSE = "pause"
    """Not taken because of our account: pause the provider and tell a person."""
    UNKNOWN = "unknown"
    """The request was, or may have been, handed over: it may be delivered, so it is never sent again by itself."""


class ProviderError(Exception):
    """A message without a receipt. The words hold no address, number or body; `retry_after` is in seconds, where given."""

    def __init__(self, message: str, *, outcome: Outcome, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.code = code
        self.retry_after = retry_after


class EmailChannel(Protocol):
    """Something that sends e-mail. One object serves every thread."""

    name: str

    def send(self, message: OutgoingEmail) -> Accepted:
        """Hands over one message, once; raises ProviderError."""
        ...


class TextChannel(Protocol):
    """Something that sends text messages. One object serves every thread."""

    name: str

    def send(self, message: OutgoingText) -> Accepted:
        """Hands over one message, once; raises ProviderError."""
        ...
