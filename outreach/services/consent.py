"""Who may be spoken to how: writes the ledger and closes addresses. Called by whoever hears a borrower's wish.

An opt-out locks the address everywhere, whoever's loan it stands on, and outlives every file. Only the person's own new word
opens it again. Callers hold the locks of the addresses already, through `stopping.stop`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from accounts.models import User
from outreach.models import Consent, ConsentAct, ConsentSource, InboxItem, Suppression, Touch
from outreach.services import stopping

if TYPE_CHECKING:
    from loans.models import Borrower


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
) -> None:
    """Closes each address on its channel: one line of the ledger, and what waits for it is taken back.

    Said again by the same source it changes nothing.
    """
    for channel, lookup in lookups_by_channel.items():
        known = Suppression.objects.filter(channel=channel, lookup=lookup, doubtful=False)
        if not known.filter(reason=source).exists():
            line = Consent.objects.create(
                channel=channel,
                act=ConsentAct.REVOKED,
                lookup=lookup,
                source=source,
                at=at,
                borrower=borrower,
                touch=touch,
                item=item,
                by=by,
                words=words,
            )
            suppress(channel, lookup, line, since=at)
        stopping.take_back_for_address(lookup, [channel], at=at)


def suppress(channel: str, lookup: bytes, because: Consent, *, since: datetime, doubtful: bool = False) -> None:
    """Nothing goes to the address on this channel any more. A doubtful one that is closed for sure stays closed for sure."""
    new = {"since": since, "reason": because.source, "consent": because, "doubtful": doubtful}
    row, made = Suppression.objects.get_or_create(channel=channel, lookup=lookup, defaults=new)
    if made or (doubtful and not row.doubtful):
        return
    weaker = because.source == ConsentSource.BOUNCE and not row.doubtful
    if not weaker:
        Suppression.objects.filter(pk=row.pk).update(**(new | {"since": row.since}))
