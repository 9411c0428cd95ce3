"""Consents told by other systems and files: line by line, each once, for borrowers of loans that the teller sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from accounts.models import Lender, User
from outreach.models import Channel, Consent, ConsentAct, ConsentSource
from outreach.queries import consents, loans_told_of
from outreach.services import consent

if TYPE_CHECKING:
    from loans.models import Borrower

COLUMNS = ("loan_number", "borrower", "channel", "act", "at", "method", "document", "words")


@dataclass
class Imported:
    """How many lines were added, how many were known, and the line number and reason of each that can't be taken."""

    added: int = 0
    known: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)


class NotALine(Exception):
    """The message is a sentence for whoever sent the file."""


def tell(
    borrower: "Borrower",
    act: ConsentAct,
    channels: Iterable[str],
    *,
    source: ConsentSource,
    at: datetime,
    by: User,
    words: str = "",
    method: str = "",
    document: str = "",
) -> tuple[list[Consent], bool]:
    """The lines of the ledger for these channels, and whether any is new. An opt-out stops every loan with the address."""
    closings = consents.lookups(borrower, channels)
    known = {channel for channel, lookup in closings.items() if consents.told(channel, lookup, act, source, at)}
    fresh = {channel: lookup for channel, lookup in closings.items() if channel not in known}
    if act == ConsentAct.REVOKED and fresh:
        consent.revoke(fresh, source=source, at=at, borrower=borrower, words=words, by=by, method=method, document=document)
    elif fresh:
        consent.grant_all(fresh, source=source, at=at, borrower=borrower, words=words, by=by, method=method, document=document)
    lines = [consents.newest_told(channel, lookup, act) for channel, lookup in closings.items()]
    return [line for line in lines if line is not None], bool(fresh)


def import_rows(rows: Iterable[Mapping[str, str]], *, by: User, now: datetime) -> Imported:
    """Rows of a file with `COLUMNS`, the first one being line 2. Good rows land; the file again adds nothing."""
    done = Imported()
    for line, row in enumerate(rows, start=2):
        try:
            borrower, act, channel, at = _read(row, by, now)
        except NotALine as problem:
            done.rejected.append((line, str(problem)))
            continue
        texts: dict[str, Any] = {name: (row.get(name) or "").strip() for name in ("words", "method", "document")}
        lines, new = tell(borrower, act, [channel], source=ConsentSource.FILE, at=at, by=by, **texts)
        if not lines:
            done.rejected.append((line, "The borrower has no address for this channel."))
        elif new:
            done.added += 1
        else:
            done.known += 1
    return done


def _read(row: Mapping[str, str], by: User, now: datetime) -> tuple["Borrower", ConsentAct, str, datetime]:
    plain = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if plain["channel"] not in Channel.values:
        raise NotALine(f"channel must be one of {', '.join(Channel.values)}.")
    if plain["act"] not in ConsentAct.values:
        raise NotALine(f"act must be one of {', '.join(ConsentAct.values)}.")
    if plain["borrower"] not in ("", "1", "2"):
        raise NotALine("borrower must be 1 or 2.")
    try:
        at = datetime.fromisoformat(plain["at"])
    except ValueError as error:
        raise NotALine("at must be a date such as 2026-04-02.") from error
    at = at if at.tzinfo else at.replace(tzinfo=Lender.current().zone)
    if at > now:
        raise NotALine("at is still to come.")
    loan = loans_told_of.loan(plain["loan_number"], by)
    people = loans_told_of.borrowers(loan.pk, int(plain["borrower"] or 1)) if loan else []
    if not people:
        raise NotALine("No such loan or borrower.")
    return people[0], ConsentAct(plain["act"]), plain["channel"], at
