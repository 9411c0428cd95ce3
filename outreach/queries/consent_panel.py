"""By what a borrower may be reached, and why not, as the page of an opportunity says it."""

from dataclasses import dataclass
from typing import Any

from outreach.models import Channel, Consent, ConsentAct, ConsentSource, Suppression
from outreach.queries import consents

NONE, OPTED_OUT, HELD = "Not on file", "Opted out", "Held"


@dataclass(frozen=True)
class Line:
    """One channel of one person: whether it may be used, the word for it and the sentence under it."""

    channel: str
    label: str
    allowed: bool
    word: str
    why: str
    # Closed by the person's own word, and not because the address does not work.
    refused: bool = False

    @property
    def closed(self) -> bool:
        """Nothing goes to it at all, whoever wrote first."""
        return self.word in (NONE, OPTED_OUT, HELD)


@dataclass(frozen=True)
class Person:
    """Somebody on the loan, and the lines about them."""

    borrower: Any
    lines: tuple[Line, ...]

    def line(self, channel: str) -> Line:
        return next(line for line in self.lines if line.channel == channel)


def of_loan(loan: Any) -> list[Person]:
    """Everybody on the loan, the first borrower first. Three queries."""
    return of(list(loan.borrowers.order_by("position")))


def of(borrowers: list[Any]) -> list[Person]:
    """People read with their loans. Two queries."""
    known = {bytes(lookup) for one in borrowers for lookup in (one.email_lookup, one.phone_lookup) if lookup is not None}
    closed = {
        (row.channel, bytes(row.lookup or b"")): row
        for row in Suppression.objects.filter(lookup__in=known).select_related("consent")
    }
    lines: dict[tuple[str, bytes], Consent] = {}
    for line in consents.of_borrowers(borrowers):
        lines.setdefault((line.channel, bytes(line.lookup or b"")), line)
    return [Person(one, tuple(_line(one, channel, closed, lines) for channel in Channel)) for one in borrowers]


LABELS = {Channel.EMAIL: "E-mail", Channel.SMS: "Text", Channel.CALL: "Call, dialed by hand"}


def _line(one: Any, channel: Channel, closed: dict[Any, Any], lines: dict[Any, Any]) -> Line:
    lookup = one.email_lookup if channel == Channel.EMAIL else one.phone_lookup

    def said(word: str, why: str, *, allowed: bool = False, refused: bool = False) -> Line:
        return Line(channel.value, LABELS[channel], allowed, word, why, refused)

    if lookup is None:
        return said(NONE, "The file has no e-mail address." if channel == Channel.EMAIL else "The file has no number.")
    key = (channel.value, bytes(lookup))
    if key in closed:
        row = closed[key]
        on = f"{row.since:%b} {row.since.day}, {row.since.year}"
        if row.doubtful:
            return said(HELD, f"Perhaps an opt-out on {on}. Somebody has to read it.")
        refused = row.reason != ConsentSource.BOUNCE
        return said(OPTED_OUT, f"{on}. {row.get_reason_display()}.", refused=refused)
    newest = lines.get(key)
    if channel == Channel.EMAIL:
        closed_on = one.loan.origination_date
        return said("Allowed", f"Client since {closed_on:%b} {closed_on.day}, {closed_on.year}. No opt-out.", allowed=True)
    if channel == Channel.SMS:
        if newest is None or newest.act != ConsentAct.GRANTED:
            return said("No consent", "No written consent to texts is on file.")
        how = newest.method or newest.get_source_display()
        on = f"{newest.at:%b} {newest.at.day}, {newest.at.year}"
        return said("Written consent", f"{on}. {how[:1].upper()}{how[1:]}.", allowed=True)
    if one.do_not_call:
        return said("Do not call", "On the do-not-call list of the file.")
    return said("Allowed", "Not on a do-not-call list on file.", allowed=True)
