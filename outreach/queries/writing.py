"""By which channels somebody may write to the people of a loan by hand, and why not by the others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from outreach.models import Channel
from outreach.queries import reply_list
from outreach.queries.consent_panel import Person

CHANNELS = {Channel.SMS: ("Text", "message", "t"), Channel.EMAIL: ("E-mail", "mail", "e")}


@dataclass(frozen=True)
class Way:
    """One channel with its button: `people` may be written to; where nobody may, `why` says what keeps them from it."""

    channel: str
    label: str
    icon: str
    key: str
    people: tuple[Any, ...]
    why: str

    @property
    def allowed(self) -> bool:
        return bool(self.people)


def ways(people: list[Person], now: datetime) -> list[Way]:
    """Text and e-mail. A query for each number without consent, to see whether its owner wrote first."""
    return [way(channel, people, now) for channel in CHANNELS]


def way(channel: str, people: list[Person], now: datetime) -> Way:
    """The gate answers when something is sent; this only keeps people from writing in vain."""
    label, icon, key = CHANNELS[Channel(channel)]
    reachable = tuple(person.borrower for person in people if _reachable(person, channel, now))
    why = people[0].line(channel).why if people else "The file names nobody on this loan."
    return Way(channel, label, icon, key, reachable, why)


def _reachable(person: Person, channel: str, now: datetime) -> bool:
    line = person.line(channel)
    if line.allowed or line.closed or channel != Channel.SMS:
        return line.allowed
    return reply_list.wrote_by_text(bytes(person.borrower.phone_lookup), now)
