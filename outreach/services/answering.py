"""What a borrower does on the page of a link: looks, asks, says not now, unsubscribes. Every act is one transaction.

A stop comes first in it, for its locks; done twice, an act counts once. What a program does that only follows links is kept
apart and changes nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction

from loans.services import acting, progress
from outreach.models import AlertKind, Channel, ConsentSource, Reading, Reply, TouchEvent
from outreach.queries import contacts, estimate
from outreach.queries.estimate import Engagement, Opportunity, Visit
from outreach.services import alerting, consent, stopping
from outreach.services.stopping import Why
from refidetect.kit import contact_locks

CLICKED, TIMES = "clicked", "times"
_NAMES: dict[str, str] = {Channel.EMAIL: "e-mail", Channel.SMS: "texts", Channel.CALL: "calls"}
REOPENED_HERE: tuple[str, ...] = (Channel.EMAIL.value, Channel.CALL.value)
MOST_QUESTIONS = 5
DAY = timedelta(days=1)

# One row a touch, however many programs follow the link at once; who finds another at it leaves it to that one. The lock is a
# statement of its own: what one statement looks for, it looks for as of its beginning, before it had the lock.
_AT_IT = "SELECT pg_try_advisory_xact_lock(hashtextextended('glimpse:' || %(touch)s::text, 0))"
_GLIMPSE = """
INSERT INTO outreach_touchevent (touch_id, kind, at, machine, confirmed, code, detail)
SELECT %(touch)s, %(kind)s, %(at)s, false, false, '', ''
WHERE NOT EXISTS (SELECT FROM outreach_touchevent WHERE touch_id = %(touch)s AND kind = %(kind)s)"""


class TooManyQuestions(Exception):
    """The day's questions of this link are used up."""


def glimpsed(seen: Visit, *, at: datetime) -> None:
    """The page was fetched, by a person or a program: one unconfirmed row a touch, and nothing else."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_AT_IT, {"touch": seen.touch.pk})
        if cursor.fetchone()[0]:
            cursor.execute(_GLIMPSE, {"touch": seen.touch.pk, "kind": CLICKED, "at": at})


def looked(seen: Visit, *, at: datetime) -> bool:
    """A person is on the page. It is counted and stops nothing; false where it was counted already."""
    with transaction.atomic():
        _lock(seen)
        if _confirmed(seen, CLICKED):
            return False
        _confirm(seen, CLICKED, at)
        progress.noticed(seen.touch.opportunity_id, Engagement.CLICKED, at=at)
        return True


def looked_at_times(seen: Visit, *, at: datetime) -> bool:
    """A person went for the times to talk: the sequence stops, and the officer is told. False where that was known."""
    with transaction.atomic():
        stopping.stop([seen.loan.pk], Why.CONFIRMED_CLICK, at=at)
        if _confirmed(seen, TIMES):
            return False
        if not _confirmed(seen, CLICKED):
            _confirm(seen, CLICKED, at)
        _confirm(seen, TIMES, at)
        progress.engaged(seen.touch.opportunity_id, Engagement.CLICKED, at=at, text="Looked at times to talk")
        alerting.tell(seen.touch.opportunity_id, AlertKind.CLICKED, at=at)
        return True


def ask(seen: Visit, text: str, *, at: datetime) -> Reply:
    """A question to the officer: it stops the sequence as any reply does. Raises TooManyQuestions after five in a day."""
    with transaction.atomic():
        stopping.stop([seen.loan.pk], Why.REPLY, at=at)
        if estimate.asked(seen, at - DAY) >= MOST_QUESTIONS:
            raise TooManyQuestions
        reply = Reply.objects.create(
            opportunity_id=seen.touch.opportunity_id,
            touch=seen.touch,
            borrower=seen.borrower,
            channel=Channel.EMAIL,
            reading=Reading.QUESTION,
            sender=seen.borrower.email,
            sender_lookup=seen.borrower.email_lookup,
            text=text,
            at=at,
        )
        progress.engaged(seen.touch.opportunity_id, Engagement.REPLIED, at=at, text="Asked a question on the estimate page")
        alerting.tell(seen.touch.opportunity_id, AlertKind.QUESTION, at=at, reply=reply)
        return reply


def not_this_year(seen: Visit, *, at: datetime) -> None:
    """Nothing about this loan for a year."""
    _decline(seen, acting.NOT_THIS_YEAR, at)


def never(seen: Visit, *, at: datetime) -> None:
    """Nothing about refinancing any more, on any loan of the borrower."""
    _decline(seen, acting.NEVER, at)


def unsubscribe(seen: Visit, channels: Iterable[str], *, source: ConsentSource, at: datetime) -> None:
    """No more messages on these channels, to any address we know of the borrower; whoever shares one is stopped too."""
    known = estimate.lookups(seen)
    closing = {channel: known[channel] for channel in channels}
    every = sorted({value for values in closing.values() for value in values})
    loans = {seen.loan.pk}.union(*(contacts.loans_of_address(value) for value in every))
    with transaction.atomic():
        stopping.stop(loans, Why.OPT_OUT, at=at, lookups=every)
        _close(seen, closing, source, at)


def choose(seen: Visit, wanted: Mapping[str, bool], *, at: datetime) -> None:
    """What the borrower wants to get, by channel: it ends at once, and it begins again by the borrower's own new word.

    With nothing left it is an opt-out like any other; one channel off leaves the conversation to the others. Texts need a
    written consent: a box that is ticked does not bring them back.
    """
    on = estimate.wishes(seen)
    closing = [channel for channel, wants in wanted.items() if on[channel] and not wants]
    if not any(wants and (on[channel] or channel in REOPENED_HERE) for channel, wants in wanted.items()):
        return unsubscribe(seen, closing, source=ConsentSource.PAGE, at=at)
    known = estimate.lookups(seen)
    opening = [channel for channel in REOPENED_HERE if wanted.get(channel) and not on[channel]]
    with transaction.atomic():
        _lock(seen, [value for channel in closing + opening for value in known[channel]])
        _close(seen, {channel: known[channel] for channel in closing}, ConsentSource.PAGE, at)
        for channel in opening:
            for value in known[channel]:
                consent.grant(
                    channel,
                    value,
                    source=ConsentSource.PAGE,
                    at=at,
                    borrower=seen.borrower,
                    touch=seen.touch,
                    words=f"Switched {_NAMES[channel]} on again",
                )


def _decline(seen: Visit, reason: str, at: datetime) -> None:
    with transaction.atomic():
        stopping.stop([seen.loan.pk], Why.NOT_NOW, at=at, detail=acting.ARCHIVE_REASONS[reason])
        today = seen.lender.today(at)
        rows = Opportunity.objects.filter(loan=seen.loan)
        # The newest carries the word where none is open, so that the next match heeds it.
        row = rows.open().first() or rows.order_by("-pk").first()
        if row is None or row.reason in (reason, acting.NEVER):
            return
        words = f"{acting.ARCHIVE_REASONS[reason]}: said on the borrower’s page"
        try:
            acting.archive(row, reason=reason, by=None, today=today, text=words)
        except acting.CannotAct:
            # Refinanced or paid off: there is nothing to archive, and the wish still holds.
            unsubscribe(seen, Channel.values, source=ConsentSource.PAGE, at=at)
            return
        alerting.tell(row.pk, AlertKind.OPTED_OUT, at=at, text=acting.ARCHIVE_REASONS[reason])


def _close(seen: Visit, closing: Mapping[str, list[bytes]], source: ConsentSource, at: datetime) -> None:
    """The officer is told of what was open until now."""
    on = estimate.wishes(seen)
    for channel, values in closing.items():
        for value in values:
            consent.opt_out({channel: value}, source=source, at=at, borrower=seen.borrower, touch=seen.touch)
    ended = [_NAMES[channel] for channel in closing if on[channel]]
    if ended:
        alerting.tell(seen.touch.opportunity_id, AlertKind.OPTED_OUT, at=at, text=f"No more {', '.join(ended)}")


def _lock(seen: Visit, lookups: Iterable[bytes] = ()) -> None:
    contact_locks.take(contacts.keys([seen.loan.pk], lookups))


def _confirmed(seen: Visit, kind: str) -> bool:
    return TouchEvent.objects.filter(touch=seen.touch, kind=kind, confirmed=True).exists()


def _confirm(seen: Visit, kind: str, at: datetime) -> None:
    TouchEvent.objects.create(touch=seen.touch, kind=kind, at=at, confirmed=True)
