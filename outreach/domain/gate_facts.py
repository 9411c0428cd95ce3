"""What the gate must know about a message, in plain values that can be stored and asked again years later.

The service reads them under the contact's lock, the gate decides on nothing else, and the replay page decides again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Self

from outreach.domain.windows import Verdict

VERSION = 1
BY_SEQUENCE, BY_HAND, CONFIRMATION = "sequence", "by_hand", "confirmation"
KINDS = (BY_SEQUENCE, BY_HAND, CONFIRMATION)
CHANNELS = ("email", "sms", "call")
_INSTANTS = (
    "now", "suppressed_since", "sms_consent_at", "borrower_wrote_at",
    "last_touch_at", "ceiling_resets_at", "due_at", "not_after",
)  # fmt: skip
_DAYS = ("license_until",)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything known at one moment about one touch. Instants are aware and kept in UTC; an empty text means none.

    Raises ValueError for a kind or channel that does not exist and for an instant without a zone.
    """

    now: datetime
    # "sequence", "by_hand" (typed by the officer) or "confirmation" (the one answer to an opt-out by text).
    kind: str
    channel: str

    # Why everything is halted, and by whom.
    kill_switch: str
    # "off", "review" or "automatic", and whether somebody has let this touch go.
    mode: str
    released: bool
    # Why nothing goes through the provider.
    provider: str
    provider_paused: str

    # "active", "paused", "completed", "stopped", "error"; empty where no sequence runs.
    enrollment_state: str
    stop_reason: str
    opportunity_status: str
    opportunity_open: bool
    officer_name: str
    officer_active: bool
    # Why a person must look at the loan's figures first.
    review: str

    # A suppression of this channel, this address or the borrower. In doubt: their words may have meant it, a person decides.
    suppressed_since: datetime | None
    suppression_reason: str
    suppression_in_doubt: bool
    has_address: bool
    # "0188", or "j…@example.com": enough to recognize, not to use.
    address_hint: str
    sms_consent_at: datetime | None
    sms_consent_source: str
    # When the borrower last wrote or called on this very channel.
    borrower_wrote_at: datetime | None
    # None: nobody has said, and no list was checked.
    do_not_call: bool | None
    do_not_call_source: str
    # None: licenses are not on file.
    licensed: bool | None
    license_state: str
    license_until: date | None

    template: str
    template_version: int | None
    template_approved: bool
    template_approved_by: str
    # Whether the content that would go out is the content that was approved.
    hash_equal: bool
    sender_domain: str
    # None: the sandbox, which sends nothing to anybody.
    domain_verified: bool | None

    window: Verdict
    last_touch_at: datetime | None
    cap_hours: int
    hot_signal: bool
    # Sent today, and the most that may be; None for no limit.
    officer_sent: int
    officer_ceiling: int | None
    lender_sent: int
    lender_ceiling: int | None
    # When the next day begins by which the ceilings count.
    ceiling_resets_at: datetime
    due_at: datetime | None
    not_after: datetime | None

    # Where each fact is written down, by the reason it bears on: {"consent_missing": "consent 5512"}.
    evidence: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.channel not in CHANNELS:
            raise ValueError(f"No such message: kind {self.kind!r}, channel {self.channel!r}.")
        for name in _INSTANTS:
            instant = getattr(self, name)
            if instant is not None:
                if instant.tzinfo is None:
                    raise ValueError(f"{name} has no time zone.")
                # One zone for all, so that the stored form reads back to the very same facts and the very same sentences.
                object.__setattr__(self, name, instant.astimezone(UTC))

    @property
    def by_hand(self) -> bool:
        return self.kind == BY_HAND

    @property
    def confirms(self) -> bool:
        """The one text that may follow an opt-out: it sells nothing and answers what the borrower has just written."""
        return self.kind == CONFIRMATION

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold; `from_json` gives back equal facts."""
        stored: dict[str, Any] = {"version": VERSION}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Verdict):
                value = value.as_json()
            elif isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, Mapping):
                value = dict(value)
            stored[each.name] = value
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The facts that `as_json` wrote. Raises ValueError for another version, or where a fact is missing or unknown."""
        values = dict(stored)
        if values.pop("version", None) != VERSION:
            raise ValueError("These facts were written in another version.")
        names = {each.name for each in fields(cls)}
        if values.keys() != names:
            raise ValueError("Facts missing or unknown: " + ", ".join(sorted(values.keys() ^ names)) + ".")
        for name in _INSTANTS:
            values[name] = values[name] and datetime.fromisoformat(values[name])
        for name in _DAYS:
            values[name] = values[name] and date.fromisoformat(values[name])
        values["window"] = Verdict.from_json(values["window"])
        return cls(**values)
