"""What became of a touch, as its provider tells it: late, twice and out of order. Called by `applying`.

Every event is kept; the state follows from all of them and moves along the known edges alone, so that it is the same in
whatever order they came.
"""

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce

from loans.services import progress
from outreach.adapters.happenings import Happening, Kind
from outreach.models import EDGES, AlertKind, Channel, ConsentSource, Enrollment, InboxItem, Touch, TouchEvent, TouchState
from outreach.queries import contacts, matching_replies, opportunities, planning
from outreach.services import alerting, consent, settling, stopping
from refidetect.kit import contact_locks

SETTLES = {
    Kind.DELIVERED: TouchState.DELIVERED,
    Kind.BOUNCED: TouchState.BOUNCED,
    Kind.FAILED: TouchState.FAILED,
    Kind.DROPPED: TouchState.FAILED,
}
"""The latest of these decides; at the same second the worse one. Whatever else is told only proves that it went out."""
_WORSE = {TouchState.DELIVERED: 0, TouchState.BOUNCED: 1, TouchState.FAILED: 2}
_BEFORE_THE_CALL = frozenset({Kind.IGNORED})
REFUSED_BY_THE_PERSON = frozenset({"unsubscribed_address", "spam_reporting_address"})
SENDER_AT_WORK = timedelta(seconds=20)


class NotYet(Exception):
    """What it speaks of is not there yet, or still being written; ask again after `wait`."""

    def __init__(self, wait: timedelta = SENDER_AT_WORK) -> None:
        super().__init__(wait)
        self.wait = wait


def record(happening: Happening, item: InboxItem, channel: Channel, at: datetime) -> str:
    """Keeps the event, moves the touch, closes an address that is no use; returns what was done. Raises NotYet."""
    touch = matching_replies.touch_of(happening.touch_id, happening.source, happening.provider_id)
    # A person's refusal waits for nobody: the locks of the stop wait for the call.
    if touch is not None and touch.state == TouchState.SENDING and not _is_refusal(happening):
        raise NotYet
    closed = _close(happening, touch, item, channel, at)
    if touch is None:
        return closed or "No such touch."
    TouchEvent.objects.create(
        touch=touch,
        kind=happening.kind,
        at=at,
        machine=happening.machine,
        code=happening.code[:40],
        detail=happening.detail[:300],
        item=item,
    )
    moved = _move(touch, happening, at)
    if happening.kind == Kind.OPENED and not happening.machine:
        progress.noticed(touch.opportunity_id, opportunities.Engagement.OPENED, at=at)
    return ", ".join(done for done in (moved, closed) if done) or "Kept."


def _move(touch: Touch, happening: Happening, at: datetime) -> str:
    """To where all that is known of it leads, by the edges there are."""
    if happening.kind in _BEFORE_THE_CALL:
        return ""
    target = _target(touch)
    rows = Touch.objects.select_for_update().filter(pk=touch.pk)
    state = rows.values_list("state", flat=True).get()
    if state in (TouchState.UNKNOWN, TouchState.ABANDONED):
        state = _went_out(touch, state, happening, at)
    if target is None or target not in EDGES[state]:
        return state
    why = {"reason": (happening.code or happening.kind)[:40], "detail": happening.detail[:300]}
    fields = {"reason": "", "detail": ""} if target == TouchState.DELIVERED else why
    rows.filter(state=state).update(state=target, settled_at=at, **fields)
    if target in (TouchState.BOUNCED, TouchState.FAILED):
        settling.call_instead(touch, happening.code or happening.kind, now=at)
    return target


def _target(touch: Touch) -> TouchState | None:
    told = TouchEvent.objects.filter(touch=touch, kind__in=list(SETTLES)).values_list("at", "kind")
    states = [(at, SETTLES[Kind(kind)]) for at, kind in told]
    return max(states, key=lambda each: (each[0], _WORSE[each[1]]))[1] if states else None


def _went_out(touch: Touch, state: str, happening: Happening, at: datetime) -> str:
    """A touch of which nobody knew whether it went out did: its provider speaks of it."""
    rows = Touch.objects.filter(pk=touch.pk, state=state)
    rows.update(
        state=TouchState.ACCEPTED,
        sent_at=Coalesce("sent_at", "claimed_at", at),
        provider_id=happening.provider_id or F("provider_id"),
        settled_at=at,
        reason="",
        detail="",
    )
    sent_at = Touch.objects.values_list("sent_at", flat=True).get(pk=touch.pk)
    if touch.enrollment_id is not None and sent_at is not None:
        day = planning.local_date(touch, sent_at)
        Enrollment.objects.filter(pk=touch.enrollment_id, day_one=None).update(day_one=day)
    progress.contacted(touch.opportunity_id, at=sent_at or at)
    return TouchState.ACCEPTED


def _close(happening: Happening, touch: Touch | None, item: InboxItem, channel: Channel, at: datetime) -> str:
    """An address that does not work is closed; a person who wants no more is stopped as well."""
    lookup = bytes(touch.address_lookup) if touch and touch.address_lookup else matching_replies.lookup_of(happening.address)
    if lookup is None:
        return ""
    if _is_refusal(happening):
        source = ConsentSource.CARRIER if channel == Channel.SMS else ConsentSource.MAIL_PROVIDER
        return refuse(lookup, [channel], source=source, touch=touch, item=item, at=at)
    if happening.permanent:
        contact_locks.take([contact_locks.address(lookup)])
        borrower = touch.borrower if touch else None
        consent.opt_out(
            {channel: lookup}, source=ConsentSource.BOUNCE, at=at, borrower=borrower, touch=touch, item=item,
            words=happening.detail,
        )  # fmt: skip
        return "the address is closed"
    return ""


def refuse(
    lookup: bytes, channels: list[Channel], *, source: ConsentSource, touch: Touch | None, item: InboxItem, at: datetime
) -> str:
    """The person behind an address wants nothing more: every loan with it stops, and it is closed on these channels."""
    loans = {*contacts.loans_of_address(lookup), *([touch.opportunity.loan_id] if touch else [])}
    stopping.stop(loans, stopping.Why.OPT_OUT, at=at, detail=source.label, lookups=[lookup])
    closing = dict.fromkeys((channel.value for channel in channels), lookup)
    consent.opt_out(closing, source=source, at=at, borrower=touch.borrower if touch else None, touch=touch, item=item)
    if touch is not None:
        alerting.tell(touch.opportunity_id, AlertKind.OPTED_OUT, at=at)
    return "opted out"


def _is_refusal(happening: Happening) -> bool:
    if happening.kind == Kind.DROPPED:
        return happening.code in REFUSED_BY_THE_PERSON
    return happening.kind in (Kind.COMPLAINED, Kind.UNSUBSCRIBED, Kind.OPTED_OUT)
