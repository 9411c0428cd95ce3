"""A message as its reader sees it: what was handed over, or what would be now. Called by the pages; saves nothing."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Lender
from outreach.domain import liquid
from outreach.models import Message, Touch, TouchState
from outreach.queries import touch_reading
from outreach.services import filling


@dataclass(frozen=True)
class Shown:
    """`stored`: as it was handed over. Else it is filled with the figures of today, or `missing` says why not."""

    stored: bool
    subject: str = ""
    html: str = ""
    text: str = ""
    to_name: str = ""
    to_address: str = ""
    from_name: str = ""
    from_address: str = ""
    reply_to: str = ""
    content_hash: str = ""
    template: str = ""
    missing: str = ""


def shown(touch: Touch) -> Shown:
    """Of a touch that was handed over, what it said; of one that waits, what it would say now."""
    message = Message.objects.filter(touch=touch).first()
    if message is not None and (touch.kind != "sequence" or touch.state not in TouchState.waiting()):
        return _as_kept(message)
    if touch.kind != "sequence" or touch.state not in TouchState.waiting():
        return Shown(stored=False, missing="Nothing was written.")
    row = touch_reading.touch(touch.pk)
    try:
        filled = filling.fill_best(row, Lender.current())
    except liquid.CannotRender as error:
        return Shown(stored=False, missing=str(error))
    if filled is None:
        slugs = " or ".join(filling.template_slugs(row))
        return Shown(stored=False, missing=f"No approved template: {slugs or 'none is named'}.")
    return Shown(
        stored=False,
        subject=filled.subject,
        html=filled.html,
        text=filled.text,
        to_name=filled.to_name,
        to_address=row.borrower.email if touch.channel == "email" else row.borrower.phone,
        from_name=filled.from_name,
        from_address=filled.from_address,
        reply_to=filled.reply_to,
        template=str(row.template_version),
    )


def headers(touch: Touch, message: Shown) -> list[tuple[str, str]]:
    """What stands around an e-mail, as it is handed to the provider."""
    mailto = filling.unsubscribe_mailto(touch)
    ways = [f"<mailto:{mailto}>"] if mailto else []
    return [
        ("From", f"{message.from_name} <{message.from_address}>"),
        ("To", f"{message.to_name} <{message.to_address}>"),
        ("Reply-To", message.reply_to),
        ("Subject", message.subject),
        ("List-Unsubscribe", ", ".join([*ways, f"<{filling.unsubscribe_url(touch)}>"])),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Argument touch_id", str(touch.pk)),
    ]


def _as_kept(message: Message) -> Shown:
    row: Any = message
    return Shown(
        stored=True,
        **{
            name: getattr(row, name)
            for name in (
                "subject", "html", "text", "to_name", "to_address", "from_name", "from_address", "reply_to", "content_hash",
            )
        },
    )  # fmt: skip
