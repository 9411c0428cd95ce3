"""How the linter's rules look for what they forbid: each takes a template as read and yields the places that break the rule."""

import re
from collections.abc import Callable, Iterator

from outreach.domain import liquid, mail_body, merge_fields, text_frame
from outreach.domain.lint_reading import FIELD, Part, Place, Reading, figures


def phrases(words: str) -> Callable[[Reading], Iterator[Place]]:
    """Finds phrases, one a line, in any part, whatever the white space between their words."""
    alternatives = "|".join(phrase.replace(" ", r"\s+") for phrase in words.split("\n") if phrase)
    pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)

    def look(reading: Reading) -> Iterator[Place]:
        for part in reading.parts:
            yield from part.find(pattern)

    return look


_PAYMENTS = frozenset({"new_payment", "monthly_savings"})
_TERMS = frozenset({"payments_left", "apr", "closing_costs"})
_DOLLARS = re.compile(r"\$\s?\d[\d,.]*|\b\d[\d,.]*\s+(?:dollars|bucks)\b", re.IGNORECASE)
_PERCENT = re.compile(r"\b\d+(?:\.\d+)?\s*(?:%|percent\b|per cent\b|points?\b|basis points\b|bps?\b)", re.IGNORECASE)
_SAVING = re.compile(r"\bsav(?:e|es|ing|ings)\b[^.!?\n]{0,30}(?:\$|\{\{|\d)|\bhundreds\b|\bthousands\b", re.IGNORECASE)
_AVAILABLE = re.compile(
    r"\b(?:we|i)\s+(?:can|could|will|may)\b|\b(?:we|i)'(?:ll|d)\b|\bget\s+you\b|\boffer(?:s|ed|ing)?\b|\bavailable\b|\bqualif|"
    r"\byou\s+(?:can|could|will)\s+(?:get|have|lock|refinance)\b|\byours\b|\block\s+in\b|\byour\s+new\s+rate\b|\bfor\s+you\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\bnot\s+an?\s+(?:offer|rate)\b|\bif\s+you\s+could\b", re.IGNORECASE)
_RATES = frozenset({"market_rate", "rate_statement"})
_ADDRESS = re.compile(
    r"\bhttps?://\S+|\bwww\.\S+|\b[a-z0-9-]+\.(?:com|net|org|info|link|ly|io|co|us|biz)\b\S*|"
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|ow\.ly|rebrand\.ly|is\.gd|buff\.ly|cutt\.ly)/\S*",
    re.IGNORECASE,
)
_OWN_LINK = re.compile(r"\s*(?:mailto:|tel:)?\{\{-?\s*(\w+)\s*-?\}\}\s*")
_ANSWER = re.compile(r"^\s*(?:re|fwd?|aw|wg)\s*:", re.IGNORECASE)
_SHOUT = re.compile(r"\b[A-Z]{4,}(?:\s+[A-Z]{2,})+\b|!{2,}")
_LONG = {"first_name": "M" * 12, "last_name": "M" * 12, "officer_name": "M" * 12 + " " + "M" * 12,
         "officer_first_name": "M" * 12, "day1_weekday": "Wednesday"}  # fmt: skip


def _terms_stand_in(part: Part) -> bool:
    return merge_fields.EXAMPLE_TABLE in part.fields or part.fields >= _TERMS


def payment_without_terms(reading: Reading) -> Iterator[Place]:
    """Payments and savings where number of payments, APR and cost are not beside them."""
    for part in reading.below_the_subject:
        if not _terms_stand_in(part):
            yield from part.find_fields(_PAYMENTS)
            yield from part.find(_DOLLARS)


def figure_in_subject(reading: Reading) -> Iterator[Place]:
    """Amounts of the borrower, and savings, in the subject."""
    for part in reading.parts:
        if part.name == "subject":
            yield from part.find_fields(figures(part.fields) - _RATES - {"note_rate"})
            yield from part.find(_DOLLARS)
            yield from part.find(_SAVING)


def rate_without_apr(reading: Reading) -> Iterator[Place]:
    """Rates where no APR stands beside them."""
    for part in reading.parts:
        # The rate in a whole sentence is the system's, and carries the APR where it is an offer.
        if part.name == "subject" or not ("apr" in part.fields or merge_fields.EXAMPLE_TABLE in part.fields):
            yield from part.find_fields(frozenset({"market_rate"}))
            yield from part.find(_PERCENT)
        if part.name == "subject":
            yield from part.find_fields(frozenset({"rate_statement", "note_rate"}))


def typed_figure(reading: Reading) -> Iterator[Place]:
    """Figures typed by hand beside the example."""
    for part in reading.below_the_subject:
        if _terms_stand_in(part):
            yield from part.find(_DOLLARS)
        if "apr" in part.fields or merge_fields.EXAMPLE_TABLE in part.fields:
            yield from part.find(_PERCENT)


def index_as_available(reading: Reading) -> Iterator[Place]:
    """An index in the sentence of a promise."""
    for part in reading.parts:
        for sentence, start in part.sentences():
            named = [found for found in FIELD.finditer(sentence) if found.group(1) in _RATES]
            promise = _AVAILABLE.search(sentence)
            if named and promise and not _DENIED.search(sentence):
                first, last = sorted((named[0].span(), promise.span()))
                yield part.place(start + first[0], start + last[1])


def index_without_owner(reading: Reading) -> Iterator[Place]:
    """An index whose owner and date are not told."""
    for part in reading.below_the_subject:
        if "rate_statement" not in part.fields and not part.fields >= {"market_owner", "market_date"}:
            yield from part.find_fields(frozenset({"market_rate", merge_fields.EXAMPLE_TABLE}))


def text_with_figures(reading: Reading) -> Iterator[Place]:
    """Any figure in a text."""
    yield from reading.body.find_fields(figures(reading.body.fields))
    yield from reading.body.find(_DOLLARS)
    yield from reading.body.find(_PERCENT)
    yield from reading.body.find(_SAVING)


def text_without_stop(reading: Reading) -> Iterator[Place]:
    """A text that leaves the way out to the system."""
    if not text_frame.STOP_WORDS.search(reading.body.words):
        yield reading.body.whole_line(1)


def text_without_brand(reading: Reading) -> Iterator[Place]:
    """A text that does not name the company."""
    if "lender_name" not in reading.body.fields:
        yield reading.body.whole_line(1)


def text_too_long(reading: Reading) -> Iterator[Place]:
    """A text that long names make two."""
    try:
        text = text_frame.render(reading.body.source, merge_fields.samples() | _LONG)
    except liquid.CannotRender:
        return  # unknown_merge_field says why
    if text_frame.segments(text).count != 1:
        yield reading.body.whole_line(1)


def unknown_field(reading: Reading) -> Iterator[Place]:
    """What can never be filled."""
    for part in reading.parts:
        for problem in liquid.check(part.source):
            unknown = re.search(r"'(\w+)'", problem)
            places = list(part.find_fields(frozenset({unknown.group(1)}))) if unknown else []
            line = re.match(r"Line (\d+)", problem)
            yield places[0] if places else part.whole_line(int(line.group(1)) if line else 1)


def remote(reading: Reading) -> Iterator[Place]:
    """What would be loaded when the mail is opened."""
    for problem in mail_body.read(reading.body.source).problems:
        if problem.remote:
            yield reading.body.whole_line(problem.line)


def broken_body(reading: Reading) -> Iterator[Place]:
    """What does not belong in a body."""
    for problem in mail_body.read(reading.body.source).problems:
        if not problem.remote:
            yield reading.body.whole_line(problem.line)


def foreign_link(reading: Reading) -> Iterator[Place]:
    """Addresses that are not our own pages."""
    allowed = {field.name for field in merge_fields.FIELDS.values() if field.kind == merge_fields.Kind.LINK}
    allowed |= {"officer_email", "officer_phone"}
    for part in reading.parts:
        yield from part.find(_ADDRESS)
        for address, line in part.links:
            own = _OWN_LINK.fullmatch(address)
            if own is None or own.group(1) not in allowed:
                yield part.whole_line(line)


def empty(name: str) -> Callable[[Reading], Iterator[Place]]:
    """Finds a part with nothing in it."""

    def look(reading: Reading) -> Iterator[Place]:
        for part in reading.parts:
            if part.name == name and not part.words.strip():
                yield Place(name, 1, 0, 0)

    return look


def deceptive_subject(reading: Reading) -> Iterator[Place]:
    """A subject that pretends to be an answer, or shouts."""
    for part in reading.parts:
        if part.name == "subject":
            yield from part.find(_ANSWER)
            yield from part.find(_SHOUT)


def parts_differ(reading: Reading) -> Iterator[Place]:
    """A plain-text part that tells other figures than the HTML part."""
    body, text = (next(part for part in reading.parts if part.name == name) for name in ("body", "text"))
    if text.words.strip() and figures(body.fields) != figures(text.fields):
        yield text.whole_line(1)
