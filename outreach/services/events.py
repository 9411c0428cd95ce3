"""The door of the LOS and CRM: events checked one by one, kept once, answered at once; and what follows from each.

Called by `POST /api/v1/events/` and `/webhooks/los/`, and by `applying` when an item's turn comes.
"""

import csv
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import Lender, User
from loans.domain.portfolio_file import COLUMNS, UnreadableFile
from loans.services import importing, progress
from outreach.adapters import happenings, standard_webhooks
from outreach.adapters.happenings import Happening, Kind
from outreach.domain import system_events
from outreach.domain.system_events import NotAnEvent, SystemEvent
from outreach.models import AlertKind, Channel, ConsentSource, InboxItem
from outreach.queries import consents, contacts, loans_told_of, matching_replies
from outreach.services import alerting, booking, consent, inbox, replying, stopping
from outreach.services.inbox import Forged, Told, Unreadable

LOS, API = "los", "api"
NO_SUCH_LOAN = "No such loan."


@dataclass(frozen=True)
class Answer:
    """What became of a post: `rejected` holds the place and the reason of each event that can't be taken."""

    accepted: int
    duplicates: int
    rejected: list[dict[str, Any]]

    @property
    def none_taken(self) -> bool:
        """Whether every event was rejected. A post without any, or of those known already, has nothing to put right."""
        return bool(self.rejected) and not (self.accepted or self.duplicates)

    def as_json(self) -> dict[str, Any]:
        return {"accepted": self.accepted, "duplicates": self.duplicates, "rejected": self.rejected}


def take_los(body: bytes, headers: Mapping[str, str], now: datetime) -> Answer:
    """Signed by the LOS with its own secret. Raises Forged and Unreadable."""
    genuine, message_id = standard_webhooks.verify(settings.LOS_WEBHOOK_SECRET, body, headers)
    if not genuine:
        raise Forged(LOS)
    return take(inbox.as_json(body), source=LOS, sender="", message_id=message_id, user=None, now=now)


def take(body: object, *, source: str, sender: str, message_id: str, user: User | None, now: datetime) -> Answer:
    """One event or a list. Without an id of its own an event is known by the post's, else by all that it says.

    `user` bounds the loans that may be spoken of. Raises Unreadable where there are too many.
    """
    bodies: Sequence[object] = body if isinstance(body, list) else [body]
    if len(bodies) > system_events.MOST_EVENTS:
        raise Unreadable(f"At most {system_events.MOST_EVENTS:,} events in one post.")
    events: dict[int, SystemEvent] = {}
    rejected: list[dict[str, Any]] = []
    for place, each in enumerate(bodies):
        try:
            events[place] = system_events.read(each)
        except NotAnEvent as error:
            rejected.append({"index": place, "reason": str(error)})
    numbers = {event.loan_number for event in events.values()}
    seen, existing = loans_told_of.known(numbers, user), loans_told_of.known(numbers, None)
    rows = []
    for place, event in events.items():
        if event.loan_number in seen or _may_be_new(event, existing, user):
            rows.append(_told(event, source, sender, message_id, place))
        else:
            rejected.append({"index": place, "reason": NO_SUCH_LOAN})
    taken = inbox.keep(rows, now)
    return Answer(taken.new, taken.known, sorted(rejected, key=lambda each: int(each["index"])))


def apply(item: InboxItem) -> str:
    """Does what an event asks; returns what was done. Raises whatever makes another try worth it."""
    event = system_events.from_json(item.payload)
    at = event.at or item.received_at
    if event.type == "loan.upserted":
        return _upsert(event)
    loan = loans_told_of.loan(event.loan_number)
    if loan is None:
        return NO_SUCH_LOAN
    if event.type == "contact.opted_out":
        return _opted_out(event, loan.pk, item, at)
    if event.type == "contact.replied":
        return _replied(event, loan.pk, item, at)
    if event.type.startswith("appointment."):
        return _appointment(event, loan.pk, item, at)
    return _progress(event, loan, at)


def _progress(event: SystemEvent, loan: Any, at: datetime) -> str:
    """How far the loan has come; whatever it is, nothing more goes out by itself."""
    means, text = event.means, event.text("stage") or event.text("text")
    on = event.day("on") or at.astimezone(Lender.current().zone).date()
    if means == "application.submitted":
        stopping.stop([loan.pk], stopping.Why.APPLICATION, at=at, detail=text)
        told_before = loan.status == "in_application"
        opportunity = progress.applied(loan, at=at, text=text)
        if opportunity is not None and not told_before:
            alerting.tell(opportunity, AlertKind.APPLICATION, at=at, text=text)
        return "Applied."
    if means in ("refinance.closed", "loan.paid_off"):
        stopping.stop([loan.pk], stopping.Why.OPPORTUNITY_CLOSED, at=at, detail=text)
        ended = progress.closed if means == "refinance.closed" else progress.lost
        ended(loan, on=on, text=text)
        return "Closed." if means == "refinance.closed" else "Paid off."
    return f"Kept; nothing follows from the stage {text}."[:200]


def _appointment(event: SystemEvent, loan_id: int, item: InboxItem, at: datetime) -> str:
    opportunity = loans_told_of.open_opportunity(loan_id)
    if opportunity is None:
        return "Kept; the loan has no open opportunity."
    kind = event.type.removeprefix("appointment.")
    row = booking.from_vendor(
        item.source,
        event.text("appointment_id")[:200],
        kind,
        opportunity_id=opportunity,
        at=at,
        starts_at=event.instant("starts_at"),
        ends_at=event.instant("ends_at"),
        replaces=event.text("replaces")[:200],
    )
    return f"Call {kind}." if row else "Kept; no such call."


def _opted_out(event: SystemEvent, loan_id: int, item: InboxItem, at: datetime) -> str:
    """Named by address, it is that address; else all that the borrowers of the loan have on these channels."""
    named = event.text("address")
    lookup = matching_replies.lookup_of(named) if named else None
    if lookup is not None:
        channels = [channel for channel in event.channels if ("@" in named) == (channel == Channel.EMAIL)]
        closings: list[tuple[Any, dict[str, bytes]]] = [(None, dict.fromkeys(channels, lookup))]
    else:
        people = loans_told_of.borrowers(loan_id, event.data.get("borrower"))
        closings = [(person, consents.lookups(person, event.channels)) for person in people]
    lookups = {each for _, closing in closings for each in closing.values()}
    loans = {loan_id, *(loan for each in lookups for loan in contacts.loans_of_address(each))}
    stopping.stop(loans, stopping.Why.OPT_OUT, at=at, detail=ConsentSource.SYSTEM.label, lookups=lookups)
    for person, closing in closings:
        consent.opt_out(closing, source=ConsentSource.SYSTEM, at=at, borrower=person, words=event.text("text"), item=item)
    opportunity = loans_told_of.open_opportunity(loan_id)
    if opportunity is not None:
        alerting.tell(opportunity, AlertKind.OPTED_OUT, at=at, text=event.text("text"))
    return "Opted out."


def _replied(event: SystemEvent, loan_id: int, item: InboxItem, at: datetime) -> str:
    """Words that another system heard are read as ours are; where the sender is not named, it is the loan's borrower."""
    channel = Channel(event.channels[0] if len(event.channels) == 1 else Channel.EMAIL)
    people = loans_told_of.borrowers(loan_id, event.data.get("borrower"))
    own = next((person.email if channel == Channel.EMAIL else person.phone for person in people), "")
    happening = Happening(
        kind=Kind.REPLIED,
        source=item.source,
        at=at,
        dedupe_key=item.dedupe_key,
        semantic_key="",
        address=event.text("address") or own,
        text=event.text("text"),
    )
    return replying.take(happening, item, channel, at, loan_id=loan_id)


def _upsert(event: SystemEvent) -> str:
    """One row in the form of a portfolio file, through the same checks."""
    row = {column.name: _cell(event.data[column.name]) for column in COLUMNS if event.data.get(column.name) is not None}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "event.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
            writer.writerow(row)
        try:
            batch = importing.import_file(path, batch=importing.open_batch("Told by the LOS"))
        except UnreadableFile as error:
            return f"Not taken: {error}"[:200]
    return "Loan updated." if not batch.rejected else "Not taken: a field can't be read; its import tells which."


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _may_be_new(event: SystemEvent, existing: set[str], user: User | None) -> bool:
    """A loan that nobody has yet comes from whoever sees every branch, or is of the sender's own."""
    if event.type != "loan.upserted" or event.loan_number in existing:
        return False
    if user is None or user.sees_every_branch:
        return True
    return user.branch is not None and event.text("branch") == user.branch.name


def _told(event: SystemEvent, source: str, sender: str, message_id: str, place: int) -> Told:
    """Ids are the sender's own: two senders may use the same."""
    if event.id:
        key = f"id:{event.id}"
    elif message_id:
        key = f"post:{happenings.fingerprint(message_id)}:{place}"
    else:
        key = f"says:{system_events.fingerprint(event)}"
    return Told(
        source=source,
        kind=event.type,
        dedupe_key=f"{sender}:{key}",
        payload=system_events.as_json(event),
        urgent=event.type not in system_events.NOT_URGENT,
    )
