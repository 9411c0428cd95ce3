"""What vendors and the LOS would tell of the demo's messages: kept by the inbox and applied, like anybody's."""

import itertools
from datetime import datetime
from typing import Any

from outreach.adapters import sendgrid, sendgrid_inbound, twilio
from outreach.adapters.happenings import Happening, Kind
from outreach.models import Channel, Touch
from outreach.services import applying, events, inbox

_numbers = itertools.count(1)


def told(touch: Touch, kind: Kind, at: datetime, **fields: Any) -> None:
    """What became of a message."""
    source = sendgrid.NAME if touch.channel == Channel.EMAIL else twilio.NAME
    _take(Happening(kind=kind, touch_id=str(touch.pk), address=_address(touch), **_names(source, touch), at=at, **fields), at)


def mailed(touch: Touch, text: str, at: datetime, *, sender: str = "", kind: Kind = Kind.REPLIED) -> None:
    """An e-mail to the address of a message, from the borrower or from somebody else."""
    fields = {"subject": f"Re: {touch.message.subject}", "token": touch.link_token, "text": text}
    happening = Happening(
        kind=kind, address=sender or str(touch.borrower.email), **_names(sendgrid_inbound.NAME, touch), at=at, **fields
    )
    _take(happening, at)


def texted(touch: Touch, text: str, at: datetime, *, kind: Kind = Kind.REPLIED) -> None:
    """A text from the borrower's number."""
    happening = Happening(kind=kind, address=str(touch.borrower.phone), **_names(twilio.NAME, touch), at=at, text=text)
    _take(happening, at, source=inbox.TWILIO_INBOUND)


def applied(loan_number: str, at: datetime) -> None:
    """The LOS has an application."""
    event = {
        "type": "application.submitted",
        "id": f"application-{loan_number}",
        "timestamp": at.isoformat(),
        "data": {"loan_number": loan_number},
    }
    events.take(event, source=events.LOS, sender="", message_id="", user=None, now=at)
    applying.apply_waiting(at)


def _names(source: str, touch: Touch) -> dict[str, str]:
    key = f"{source}:demo:{touch.pk}:{next(_numbers)}"
    return {"source": source, "dedupe_key": key, "semantic_key": key}


def _address(touch: Touch) -> str:
    return str(touch.borrower.email if touch.channel == Channel.EMAIL else touch.borrower.phone)


def _take(happening: Happening, at: datetime, *, source: str = "") -> None:
    inbox.keep([inbox.told(happening, source=source)], at)
    applying.apply_waiting(at)
