"""SendGrid's Inbound Parse: a borrower's mail to our reply address, as a form. It is not signed and has no id."""

import json
import re
from collections.abc import Mapping
from typing import Any

from outreach.adapters import happenings, html_text, letters, multipart, quoting
from outreach.adapters.happenings import Happening, Kind
from outreach.adapters.letters import Letter

NAME = "sendgrid_inbound"
REPLY_PREFIX = "r"
UNSUBSCRIBE_PREFIX = "u"
"""Before the plus: `r+TOKEN@` is answered to, `u+TOKEN@` stands in List-Unsubscribe, and any mail to it unsubscribes."""
_TOKEN = re.compile(rf"^([{REPLY_PREFIX}{UNSUBSCRIBE_PREFIX}])\+([^@\s]{{1,200}})@", re.IGNORECASE)
_DKIM_PASS = re.compile(r"@([a-z0-9.\-]+)\s*:\s*pass\b", re.IGNORECASE)


def parse(fields: Mapping[str, str | bytes]) -> Happening:
    """The reply, or the unsubscribe where it was written to that address. Missing fields leave it empty; nothing is raised.

    The whole MIME source (`email`, "POST the raw, full MIME message") is read where there is one, else the fields SendGrid
    made of it. The token is as the borrower's program wrote it, perhaps in another case; it is still to be verified.
    """
    form = multipart.as_bytes(fields)
    envelope = _object(form.get("envelope", b""))
    letter = letters.read(form["email"]) if form.get("email") else _of_fields(form)
    to = _recipients(envelope) or letter.to
    prefix, token = _token(to)
    unsubscribes = prefix == UNSUBSCRIBE_PREFIX
    words = quoting.new_words(letter.text)
    written = happenings.fingerprint(letter.sender, *to, letter.subject, letter.at, letter.text)
    named = happenings.fingerprint(letter.message_id, *to) if letter.message_id else written
    return Happening(
        kind=Kind.UNSUBSCRIBED if unsubscribes else Kind.REPLIED,
        source=NAME,
        at=None,
        dedupe_key=f"{NAME}:{named}",
        semantic_key=f"{NAME}:{written}",
        provider_id=letter.message_id,
        address=letter.sender,
        text=words,
        subject=letter.subject,
        token=token,
        in_reply_to=letter.in_reply_to,
        # A mail without a return path is a machine's report about another mail.
        automatic=letter.automatic or envelope.get("from") in ("", "<>"),
        authenticated=_is_authenticated(form, letter.sender, str(envelope.get("from") or "")),
        raw={"spf": _word(form, "SPF"), "attachments": _word(form, "attachments")},
    )


def _of_fields(form: Mapping[str, bytes]) -> Letter:
    charsets = _object(form.get("charsets", b""))
    text = letters.by_charsets(form, "text", charsets)
    if not text.strip():
        text = html_text.text_of(letters.by_charsets(form, "html", charsets))
    headers = form.get("headers", b"")
    if not headers.strip():
        headers = b"".join(
            name.encode() + b": " + b" ".join(form.get(name, b"").split()) + b"\n" for name in ("from", "to", "subject")
        )
    return letters.read_parts(headers, text)


def _recipients(envelope: Mapping[str, Any]) -> tuple[str, ...]:
    to = envelope.get("to")
    return tuple(str(address).strip() for address in to) if isinstance(to, list) else ()


def _token(addresses: tuple[str, ...]) -> tuple[str, str]:
    """The letter before the plus, and the token after it, of the first address of ours."""
    found = next((match for address in addresses if (match := _TOKEN.match(address))), None)
    return (found[1].lower(), found[2]) if found else ("", "")


def _is_authenticated(form: Mapping[str, bytes], sender: str, return_path: str) -> bool:
    """Whether a signature or the sending machine vouches for the domain in From, and not merely for some other domain."""
    domain = sender.rpartition("@")[2]
    vouched = [name.lower() for name in _DKIM_PASS.findall(_word(form, "dkim"))]
    if _word(form, "SPF").lower() == "pass":
        vouched.append(return_path.strip("<> ").rpartition("@")[2].lower())
    return any(_same_domain(domain, each) for each in vouched)


def _same_domain(one: str, other: str) -> bool:
    # A domain of one label is a public suffix at best.
    if "." not in one or "." not in other:
        return False
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _word(form: Mapping[str, bytes], name: str) -> str:
    return form.get(name, b"").decode("utf-8", "replace").strip()[:1000]


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
