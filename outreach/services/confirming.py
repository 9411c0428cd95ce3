"""The one text that may answer a borrower's keyword: that no more will come, or who we are. It sells nothing."""

import hashlib
from datetime import datetime, timedelta

from accounts.models import Lender
from loans.domain.contacts import written_phone
from outreach.models import Channel, Message, Reply, Touch, TouchKind, TouchState
from outreach.queries import consents, matching_replies
from outreach.services import planning

# Five minutes are presumed to be in time (47 CFR 64.1200(a)(12)).
IN_TIME = timedelta(minutes=5)
ONCE_A_DAY = timedelta(days=1)


def opted_out(reply: Reply, *, at: datetime) -> bool:
    """Queues the confirmation of an opt-out by text; False where no conversation is known in which to send it."""
    return _queue(reply, f"{Lender.current().name}: you will get no more texts from us. No reply is needed.", at)


def help_text(reply: Reply, *, at: datetime) -> str:
    """Queues the answer to HELP, once a day and number; returns what was done."""
    lately = Touch.objects.filter(
        address_lookup=reply.sender_lookup, kind=TouchKind.CONFIRMATION, channel=Channel.SMS, due_at__gt=at - ONCE_A_DAY
    )
    if lately.exists():
        return "Asked for help; answered today already."
    lender = Lender.current()
    name = f"{lender.name}, NMLS {lender.nmls_id}" if lender.nmls_id else lender.name
    call = f" Call {written_phone(lender.phone)}." if lender.phone else ""
    queued = _queue(reply, f"{name}.{call} Reply STOP to end texts.", at)
    return "Asked for help; answered." if queued else "Asked for help."


def is_closed_already(reply: Reply) -> bool:
    """Whether texts to this number were closed before these words."""
    closed = consents.suppression(Channel.SMS, bytes(reply.sender_lookup)) if reply.sender_lookup is not None else None
    return closed is not None and not closed.doubtful


def _queue(reply: Reply, text: str, at: datetime) -> bool:
    touch = reply.touch or matching_replies.newest_to(reply.sender_lookup)
    if touch is None or reply.sender_lookup is None:
        return False
    loan = touch.opportunity.loan
    if loan.officer_id is None or loan.branch_id is None:
        return False
    confirmation = Touch.objects.create(
        kind=TouchKind.CONFIRMATION,
        channel=Channel.SMS,
        opportunity_id=touch.opportunity_id,
        borrower=reply.borrower or touch.borrower,
        branch_id=loan.branch_id,
        officer_id=loan.officer_id,
        address_lookup=reply.sender_lookup,
        state=TouchState.READY,
        due_at=at,
        not_after=at + IN_TIME,
        link_token=planning.link_token(),
    )
    Message.objects.create(
        touch=confirmation,
        to_name=confirmation.borrower.name,
        to_address=reply.sender,
        from_name=Lender.current().name,
        text=text,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )
    return True
