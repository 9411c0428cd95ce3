"""A borrower's mail, read from its MIME source in whatever charset and shape a mail program gives it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses, parseaddr, parsedate_to_datetime

from outreach.adapters import html_text

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_MASS_PRECEDENCE = frozenset({"bulk", "junk", "auto_reply", "auto-reply", "list"})
_ANSWERING_MACHINES = ("X-Autoreply", "X-Autorespond", "X-Auto-Response", "X-Autoresponder")
MOST_REFERENCES = 20


@dataclass(frozen=True)
class Letter:
    """One mail. Addresses are in lower case; message ids stand without angle brackets."""

    sender: str = field(repr=False)
    to: tuple[str, ...] = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    """All of its words, with what it quotes."""
    message_id: str
    in_reply_to: tuple[str, ...]
    automatic: bool
    at: datetime | None
    """Its Date header, UTC; the sender's clock."""


def read(source: bytes) -> Letter:
    """The letter of a MIME source. What can't be read is left empty; nothing is raised."""
    message = BytesParser(policy=policy.compat32).parsebytes(source)
    return _letter(message, _text(message))


def read_parts(headers: bytes, text: str) -> Letter:
    """The letter of a block of headers and a text that were parted already."""
    return _letter(BytesParser(policy=policy.compat32).parsebytes(headers.strip() + b"\n\n", headersonly=True), text)


def decoded(content: bytes, charset: str) -> str:
    """Text in the charset it claims, or else in the one it has: UTF-8, or what Windows writes."""
    for name in (charset, "utf-8"):
        try:
            return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _letter(message: Message, text: str) -> Letter:
    answered = _MESSAGE_ID.findall(_header(message, "In-Reply-To"))
    earlier = _MESSAGE_ID.findall(_header(message, "References"))[::-1]
    own = _MESSAGE_ID.search(_header(message, "Message-ID"))
    recipients = [_header(message, name) for name in ("Delivered-To", "X-Original-To", "To", "Cc")]
    return Letter(
        sender=parseaddr(_header(message, "From"))[1].strip().lower(),
        to=tuple(address.strip().lower() for _, address in getaddresses([each for each in recipients if each]) if address),
        subject=" ".join(_words(message, "Subject").split())[:500],
        text=text,
        message_id=own[1] if own else "",
        in_reply_to=tuple(dict.fromkeys([*answered, *earlier]))[:MOST_REFERENCES],
        automatic=_is_automatic(message),
        at=_date(message),
    )


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _words(message: Message, name: str) -> str:
    """A header with its encoded words decoded."""
    value = message.get(name, "")
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return str(value)


def _date(message: Message) -> datetime | None:
    try:
        given = parsedate_to_datetime(_header(message, "Date"))
        return given.replace(tzinfo=given.tzinfo or UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _is_automatic(message: Message) -> bool:
    """Written by a machine: RFC 3834's header, older habits, and reports of failed delivery."""
    submitted = _header(message, "Auto-Submitted").lower().split(";")[0].strip()
    if submitted and submitted != "no":
        return True
    if _header(message, "Precedence").lower() in _MASS_PRECEDENCE or any(name in message for name in _ANSWERING_MACHINES):
        return True
    return message.get_content_type() == "multipart/report" or _header(message, "Return-Path") == "<>"


def _text(message: Message) -> str:
    plain, html = "", ""
    for part in message.walk():
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_disposition() == "attachment" or kind not in ("text/plain", "text/html"):
            continue
        content = part.get_payload(decode=True)
        words = decoded(content, _charset(part)) if isinstance(content, bytes) else ""
        if kind == "text/plain":
            plain = f"{plain}\n{words}".strip() if words.strip() else plain
        elif not html:
            html = words
    return plain or html_text.text_of(html)


def _charset(part: Message) -> str:
    try:
        # Mail that names none, or ASCII, and is not, is in UTF-8 more often than in anything else.
        named = str(part.get_content_charset() or "utf-8")
    except (LookupError, ValueError):
        return "utf-8"
    return "utf-8" if named in ("us-ascii", "ascii") else named


def by_charsets(fields: Mapping[str, bytes], name: str, charsets: Mapping[str, object]) -> str:
    """A field of a form in the charset that the form says it has."""
    return decoded(fields.get(name, b""), str(charsets.get(name) or "utf-8"))
