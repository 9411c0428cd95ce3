"""What may be done on each channel for one borrower, and why, as the opportunity's page shows it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Lender
from loans.models import Borrower
from outreach.models import Channel, Consent, ConsentAct, ConsentSource, Suppression
from outreach.queries import consents

_OPTED_OUT = {
    ConsentSource.FILE: "by the lender's file",
    ConsentSource.PAGE: "on the borrower's page",
    ConsentSource.ONE_CLICK: "by one-click unsubscribe",
    ConsentSource.REPLY: "in the borrower's own words",
    ConsentSource.CARRIER: "with the carrier",
    ConsentSource.MAIL_PROVIDER: "with the mail provider",
    ConsentSource.OFFICER: "told to somebody here",
    ConsentSource.SYSTEM: "told to the LOS or CRM",
}


@dataclass(frozen=True)
class Standing:
    """One line of the panel: whether, in a word, and why, in a sentence."""

    channel: Channel
    label: str
    allowed: bool
    word: str
    why: str
    # A person has to say what the borrower's words meant.
    doubtful: bool = False


def state_for(borrower: Borrower) -> list[Standing]:
    """E-mail, texts and calls dialed by hand, in this order."""
    return [_standing(borrower, channel) for channel in (Channel.EMAIL, Channel.SMS, Channel.CALL)]


def _standing(borrower: Borrower, channel: Channel) -> Standing:
    label = {Channel.EMAIL: "Email", Channel.SMS: "Text", Channel.CALL: "Call, dialed by hand"}[channel]
    lookup = consents.lookups(borrower, [channel]).get(channel)
    if lookup is None:
        missing = "address" if channel == Channel.EMAIL else "number"
        return Standing(channel, label, False, f"No {missing}", "None on file.")
    closed = consents.suppression(channel, lookup)
    if closed is not None:
        return _closed(channel, label, closed)
    if channel == Channel.EMAIL:
        since = _day(borrower.loan.origination_date)
        return Standing(channel, label, True, "Allowed", f"Client since {since}. No opt-out.")
    if channel == Channel.SMS:
        return _texts(label, consents.newest(channel, lookup))
    if borrower.do_not_call:
        return Standing(channel, label, False, "Do not call", "On the do-not-call list of the lender's file.")
    why = "No do-not-call list was checked." if borrower.do_not_call is None else "Not on the do-not-call list."
    return Standing(channel, label, True, "Allowed", why)


def _texts(label: str, newest: Consent | None) -> Standing:
    if newest is None or newest.act != ConsentAct.GRANTED:
        return Standing(Channel.SMS, label, False, "No consent", "No written consent on file.")
    told = ", ".join(part for part in (newest.method, newest.document) if part)
    said = "the lender's file" if newest.source == ConsentSource.FILE and newest.method in ("", "file") else told
    why = ", ".join(part for part in (_date(newest.at), said) if part)
    return Standing(Channel.SMS, label, True, "Written consent", f"{why}.")


def _closed(channel: Channel, label: str, closed: Suppression) -> Standing:
    day = _date(closed.since)
    if closed.doubtful:
        return Standing(channel, label, False, "Held", f"{day}, perhaps an opt-out. Somebody has to read it.", doubtful=True)
    if closed.reason == ConsentSource.BOUNCE:
        return Standing(channel, label, False, "Does not work", f"{day}, the provider says it does not exist.")
    return Standing(channel, label, False, "Opted out", f"{day}, {_OPTED_OUT[ConsentSource(closed.reason)]}.")


def _date(instant: datetime) -> str:
    return _day(instant.astimezone(Lender.current().zone))


def _day(day: object) -> str:
    return f"{day:%b} {getattr(day, 'day', '')}, {day:%Y}"
