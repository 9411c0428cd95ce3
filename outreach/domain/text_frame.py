"""How a text message is made: an author's words, the brand, the way out, in letters a phone network sends as one segment."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.domain import liquid

STOP_LINE = "Reply STOP to end texts."
STOP_WORDS = re.compile(r"\b(?:reply|text|send)\s+stop\b", re.IGNORECASE)
LONGEST = 160  # GSM-7 characters of one segment

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")  # these take two places: an escape comes before each
_PLAIN = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "…": "...", "•": "-", "·": "-",
    "×": "x", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "œ": "oe", "Œ": "OE", "ð": "d", "þ": "th", "\t": " ",
}  # fmt: skip


@dataclass(frozen=True)
class Segments:
    """What a network makes of a text: messages billed, encoding "GSM-7" or "UCS-2", characters counted in that encoding."""

    count: int
    encoding: str
    characters: int


def segments(body: str) -> Segments:
    """How many messages a text becomes. GSM-7 takes 160, or 153 each of several; UCS-2 takes 70, or 67."""
    if all(character in _BASIC or character in _EXTENDED for character in body):
        widths = [2 if character in _EXTENDED else 1 for character in body]
        return Segments(_count(widths, LONGEST, 153), "GSM-7", sum(widths))
    widths = [2 if ord(character) > 0xFFFF else 1 for character in body]
    return Segments(_count(widths, 70, 67), "UCS-2", sum(widths))


def plain(text: str) -> str:
    """The same words in GSM-7 letters: é stays, ő becomes o, curly quotes and dashes become straight, emoji go."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        if character in _BASIC or character in _EXTENDED:
            kept.append(character)
        elif character in _PLAIN:
            kept.append(_PLAIN[character])
        elif character.isspace():
            # A no-break space alone would turn the whole text into UCS-2, at twice the price.
            kept.append(" ")
        else:
            kept.append("".join(part for part in unicodedata.normalize("NFKD", character) if part in _BASIC))
    return "".join(kept)


def framed(body: str) -> str:
    """The author's text on one line with the way out at its end, where it is not written already; still Liquid."""
    line = " ".join(body.split())
    return line if STOP_WORDS.search(line) else f"{line} {STOP_LINE}".strip()


def render(body: str, values: Mapping[str, str | None]) -> str:
    """The text as it is sent. Raises CannotRender, which names a missing field, or says that nothing is left.

    Links lose their https://, which phones don't need. Where long names make it two segments, the officer is called by the
    first name, and then the weekday becomes three letters; a text that is too long even so is left as it is.
    """
    filled = {name: value.removeprefix("https://") if value else value for name, value in values.items()}
    text = _filled(body, filled)
    for shorter in (
        {"officer_name": filled.get("officer_first_name")},
        {"day1_weekday": (filled.get("day1_weekday") or "")[:3]},
    ):
        if segments(text).count == 1:
            break
        filled |= {name: value for name, value in shorter.items() if value}
        text = _filled(body, filled)
    return text


def _filled(body: str, values: Mapping[str, str | None]) -> str:
    text = " ".join(plain(liquid.render(framed(body), values, html=False)).split())
    if not text.replace(STOP_LINE, "").strip():
        raise liquid.CannotRender("The text is empty.")
    return text


def _count(widths: list[int], one: int, each: int) -> int:
    if sum(widths) <= one:
        return 1
    # A character of two places is never cut in half, so a segment may end one short.
    count, used = 1, 0
    for width in widths:
        if used + width > each:
            count, used = count + 1, 0
        used += width
    return count
