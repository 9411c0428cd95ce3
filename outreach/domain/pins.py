"""Findings where they stand: numbered pins, the same in the source, in the text as sent and in the mail as shown."""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outreach.domain import linter, liquid, mail_frame
from outreach.domain.linter import Finding, Level, Rule, TemplateSource

PARTS = {"subject": "Subject", "body": "Body", "text": "Plain text"}


@dataclass(frozen=True)
class Pin:
    """A finding with the number that marks it on the page."""

    number: int
    finding: Finding

    @property
    def blocks(self) -> bool:
        """Whether nobody can accept it."""
        return self.finding.level == Level.BLOCKS

    @property
    def where(self) -> str:
        """The place in words: "Body, line 7"."""
        return f"{PARTS[self.finding.place.part]}, line {self.finding.place.line}"

    @property
    def anchor(self) -> str:
        """The id of its line in the source."""
        return f"source-{self.finding.place.part}-{self.finding.place.line}"


@dataclass(frozen=True)
class Checked:
    """A template as the linter left it: what it found, and every rule it asked."""

    pins: tuple[Pin, ...]
    rules: tuple[Rule, ...]

    @property
    def blocking(self) -> tuple[Pin, ...]:
        """Findings that nobody can accept."""
        return tuple(pin for pin in self.pins if pin.blocks)

    @property
    def undecided(self) -> tuple[Pin, ...]:
        """Findings to accept with a reason, one of each rule."""
        first = {pin.finding.rule: pin for pin in reversed(self.pins) if not pin.blocks}
        return tuple(sorted(first.values(), key=lambda pin: pin.number))

    @property
    def decisions(self) -> int:
        """How many findings need a decision."""
        return len(self.pins) - len(self.blocking)

    @property
    def passed(self) -> tuple[Rule, ...]:
        """The rules that found nothing."""
        broken = {pin.finding.rule for pin in self.pins}
        return tuple(rule for rule in self.rules if rule.name not in broken)


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `level` is set where a finding marks it, `pin` where the finding's number stands after it."""

    text: str
    level: str = ""
    pin: int = 0


@dataclass(frozen=True)
class SourceLine:
    """A line of the source, with the pins of its gutter."""

    number: int
    pieces: tuple[Piece, ...]
    pins: tuple[Pin, ...]


@dataclass(frozen=True)
class SourcePart:
    """A part of the source as the page shows it."""

    name: str
    label: str
    lines: tuple[SourceLine, ...]


def check(template: TemplateSource) -> Checked:
    """Lints a template and numbers what it finds, from the top."""
    findings = linter.lint(template)
    pins = tuple(Pin(number, finding) for number, finding in enumerate(findings, start=1))
    return Checked(pins, linter.rules_for(template.channel))


def source(template: TemplateSource, pins: Iterable[Pin]) -> tuple[SourcePart, ...]:
    """The parts that an author wrote, line by line, with what is found marked; subject and plain text only of an e-mail."""
    by_line: dict[tuple[str, int], list[Pin]] = {}
    for pin in pins:
        by_line.setdefault((pin.finding.place.part, pin.finding.place.line), []).append(pin)
    names = PARTS if template.channel == "email" else {"body": "Text" if template.channel == "sms" else "Script"}
    parts = []
    for name, label in names.items():
        lines = one_line_end(getattr(template, name)).rstrip("\n").split("\n")
        shown = tuple(
            SourceLine(number, _pieces(line, by_line.get((name, number), [])), tuple(by_line.get((name, number), [])))
            for number, line in enumerate(lines, start=1)
        )
        parts.append(SourcePart(name, label, shown))
    return tuple(parts)


def marked(sent: str, part: str, pins: Iterable[Pin], values: Mapping[str, str | None]) -> tuple[Piece, ...]:
    """A text as sent, with each finding of a part marked where its words, filled with the same values, first stand."""
    places: list[tuple[int, int, Pin]] = []
    for pin in pins:
        if pin.finding.place.part != part or not pin.finding.quote.strip():
            continue
        try:
            words = " ".join(liquid.render(pin.finding.quote, values, html=False).split())
        except liquid.CannotRender:
            continue  # half of a pair of braces; the source's gutter has the pin
        start = sent.find(words) if words else -1
        if start >= 0 and all(start >= end or start + len(words) <= first for first, end, _ in places):
            places.append((start, start + len(words), pin))
    pieces, at = [], 0
    for start, end, pin in sorted(places, key=lambda place: place[0]):
        pieces += [Piece(sent[at:start]), Piece(sent[start:end], pin.finding.level, pin.number)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(sent[at:])) if piece.text)


def mail(template: TemplateSource, pins: Iterable[Pin], values: Mapping[str, str | None]) -> mail_frame.Email:
    """The e-mail with the pins in its HTML part. Raises CannotCompile or CannotRender as the mail itself would."""
    compiled = mail_frame.compiled(template.subject, _with_signs(template.body, pins), template.text)
    email = mail_frame.render(compiled, values)
    return mail_frame.Email(email.subject, _signs_to_marks(email.html), email.text)


def one_line_end(text: str) -> str:
    """A text with line ends of one kind, as places are counted in."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


# Letters of the private use area pass through MJML and Liquid untouched; nobody's words hold them.
_BLOCKS, _DECISION, _END, _FIRST = "\ue000", "\ue001", "\ue002", 0xE100
_ANY_SIGN = re.compile("[\ue000-\uf8ff]")
_CLOSED = re.compile(f"{_END}([\ue100-\uf8ff])")
_NOT_WORDS = re.compile(
    r"\{%-?\s*comment\s*-?%\}.*?\{%-?\s*endcomment\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}|</?[A-Za-z][^>]*>|<!--.*?-->", re.DOTALL
)
_IN_BLOCK = ("mj-text", "mj-button")


def _pieces(line: str, pins: list[Pin]) -> tuple[Piece, ...]:
    levels = [""] * len(line)
    for pin in sorted(pins, key=lambda one: one.blocks):
        place = pin.finding.place
        levels[place.start : place.end] = [str(pin.finding.level)] * len(line[place.start : place.end])
    pieces: list[Piece] = []
    for character, level in zip(line, levels, strict=True):
        if pieces and pieces[-1].level == level:
            pieces[-1] = Piece(pieces[-1].text + character, level)
        else:
            pieces.append(Piece(character, level))
    return tuple(pieces)


def _with_signs(body: str, pins: Iterable[Pin]) -> str:
    body = _ANY_SIGN.sub("\ufffd", one_line_end(body))
    begins = [0, *(found.end() for found in re.finditer("\n", body))]
    signs: list[tuple[int, int, str]] = []
    for pin in pins:
        place = pin.finding.place
        if place.part != "body":
            continue
        start, end = _words_between(body, begins[place.line - 1] + place.start, begins[place.line - 1] + place.end)
        if start < end and _is_in_block(body, start):
            signs.append((start, 1, _BLOCKS if pin.blocks else _DECISION))
            signs.append((end, 0, _END + chr(_FIRST + pin.number)))
    for at, _, sign in sorted(signs, reverse=True):
        body = body[:at] + sign + body[at:]
    return body


def _words_between(body: str, start: int, end: int) -> tuple[int, int]:
    """The first stretch of words and fields of a place that no tag cuts."""
    for found in _NOT_WORDS.finditer(body):
        first, last = found.span()
        is_field = found.group().startswith("{{")
        if last <= start or first >= end:
            continue
        if is_field:
            start, end = (first if first < start else start), max(end, last)
        elif not body[start:first].strip():
            start = last
        else:
            end = first
            break
    return start, end


def _is_in_block(body: str, at: int) -> bool:
    return any(body.rfind(f"<{block}", 0, at) > body.rfind(f"</{block}", 0, at) for block in _IN_BLOCK)


def _signs_to_marks(page: str) -> str:
    page = page.replace(_BLOCKS, '<mark class="found-blocks">').replace(_DECISION, '<mark class="found-decision">')
    return _CLOSED.sub(lambda sign: f'</mark><b class="pin">{html.escape(str(ord(sign.group(1)) - _FIRST))}</b>', page)


_FRAME_STYLE = """<style>
mark { padding: 0 2px; border-radius: 3px; color: #151c29; }
.found-blocks { background: #fbd5d1; } .found-decision { background: #f8e3b0; }
.pin { display: inline-block; min-width: 20px; margin: 0 3px; border-radius: 10px; background: #b3261e; color: #fff !important;
  font: 700 12px/20px Arial, sans-serif; text-align: center; }
.found-decision + .pin { background: #8a5800; }
.system { position: relative; }
.system::before { content: ""; position: absolute; left: -11px; top: 0; bottom: 0; width: 2px; background: #aab4c2; }
</style>"""
_ADDRESS = re.compile(r"(<a\b[^>]*?)\shref=\"[^\"]*\"")


def framed(page: str) -> str:
    """A mail's HTML for a preview: what the system wrote has a line at its left, pins have color, links lead nowhere."""
    return _ADDRESS.sub(r"\1", page).replace("</head>", f"{_FRAME_STYLE}</head>", 1)
