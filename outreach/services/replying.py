"""A borrower's own words: read, kept, acted on. Called by `applying` for e-mail and texts, and for what the LOS was told.

Everything of one reply is one transaction that starts with the stop, which holds the locks: consent, the reply, the status and
the alert follow.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from loans.services import progress
from outreach.adapters.happenings import Happening, Kind
from outreach.domain import opt_out
from outreach.domain.opt_out import Certainty
from outreach.models import AlertKind, CallReason, CallTask, Channel, ConsentSource, InboxItem, Reading, Reply
from outreach.queries import alerts, consents, matching_replies, opportunities
from outreach.queries.matching_replies import Match
from outreach.services import alerting, confirming, consent, stopping

START = frozenset({"start", "unstop"})
_ANSWERS = re.compile(r"\s*(?:re|aw|rv|fw|fwd)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """How the words are taken: what they ask, and which channels they close."""

    reading: Reading
    closes: frozenset[str] = frozenset()
    starts: bool = False


def take(happening: Happening, item: InboxItem, channel: Channel, at: datetime, *, loan_id: int | None = None) -> str:
    """Keeps one reply and does what it asks; returns what was done. `loan_id` where the sender named the loan."""
    match = matching_replies.match(
        happening.address,
        channel=channel,
        now=at,
        token=happening.token,
        answers=happening.in_reply_to,
        loan_id=loan_id,
    )
    read = read_words(happening, channel)
    ends = why_it_stops(read, happening)
    closings = closing(match, read.closes, channel)
    if ends is not None:
        lookups = {*match.lookups, *(lookup for each in closings for lookup in each.values())}
        stopping.stop(match.loans, ends, at=at, detail=read.reading.label, lookups=lookups)
    reply = _keep(happening, item, channel, at, match, read)
    if read.reading == Reading.OPT_OUT:
        return _opt_out(reply, closings, happening, at)
    if read.reading == Reading.DOUBTFUL:
        return _doubt(reply, closings, at)
    if read.reading == Reading.HELP:
        return confirming.help_text(reply, at=at)
    if read.starts and match.sender_lookup is not None:
        started = consent.start_again(match.sender_lookup, at=at, words=reply.text, item=item, borrower=match.borrower)
        return "Texts are open again." if started else "Kept; there was no written consent to go back to."
    if ends is None:
        return "Kept; a machine answered." if read.reading == Reading.AUTOMATIC else "Kept; the sender is not proved."
    return _answered(reply, at)


def read_words(happening: Happening, channel: Channel) -> Read:
    """What the words ask. What Twilio says of a keyword is taken at its word; an automatic answer asks nothing."""
    if happening.automatic:
        return Read(Reading.AUTOMATIC)
    if happening.kind == Kind.HELP or (channel == Channel.SMS and opt_out.reads_as_help(happening.text)):
        return Read(Reading.HELP)
    if happening.kind == Kind.OPTED_IN or (channel == Channel.SMS and happening.text.strip().lower() in START):
        return Read(Reading.WORDS, starts=True)
    # A subject that answers is ours, and our own words ask for nothing.
    subject = "" if _ANSWERS.match(happening.subject) else happening.subject
    asked = opt_out.reads_as_opt_out(f"{subject}\n{happening.text}".strip(), channel)
    if happening.kind == Kind.OPTED_OUT:
        return Read(Reading.OPT_OUT, asked.channels if asked else frozenset({"sms", "call"}))
    if asked is None:
        return Read(Reading.WORDS)
    return Read(Reading.OPT_OUT if asked.certainty == Certainty.CLEAR else Reading.DOUBTFUL, asked.channels)


def why_it_stops(read: Read, happening: Happening) -> stopping.Why | None:
    """None where nothing ends: a machine, a question for help, or somebody who may not be who the mail says."""
    if read.reading in (Reading.OPT_OUT, Reading.DOUBTFUL):
        return stopping.Why.OPT_OUT
    ends = read.reading == Reading.WORDS and not read.starts and happening.authenticated
    return stopping.Why.REPLY if ends else None


def closing(match: Match, channels: Iterable[str], received_by: Channel) -> list[dict[str, bytes]]:
    """Which addresses a wish closes, on which channel: all of each person's, and the one that it came from or was sent to."""
    wanted = sorted(channels)
    found = [consents.lookups(person, wanted) for person in match.people]
    carried = {Channel.EMAIL.value} if received_by == Channel.EMAIL else {Channel.SMS.value, Channel.CALL.value}
    own = {bytes(match.sender_lookup)} if match.sender_lookup is not None else set()
    if match.touch is not None and match.touch.channel == received_by:
        own |= set(match.lookups)
    found += [{channel: lookup} for lookup in sorted(own) for channel in wanted if channel in carried]
    unique = sorted({pair for each in found for pair in each.items()})
    return [{channel: lookup} for channel, lookup in unique]


def _keep(happening: Happening, item: InboxItem, channel: Channel, at: datetime, match: Match, read: Read) -> Reply:
    return Reply.objects.create(
        opportunity_id=match.opportunity_id,
        touch=match.touch,
        borrower=match.borrower,
        item=item,
        channel=channel,
        reading=read.reading,
        sender=happening.address,
        sender_lookup=match.sender_lookup,
        subject=happening.subject,
        text=happening.text or happening.detail,
        at=at,
    )


def _opt_out(reply: Reply, closings: list[dict[str, bytes]], happening: Happening, at: datetime) -> str:
    texted = reply.channel == Channel.SMS and any(Channel.SMS in each for each in closings)
    # Twilio has answered by itself where it says that it was an opt-out; a second STOP is not answered again.
    confirms = texted and happening.kind != Kind.OPTED_OUT and not confirming.is_closed_already(reply)
    for each in closings:
        consent.opt_out(
            each, source=ConsentSource.REPLY, at=at, borrower=reply.borrower, touch=reply.touch, words=reply.text,
            item=reply.item,
        )  # fmt: skip
    if reply.opportunity_id is not None:
        alerting.tell(reply.opportunity_id, AlertKind.OPTED_OUT, at=at, reply=reply)
    confirmed = confirms and confirming.opted_out(reply, at=at)
    return "Opted out, and confirmed." if confirmed else "Opted out."


def _doubt(reply: Reply, closings: list[dict[str, bytes]], at: datetime) -> str:
    for each in closings:
        consent.doubt(each, at=at, reply=reply)
    if reply.opportunity_id is not None:
        alerting.tell(reply.opportunity_id, AlertKind.DOUBTFUL, at=at, reply=reply)
    return "Held until somebody has read it."


def _answered(reply: Reply, at: datetime) -> str:
    if reply.opportunity_id is None:
        return "Kept; a person has to say what it belongs to."
    progress.engaged(reply.opportunity_id, opportunities.Engagement.REPLIED, at=at, text=reply.text)
    alerting.tell(reply.opportunity_id, AlertKind.REPLY, at=at, reply=reply)
    people = alerts.recipients(reply.opportunity_id)
    waiting = CallTask.objects.filter(opportunity_id=reply.opportunity_id, reason=CallReason.REPLIED, done_at=None)
    if people and not waiting.exists():
        CallTask.objects.create(opportunity_id=reply.opportunity_id, officer=people[0], reason=CallReason.REPLIED, due_at=at)
    return "Replied."
