"""What a person wrote in a reply, without the mail it answers and without the signature.

It errs on the side of keeping: words taken for a quotation may hold an opt-out. What it can't tell apart, it keeps.
"""

import re

LONGEST = 10_000
"""Letters that are kept of one reply."""
# "On Thu, Apr 23, 2026 at 10:02 AM Olivia Hart <olivia@lender.example.com> wrote:", which programs break over up to 4 lines.
_ATTRIBUTION = re.compile(
    r"^(?:On\b.*\bwrote|El\b.*\bescribió|Le\b.*\ba écrit|Am\b.*\bschrieb\b.*|Em\b.*\bescreveu)\s*:$", re.IGNORECASE
)
# A date, a time or an address: "On Monday my lawyer wrote:" is a person's own sentence.
_DATED = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}:\d\d\b|\S+@\S+")
_FORWARDED = re.compile(
    r"^-{2,}\s*(?:Original Message|Original Appointment|Forwarded message|Mensaje original|Mensaje reenviado)\s*-{2,}$"
    r"|^Begin forwarded message:$",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(r"^\*?(?:From|De|Von)\s*:\*?\s*\S", re.IGNORECASE)
_HEADER_DATE = re.compile(r"^\*?(?:Sent|Date|Enviado(?: el)?|Fecha|Gesendet)\s*:\*?\s*\S", re.IGNORECASE)
_HEADER_REST = re.compile(r"^\*?(?:To|Para|An|Subject|Asunto|Betreff)\s*:\*?", re.IGNORECASE)
_RULE = re.compile(r"^[_\-]{10,}$")
_DEVICES = r"(?:iPhone|iPad|Mac|Galaxy|Samsung|Android|Pixel|BlackBerry|(?:smart)?phone|device|tablet|mobile|teléfono|móvil)"
_SENT_FROM = re.compile(
    rf"^(?:Sent from my|Sent via my|Enviado desde mi) (?:\S+ ){{0,5}}{_DEVICES}\b[\w ]{{0,30}}\.?$"
    r"|^(?:Sent from|Enviado desde) (?:Yahoo|Outlook|Mail|AOL|Gmail|Proton)\b[\w ]{0,60}$|^Get Outlook for \w+$",
    re.IGNORECASE,
)
_ATTRIBUTION_LINES = 4


def new_words(text: str) -> str:
    """The reply's own words; nothing where every line is marked as quoted, all of it where marks are missing."""
    lines = [line.rstrip() for line in _plain(text).split("\n")]
    return "\n".join(_without_signature(_without_quotation(lines))).strip()[:LONGEST]


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    return re.sub("[\u200b\u200c\u200d\u2060\ufeff]", "", text)


def _without_quotation(lines: list[str]) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(lines):
        length = _attribution(lines, at)
        if length:
            rest = lines[at + length :]
            if not _starts_quoted(rest):
                # Quoted without marks: what stands below can't be told apart, and counts only where nothing stands above.
                return kept if _says(kept) else _unquoted(rest)
            at += length
        elif _FORWARDED.match(lines[at].strip()) or _outlook_header(lines, at):
            return kept if _says(kept) else _unquoted(lines[at:])
        else:
            if not lines[at].startswith(">"):
                kept.append(lines[at])
            at += 1
    return kept


def _attribution(lines: list[str], at: int) -> int:
    """How many lines from here are the sentence that introduces a quotation; 0 where it is none."""
    for length in range(1, _ATTRIBUTION_LINES + 1):
        sentence = " ".join(line.strip() for line in lines[at : at + length])
        if length > 1 and not lines[at + length - 1 : at + length]:
            return 0
        if _ATTRIBUTION.match(sentence):
            return length if _DATED.search(sentence) and len(sentence) < 400 else 0
    return 0


def _starts_quoted(lines: list[str]) -> bool:
    return next((line.startswith(">") for line in lines if line), False)


def _says(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _unquoted(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith(">")]


def _outlook_header(lines: list[str], at: int) -> bool:
    """Outlook repeats the headers of the mail it answers: From, Sent, To, Subject, often below a rule."""
    if _RULE.match(lines[at].strip()):
        return at + 1 < len(lines) and _outlook_header_at(lines, _next_full(lines, at + 1))
    return _outlook_header_at(lines, at)


def _next_full(lines: list[str], at: int) -> int:
    return next((index for index in range(at, len(lines)) if lines[index].strip()), at)


def _outlook_header_at(lines: list[str], at: int) -> bool:
    if not _HEADER_FROM.match(lines[at].strip()):
        return False
    following = [line.strip() for line in lines[at + 1 : at + 7]]
    return any(map(_HEADER_DATE.match, following)) and any(map(_HEADER_REST.match, following))


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        # "-- " is the mark of RFC 3676; its space rarely survives. Above it there must be something to say.
        if line == "--" and _says(lines[:at]):
            lines = lines[:at]
            break
    while lines and (not lines[-1].strip() or _SENT_FROM.match(lines[-1].strip())):
        lines = lines[:-1]
    return lines
