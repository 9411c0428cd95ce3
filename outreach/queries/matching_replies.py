"""Which conversation a borrower's message belongs to: by the token of our address, the mail it answers, or who wrote it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from loans.domain import contacts as addresses
from loans.models import Borrower, Opportunity
from outreach.models import Touch, TouchState
from outreach.queries import contacts

RECENT = timedelta(days=90)
LONGEST_TOKEN = 16


@dataclass(frozen=True)
class Match:
    """What is known of a message's sender. Without a touch a person has to say what it belongs to.

    `people` are the borrowers who have the address it came from, else the one we had written to; `lookups` are the address it
    came from and the one we had written to; `loans` are those on which these addresses stand.
    """

    touch: Any
    people: list[Borrower]
    sender_lookup: bytes | None
    lookups: list[bytes]
    loans: list[int]
    # The conversation's own loan and opportunity, where they are known.
    loan_id: int | None
    opportunity_id: int | None

    @property
    def borrower(self) -> Borrower | None:
        """Who wrote, as far as the address tells: the borrower of the conversation's own loan first."""
        return min(self.people, key=lambda person: (person.loan_id != self.loan_id, person.pk), default=None)


def match(
    address: str,
    *,
    channel: str,
    now: datetime,
    token: str = "",
    answers: tuple[str, ...] = (),
    loan_id: int | None = None,
) -> Match:
    """`address` as its vendor writes it; `answers` are message ids without angle brackets, newest first.

    `loan_id` is the loan that the sender names, which goes before everything that would have to be guessed.
    """
    sender = lookup_of(address)
    touch = None if loan_id else by_token(token) or _by_message_id(answers) or _by_sender(sender, channel, now)
    written_to = bytes(touch.address_lookup) if touch and touch.address_lookup is not None else None
    lookups = sorted({lookup for lookup in (sender, written_to) if lookup is not None})
    people = having(sender) if sender is not None else []
    if touch:
        people, loan_id = people or [touch.borrower], touch.opportunity.loan_id
    loans = {loan for lookup in lookups for loan in contacts.loans_of_address(lookup)} | ({loan_id} if loan_id else set())
    return Match(
        touch=touch,
        people=people,
        sender_lookup=sender,
        lookups=lookups,
        loans=sorted(loans),
        loan_id=loan_id,
        opportunity_id=touch.opportunity_id if touch else _open(loan_id),
    )


def _open(loan_id: int | None) -> int | None:
    if loan_id is None:
        return None
    return Opportunity.objects.open().filter(loan_id=loan_id).values_list("pk", flat=True).first()


def lookup_of(address: str) -> bytes | None:
    """The look-up value of an e-mail address or a number; None for what is neither."""
    normalized = addresses.normalized_email(address) if "@" in address else addresses.normalized_phone(address)
    found: bytes | None = settings.FIELD_KEYS.lookup(normalized or "")
    return found


def having(lookup: bytes) -> list[Borrower]:
    """The borrowers who have this address or number, on whatever loan."""
    return list(Borrower.objects.filter(Q(email_lookup=lookup) | Q(phone_lookup=lookup)).order_by("pk"))


def by_token(token: str) -> Any:
    """The touch whose links carry the token. Ours are of small letters and digits; mail programs may have changed the case."""
    if not token or len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        return None
    found = {touch.link_token: touch for touch in _touches().filter(link_token__in={token, token.lower()})}
    return found.get(token) or found.get(token.lower())


def touch_of(touch_id: str, provider: str = "", provider_id: str = "") -> Any:
    """The touch by our own id, as a vendor hands it back, else by the vendor's."""
    try:
        own = _touches().filter(pk=uuid.UUID(touch_id)).first()
    except ValueError:
        own = None
    if own is not None or not provider_id:
        return own
    return _touches().filter(provider=provider, provider_id=provider_id).first()


def _touches() -> Any:
    return Touch.objects.select_related("opportunity__loan__officer", "opportunity__loan__branch", "borrower", "enrollment")


def _by_message_id(answers: tuple[str, ...]) -> Any:
    """SendGrid's receipt is what stands before the @ of the Message-ID it makes."""
    for answered in answers:
        found = _touches().filter(provider_id=answered.partition("@")[0][:80]).exclude(provider_id="").first()
        if found is not None:
            return found
    return None


def _by_sender(sender: bytes | None, channel: str, now: datetime) -> Any:
    """The newest touch to this address, where all of ninety days belong to one opportunity."""
    if sender is None:
        return None
    went_out = _touches().filter(address_lookup=sender, claimed_at__gte=now - RECENT, state__in=TouchState.counted())
    recent = list(went_out.order_by("-claimed_at"))
    if len({touch.opportunity_id for touch in recent}) != 1:
        return None
    return next((touch for touch in recent if touch.channel == channel), recent[0])


def newest_to(lookup: bytes | None) -> Any:
    """The last touch that may have reached an address, however long ago."""
    if lookup is None:
        return None
    return _touches().filter(address_lookup=lookup, state__in=TouchState.counted()).order_by("-claimed_at").first()
