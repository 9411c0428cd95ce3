"""Who may be spoken to how: writes the ledger and closes addresses. Called by whoever hears a borrower's wish.

An opt-out locks the address everywhere, whoever's loan it stands on, and outlives every file. Only the person's own new word
opens it again. Callers hold the locks of the addresses already, through `stopping.stop`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from accounts.models import User
from outreach.models import Channel, Consent, ConsentAct, ConsentSource, InboxItem, Reading, Reply, Suppression, Touch
from outreach.queries import consents, contacts
from outreach.services import stopping
from refidetect.kit import contact_locks

if TYPE_CHECKING:
    from loans.models import Borrower

SYNC_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('outreach.consents', 0))"


def opt_out(
    lookups_by_channel: Mapping[str, bytes],
    *,
    source: ConsentSource,
    at: datetime,
    borrower: "Borrower | None" = None,
    touch: Touch | None = None,
    words: str = "",
    item: InboxItem | None = None,
    by: User | None = None,
    method: str = "",
    document: str = "",
) -> None:
    """Closes each address on its channel: one line of the ledger, and what waits for it is taken back.

    Said again by the same source it changes nothing.
    """
    for channel, lookup in lookups_by_channel.items():
        known = Suppression.objects.filter(channel=channel, lookup=lookup, doubtful=False)
        if not known.filter(reason=source).exists():
            line = record(
                channel, lookup, ConsentAct.REVOKED, source=source, at=at, borrower=borrower, touch=touch, words=words,
                item=item, by=by, method=method, document=document,
            )  # fmt: skip
            suppress(channel, lookup, line, since=at)
        stopping.take_back_for_address(lookup, [channel], at=at)


def doubt(lookups_by_channel: Mapping[str, bytes], *, at: datetime, reply: Reply) -> None:
    """Holds each address on its channel until somebody has read the words; one that is closed for sure stays that."""
    for channel, lookup in lookups_by_channel.items():
        known = consents.suppression(channel, lookup)
        if known is None or known.doubtful:
            line = record(
                channel, lookup, ConsentAct.REVOKED, source=ConsentSource.REPLY, at=at, borrower=reply.borrower,
                touch=reply.touch, words=reply.text, item=reply.item, method=consents.DOUBT,
            )  # fmt: skip
            suppress(channel, lookup, line, since=at, doubtful=True)
        stopping.take_back_for_address(lookup, [channel], at=at)


def settle_doubt(reply: Reply, *, is_opt_out: bool, by: User, at: datetime) -> bool:
    """A person has read the words: every channel of the borrower is closed, or what was held is open as before.

    False where somebody has settled it already. What was taken back stays taken back; a conversation goes on by hand. An
    address is held as long as other words of the same sender are in doubt.
    """
    lines = consents.doubted(reply)
    with transaction.atomic():
        if is_opt_out:
            closings = {(line.channel, bytes(line.lookup or b"")) for line in lines}
            closings |= set(consents.lookups(reply.borrower, Channel.values).items()) if reply.borrower else set()
            _revoke(closings, source=ConsentSource.REPLY, at=at, borrower=reply.borrower, words=reply.text, by=by)
        reading = Reading.OPT_OUT if is_opt_out else Reading.WORDS
        unsettled = Reply.objects.filter(pk=reply.pk, reading=Reading.DOUBTFUL, handled_at=None)
        settled = unsettled.update(reading=reading, handled_at=at, handled_by=by) == 1
        if settled and not is_opt_out and not consents.other_doubts(reply):
            for line in lines:
                _open_as_before(line, by=by, at=at)
    return settled


def record(
    channel: str,
    lookup: bytes,
    act: ConsentAct,
    *,
    source: ConsentSource,
    at: datetime,
    borrower: "Borrower | None" = None,
    touch: Touch | None = None,
    words: str = "",
    item: InboxItem | None = None,
    by: User | None = None,
    method: str = "",
    document: str = "",
) -> Consent:
    """One line of the ledger. `at` is when the person said it; the words are theirs, or those they signed."""
    return Consent.objects.create(
        channel=channel, lookup=lookup, act=act, source=source, at=at, borrower=borrower, touch=touch, words=words, item=item,
        by=by, method=method[:60], document=document[:200],
    )  # fmt: skip


def suppress(channel: str, lookup: bytes, because: Consent, *, since: datetime, doubtful: bool = False) -> None:
    """Nothing goes to the address on this channel any more. A doubtful one that is closed for sure stays closed for sure."""
    new = {"since": since, "reason": because.source, "consent": because, "doubtful": doubtful}
    row, made = Suppression.objects.get_or_create(channel=channel, lookup=lookup, defaults=new)
    if made or (doubtful and not row.doubtful):
        return
    weaker = because.source == ConsentSource.BOUNCE and not row.doubtful
    if not weaker:
        Suppression.objects.filter(pk=row.pk).update(**(new | {"since": row.since}))


def lift(channel: str, lookup: bytes, grant: Consent) -> bool:
    """Opens an address again on the person's own word; False where a later word closed it, or nothing did."""
    closed = Suppression.objects.filter(channel=channel, lookup=lookup, since__lte=grant.at)
    return grant.act == ConsentAct.GRANTED and closed.delete()[0] > 0


def grant(
    channel: str,
    lookup: bytes,
    *,
    source: ConsentSource,
    at: datetime,
    borrower: "Borrower | None" = None,
    words: str = "",
    item: InboxItem | None = None,
    touch: Touch | None = None,
    by: User | None = None,
    method: str = "",
    document: str = "",
) -> Consent:
    """The person says yes: a line of the ledger, and the address is open again where nothing newer closed it."""
    line = record(
        channel, lookup, ConsentAct.GRANTED, source=source, at=at, borrower=borrower, words=words, item=item, touch=touch,
        by=by, method=method, document=document,
    )  # fmt: skip
    lift(channel, lookup, line)
    return line


def grant_all(lookups_by_channel: Mapping[str, bytes], *, at: datetime, **told: Any) -> None:
    """The same for several channels, in one transaction and under the locks of the addresses."""
    with contact_locks.contact_lock(contact_locks.address(lookup) for lookup in lookups_by_channel.values()):
        for channel, lookup in lookups_by_channel.items():
            grant(channel, lookup, at=at, **told)


def start_again(lookup: bytes, *, at: datetime, words: str, item: InboxItem, borrower: "Borrower | None") -> bool:
    """START by text takes a STOP back where a written consent had been there; False where none had, and nothing changes."""
    before = consents.written_grant(Channel.SMS, lookup)
    if before is None or consents.suppression(Channel.SMS, lookup) is None:
        return False
    grant(
        Channel.SMS, lookup, source=ConsentSource.REPLY, at=at, words=words, item=item, borrower=borrower,
        method=before.method, document=before.document,
    )  # fmt: skip
    return True


def revoke(
    lookups_by_channel: Mapping[str, bytes],
    *,
    source: ConsentSource,
    at: datetime,
    borrower: "Borrower | None" = None,
    words: str = "",
    by: User | None = None,
    item: InboxItem | None = None,
    method: str = "",
    document: str = "",
) -> None:
    """An opt-out that somebody here or another system was told: every loan with the address stops, then it is closed."""
    with transaction.atomic():
        _revoke(
            set(lookups_by_channel.items()), source=source, at=at, borrower=borrower, words=words, by=by, item=item,
            method=method, document=document,
        )  # fmt: skip


def sync_from_files(now: datetime) -> dict[str, int]:
    """What the lender's files say of consent becomes lines of the ledger, once each: lines, closed addresses, taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SYNC_LOCK)
        cursor.execute(consents.SYNC, {"now": now})
        lines, closed, taken_back = cursor.fetchone()
    return {"lines": lines, "closed": closed, "taken_back": taken_back}


def _revoke(
    closings: set[tuple[str, bytes]],
    *,
    source: ConsentSource,
    at: datetime,
    borrower: "Borrower | None",
    words: str,
    by: User | None,
    item: InboxItem | None = None,
    method: str = "",
    document: str = "",
) -> None:
    """Stops every loan that has one of the addresses, which takes their locks, and closes them."""
    lookups = {lookup for _, lookup in closings}
    loans = {loan for lookup in lookups for loan in contacts.loans_of_address(lookup)}
    stopping.stop(loans, stopping.Why.OPT_OUT, at=at, detail=source.label, by=by, lookups=lookups)
    for channel, lookup in sorted(closings):
        opt_out(
            {channel: lookup}, source=source, at=at, borrower=borrower, words=words, by=by, item=item, method=method,
            document=document,
        )  # fmt: skip


def _open_as_before(doubtful: Consent, *, by: User, at: datetime) -> None:
    """The words were no opt-out: a consent to texts that stood before them stands again, and nothing more than that."""
    channel, lookup = doubtful.channel, bytes(doubtful.lookup or b"")
    if Suppression.objects.filter(channel=channel, lookup=lookup, doubtful=True).delete()[0] == 0:
        return
    stood = consents.newest(channel, lookup, in_doubt=False)
    if stood is not None and stood.act == ConsentAct.GRANTED:
        record(
            channel, lookup, ConsentAct.GRANTED, source=ConsentSource(stood.source), at=at, borrower=stood.borrower, by=by,
            words=stood.words, method=stood.method, document=stood.document,
        )  # fmt: skip
