"""A template read for the linter: its visible words with the place of each in the source, its merge fields, its links."""

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from outreach.domain import mail_body, merge_fields

ChannelName = Literal["email", "sms", "call"]


@dataclass(frozen=True)
class TemplateSource:
    """What an author wrote. `subject` and `text`, the plain-text part, belong to e-mail; body is MJML, a text or a script."""

    slug: str
    channel: ChannelName
    subject: str
    body: str
    text: str


@dataclass(frozen=True)
class Place:
    """Where something stands: part, line from 1, and from which to which character of that line, from 0."""

    part: str
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Part:
    """One part of a template. Rules look for words in `words`: without tags, one kind of quote, hyphen and space."""

    name: str
    source: str
    markup: bool = False

    @cached_property
    def _visible(self) -> tuple[str, list[int]]:
        characters: list[str] = []
        places: list[int] = []
        for token in _TOKEN.finditer(self.source):
            for character in _seen(token, self.markup):
                characters.append(character)
                places.append(token.start())
        return "".join(characters), places

    @property
    def words(self) -> str:
        """What is read, with merge fields still in their braces."""
        return self._visible[0]

    @cached_property
    def fields(self) -> frozenset[str]:
        """The merge fields that are read in it, those in addresses not counted."""
        return frozenset(found.group(1) for found in FIELD.finditer(self.words))

    @cached_property
    def links(self) -> tuple[tuple[str, int], ...]:
        """Addresses a tag leads to, each with its line."""
        return mail_body.read(self.source).links if self.markup else ()

    def find(self, pattern: re.Pattern[str]) -> Iterator[Place]:
        """Where the words match."""
        for found in pattern.finditer(self.words):
            yield self.place(*found.span())

    def find_fields(self, names: frozenset[str]) -> Iterator[Place]:
        """Where one of the merge fields stands."""
        for found in FIELD.finditer(self.words):
            if found.group(1) in names:
                yield self.place(*found.span())

    def sentences(self) -> Iterator[tuple[str, int]]:
        """Each sentence and where it starts in `words`."""
        for found in _SENTENCE.finditer(self.words):
            yield found.group(), found.start()

    def place(self, start: int, end: int) -> Place:
        """The place in the source of a stretch of `words`."""
        places = self._visible[1]
        first, last = places[start], places[max(start, end - 1)]
        line = self.source.count("\n", 0, first)
        begin = self.source.rfind("\n", 0, first) + 1
        stop = self.source.find("\n", first)
        return Place(self.name, line + 1, first - begin, min(last + 1, len(self.source) if stop < 0 else stop) - begin)

    def whole_line(self, line: int) -> Place:
        """A whole line of the source; the last where there are fewer."""
        lines = self.source.split("\n")
        line = min(max(line, 1), len(lines))
        return Place(self.name, line, 0, len(lines[line - 1]))


@dataclass(frozen=True)
class Reading:
    """A template and its parts, as rules get it."""

    template: TemplateSource

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Subject, body and text of an e-mail; the body alone of a text or a call."""
        template = self.template
        if template.channel != "email":
            return (Part("body", _lines(template.body)),)
        return (
            Part("subject", _lines(template.subject)),
            Part("body", _lines(template.body), markup=True),
            Part("text", _lines(template.text)),
        )

    @property
    def body(self) -> Part:
        """The part that every template has."""
        return next(part for part in self.parts if part.name == "body")

    @property
    def below_the_subject(self) -> tuple[Part, ...]:
        """The parts in which there is room for a whole example."""
        return tuple(part for part in self.parts if part.name != "subject")

    def quote(self, place: Place) -> str:
        """The source at a place."""
        lines = next(part for part in self.parts if part.name == place.part).source.split("\n")
        return lines[place.line - 1][place.start : place.end]


FIELD = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)[^{}]*\}\}")
_TOKEN = re.compile(
    r"(?P<comment>\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\})|(?P<tag></?\s*(?P<name>[\w-]+)[^>]*>)"
    r"|(?P<entity>&#?\w+;)|(?P<other>.)",
    re.DOTALL,
)
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s|$)|\n\s*\n|\Z)", re.DOTALL)
_KINDS = {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-"}


def canonical(template: TemplateSource) -> dict[str, str]:
    """The content that an approval is bound to: line ends of one kind, no blank end, composed letters; the slug left out."""
    parts = {"subject": template.subject, "body": template.body, "text": template.text}
    return {"channel": template.channel} | {
        name: unicodedata.normalize("NFC", _lines(part)).rstrip() for name, part in parts.items()
    }


def figures(names: frozenset[str]) -> frozenset[str]:
    """Those of the merge fields that tell a figure, the borrower's or the market's."""
    kinds = (merge_fields.Kind.LOAN, merge_fields.Kind.ESTIMATE, merge_fields.Kind.INDEX)
    known = (merge_fields.FIELDS[name] for name in names if name in merge_fields.FIELDS)
    return frozenset(field.name for field in known if field.kind in kinds or field.personal_figure)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _seen(token: re.Match[str], markup: bool) -> str:
    if token["comment"]:
        return ""
    if token["tag"] and markup:
        # A word may be cut by <b>, never by the end of a block.
        return "" if token["name"].lower() in mail_body.INLINE - {"p", "li", "br", "h1", "h2", "h3"} else "\n\n"
    if token["entity"] and markup:
        return "".join(_plain(character) for character in html.unescape(token["entity"]))
    return "".join(_plain(character) for character in token.group())


def _plain(character: str) -> str:
    if unicodedata.category(character) == "Cf":  # zero-width and soft hyphens hide a word from a search, not from a reader
        return ""
    if character in _KINDS:
        return _KINDS[character]
    if character != "\n" and character.isspace():
        return " "
    return unicodedata.normalize("NFKC", character)
