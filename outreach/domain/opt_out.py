"""Whether a borrower's words ask us to stop, in any wording, English or Spanish; or ask for help, or to start again.

A plain wish counts at once. Words that may mean it are doubtful: the borrower is held as opted out until a person has read
them. What only names a thing to be ended or canceled (the insurance, a call) is neither. The inbox asks.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml

WORDS = yaml.safe_load(Path(__file__).with_name("opt_out_words.yaml").read_text(encoding="utf-8"))
"""The phrases as data, so that whoever answers for them can read and add to them without code."""

HANDS = "\N{OCTAGONAL SIGN}\N{RAISED HAND}\N{NO ENTRY}\N{NO ENTRY SIGN}\N{NO MOBILE PHONES}"
EVERYTHING = frozenset({"sms", "email", "call"})


class Certainty(StrEnum):
    """A wish that counts at once, or one that a person must confirm."""

    CLEAR = "clear"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class OptOut:
    """How sure we are, and which channels the words close: those they name, else those of where they came in."""

    certainty: Certainty
    channels: frozenset[str]


def reads_as_opt_out(text: str, received_by: str) -> OptOut | None:
    """What the words ask, or None. `received_by` is "sms", "email" or "call" (words said on the telephone).

    A quoted message below a reply is ours and is not read. Raises ValueError for another channel.
    """
    if received_by not in EVERYTHING:
        raise ValueError(f"No such channel: {received_by!r}.")
    own = own_words(text)
    parts = plain(own).split("\n")
    if _WISH.match(" ".join(parts)) or (parts == [""] and any(sign in HANDS for sign in own)):
        wishes = [n for n, part in enumerate(parts) if _WISH.match(part)]
        return OptOut(Certainty.CLEAR, _channels(_with_the_list(parts, wishes) or parts, received_by))
    meant = _without(parts, _NOT_A_WISH)
    plainly = [n for n, part in enumerate(meant) if _is_whole(part, WORDS["at_the_start"]) or _any(_CLEAR, part)]
    if plainly:
        return OptOut(Certainty.CLEAR, _channels(_with_the_list(meant, plainly), received_by))
    perhaps = [part for part in _without(meant, _OTHER_THINGS) if _any(_DOUBTFUL, part)]
    if perhaps or any(sign in HANDS for sign in own):
        return OptOut(Certainty.DOUBTFUL, _channels(perhaps, received_by))
    return None


def reads_as_help(text: str) -> bool:
    """The whole message is HELP or INFO, in English or Spanish."""
    return _is_whole(plain(own_words(text)), WORDS["help"])


def reads_as_opt_in(text: str) -> bool:
    """The whole message is START, UNSTOP, YES or the like. What YES means depends on what was asked; the caller knows."""
    return _is_whole(plain(own_words(text)), WORDS["opt_in"])


def own_words(text: str) -> str:
    """A message without the lines it quotes, since our own "Reply STOP" and "Unsubscribe" come back in every answer."""
    lines = text.replace("\r\n", "\n").split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _ATTRIBUTION.match(line):
            if any(later.lstrip().startswith(">") for later in lines[number + 1 :]):
                continue
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept)


def plain(text: str) -> str:
    """The words in lower case, without accents, apostrophes and signs; parts of a message stand on lines of their own."""
    letters = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in _APOSTROPHES)
    letters = re.sub(r"\be[\s-]mail", "email", re.sub(r"(?<=\d)[.,](?=\d)", "", letters))
    letters = re.sub(r"\bs+t+[o0]+p+\b", "stop", re.sub(r"\bun ?sub\w*|\bunsus?cri\w*", "unsubscribe", letters))
    # S.T.O.P. and S-T-O-P are one word.
    letters = re.sub(r"\b(?:[a-z][.\-_* ]){3,}[a-z]?\b", lambda spelled: re.sub(r"[^a-z]", "", spelled.group()) + " ", letters)
    parts = (re.sub(r"[^a-z0-9]+", " ", part).strip() for part in _BREAK.split(letters))
    return "\n".join(part for part in parts if part)


def _with_the_list(parts: list[str], wishes: list[int]) -> list[str]:
    """The parts with a wish, each with what goes on naming channels after it: "stop all calls, texts and emails"."""
    kept = list(wishes)
    for wish in wishes:
        following = wish + 1
        while following < len(parts) and _NAMES_ONLY.match(parts[following]):
            kept.append(following)
            following += 1
    return [parts[n] for n in kept]


def _channels(parts: Iterable[str], received_by: str) -> frozenset[str]:
    """The channels that the parts with the wish name; "everything" wins, and without a name it is where they came in."""
    listed = list(parts)
    named = frozenset(channel for channel, pattern in _NAMED.items() if any(_any([pattern], part) for part in listed))
    if any(_any(_ALL_CHANNELS if not named else _ALL_CHANNELS[:1], part) for part in listed):
        return EVERYTHING
    return named or (frozenset({"email"}) if received_by == "email" else frozenset({"sms", "call"}))


def _is_whole(read: str, phrases: str) -> bool:
    return read.replace("\n", " ") in _each(phrases)


def _each(listed: str) -> list[str]:
    return [phrase.strip() for phrase in listed.split(",")]


def _pattern(phrase: str) -> re.Pattern[str]:
    """The phrase of the small language of opt_out_words.yaml as an expression over plain words, each with a space before it."""
    filled = phrase
    while found := re.search(r"\{(\w+)\}", filled):
        filled = filled.replace(found.group(), "(" + "|".join(_each(WORDS["sets"][found.group(1)])) + ")")
    start, end = ("^" if filled.startswith("^") else ""), ("$" if filled.endswith("$") else "(?= |$)")
    return re.compile(start + "".join(_term(term) for term in _terms(filled.strip("^$"))) + end)


def _terms(phrase: str) -> list[str]:
    """The phrase at its spaces, except those inside parentheses."""
    terms, depth = [""], 0
    for sign in phrase:
        depth += (sign == "(") - (sign == ")")
        if sign == " " and not depth:
            terms.append("")
        else:
            terms[-1] += sign
    return terms


def _term(term: str) -> str:
    if term == "~":
        return "(?: [a-z0-9]+){0,4}"
    word, optional = term.removesuffix("?"), "?" if term.endswith("?") else ""
    word = "[a-z0-9]+" if word == "_" else word.replace("(", "(?:").replace("_", "[a-z0-9]+")
    return f"(?: {word}){optional}"


def _patterns(phrases: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(phrase) for phrase in phrases)


def _any(patterns: Iterable[re.Pattern[str]], part: str) -> bool:
    return any(pattern.search(" " + part) for pattern in patterns)


def _without(parts: Iterable[str], patterns: Iterable[re.Pattern[str]]) -> list[str]:
    left = list(parts)
    for pattern in patterns:
        # The mark keeps what stood on either side apart; no word and no gap matches it.
        left = [pattern.sub(" #", " " + part).strip() for part in left]
    return left


_APOSTROPHES = "'\u2019\u2018\u02bc\u0060\u00b4\u2032"
_BREAK = re.compile(r"[.,!?;:\n\u2014()\"\u201c\u201d]+|\s[-\u2013]+\s|\bbut\b")
_ATTRIBUTION = re.compile(
    r"^\s*(?:On .{4,200}wrote:|El .{4,200}escribi\w+:|-{2,}\s*Original Message|_{10,}|From: .*@)", re.IGNORECASE
)
_NOT_A_WISH, _CLEAR = _patterns(WORDS["not_a_wish"]), _patterns(WORDS["clear"])
_OTHER_THINGS, _DOUBTFUL = _patterns(WORDS["other_things"]), _patterns(WORDS["doubtful"])
_ALL_CHANNELS = _patterns(WORDS["all_channels"])
_NAMED = {channel: _pattern("(" + "|".join(_each(named)) + ")") for channel, named in WORDS["named"].items()}
_NAMES = "|".join(sorted({name for named in WORDS["named"].values() for name in _each(named)}, key=len, reverse=True))
_BETWEEN = "and|or|also|all|any|the|y|o|please|thanks|thank you|now|gracias|por favor"
_NAMES_ONLY = re.compile(rf"^(?:(?:{_BETWEEN}) )*(?:{_NAMES})(?: (?:{_BETWEEN}|{_NAMES}))*$")
_POLITE, _KEYWORD = "|".join(_each(WORDS["polite"])), "|".join(_each(WORDS["keywords"]))
_WISH = re.compile(rf"^(?:(?:{_POLITE}) )*(?:{_KEYWORD})(?: (?:{_POLITE}|{_KEYWORD}))*$")
