"""Acting on what the inbox keeps: one item a transaction, stops first, again later where it could not be done.

Called right after an item came, and by the clock each minute, by as many workers at once as there are: each takes its own.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from outreach.adapters import calcom, calendly, sendgrid, sendgrid_inbound, twilio
from outreach.adapters.happenings import Happening, Kind
from outreach.models import Channel, ConsentSource, InboxItem
from outreach.queries import inbox as waiting_items
from outreach.queries import matching_replies
from outreach.services import booking, events, inbox, payloads, recording, replying
from outreach.services.recording import NotYet

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=15)
# A cancellation may come before the booking it cancels; for a day it waits for it.
BOOKING_PAUSE, BOOKING_LATEST = timedelta(minutes=5), timedelta(days=1)
BOOKING_KINDS = (Kind.BOOKED, Kind.RESCHEDULED, Kind.CANCELED)


def apply_waiting(now: datetime, limit: int = 1000) -> int:
    """Applies what waits, at most `limit` items; returns how many were tried. One that fails holds up no other."""
    tried = 0
    while tried < limit and _apply_next(now):
        tried += 1
    return tried


def _apply_next(now: datetime) -> bool:
    with transaction.atomic():
        item = waiting_items.waiting(now).select_for_update(skip_locked=True).first()
        if item is None:
            return False
        try:
            # What a failed try has written is undone, its locks with it; that it failed is kept.
            with transaction.atomic():
                outcome = _apply(item, now)
        except NotYet as later:
            item.try_after = now + later.wait
            item.save(update_fields=["try_after"])
        except Exception as error:  # whatever is wrong with one item is that item's own matter
            _failed(item, error, now)
        else:
            item.applied_at, item.outcome, item.tries = now, outcome[:200], item.tries + 1
            item.save(update_fields=["applied_at", "outcome", "tries"])
    return True


def _failed(item: InboxItem, error: Exception, now: datetime) -> None:
    log.exception("inbox item failed", item=item.pk, source=item.source, kind=item.kind, tries=item.tries + 1)
    item.tries += 1
    item.try_after = now + FIRST_PAUSE * 2 ** (item.tries - 1)
    # The class alone: the words may repeat an address.
    item.outcome = f"Failed: {type(error).__name__}."[:200]
    item.save(update_fields=["tries", "try_after", "outcome"])


def _apply(item: InboxItem, now: datetime) -> str:
    if item.source in (events.LOS, events.API):
        return events.apply(item)
    happening = payloads.read(item.payload)
    at = min(happening.at or item.received_at, item.received_at)
    if item.source == inbox.TWILIO_INBOUND:
        return replying.take(happening, item, Channel.SMS, at)
    if item.source == sendgrid_inbound.NAME:
        return _mail(happening, item, at)
    if item.source in (calendly.NAME, calcom.NAME):
        return _booking(happening, item, at, now)
    channel = {sendgrid.NAME: Channel.EMAIL, twilio.NAME: Channel.SMS}.get(item.source)
    if channel is None:
        return "Of no meaning here."
    return recording.record(happening, item, channel, at)


def _mail(happening: Happening, item: InboxItem, at: datetime) -> str:
    """A mail to the unsubscribe address asks for that, whatever it says and whoever it is from."""
    if happening.kind != Kind.UNSUBSCRIBED:
        return replying.take(happening, item, Channel.EMAIL, at)
    touch = matching_replies.by_token(happening.token)
    own = touch.address_lookup if touch is not None and touch.channel == Channel.EMAIL else None
    lookup = bytes(own) if own is not None else matching_replies.lookup_of(happening.address)
    if lookup is None:
        return "No such address."
    return recording.refuse(lookup, [Channel.EMAIL], source=ConsentSource.ONE_CLICK, touch=touch, item=item, at=at)


def _booking(happening: Happening, item: InboxItem, at: datetime, now: datetime) -> str:
    if happening.kind not in BOOKING_KINDS:
        return "Of no meaning here."
    match = matching_replies.match(happening.address, channel=Channel.EMAIL, now=at, token=happening.token)
    if match.opportunity_id is None:
        return "Kept; a person has to say whose call it is."
    row = booking.from_vendor(
        item.source,
        happening.external_id[:200],
        happening.kind,
        opportunity_id=match.opportunity_id,
        at=at,
        starts_at=happening.starts_at,
        ends_at=happening.ends_at,
        replaces=happening.replaces[:200],
        touch=match.touch,
    )
    if row is None and happening.kind == Kind.CANCELED and now < item.received_at + BOOKING_LATEST:
        raise NotYet(BOOKING_PAUSE)
    return f"Call {happening.kind}." if row else "Kept; no such call."
