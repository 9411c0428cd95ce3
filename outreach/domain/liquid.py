"""Liquid as authors may use it: merge fields and a few filters. No logic, so that everybody reads what was approved."""

import re
from collections.abc import Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

from outreach.domain import merge_fields

_TAG = re.compile(r"\{%-?\s*(\w+)")
TAGS = frozenset({"comment"})
FILTERS = frozenset({"upcase", "downcase", "capitalize", "escape", "strip"})


class CannotRender(Exception):
    """A text can't be filled; the message says why. `field` is the merge field that has no value, where that is the reason."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class _Safe(Environment):
    """Bounded, so that no text can hold up or fill the worker that sends it."""

    loop_iteration_limit = 1000
    local_namespace_limit = 20_000
    output_stream_limit = 400_000  # Gmail clips a mail at 102 kB; this only ends what runs away


def _environment(*, html: bool) -> Environment:
    environment = _Safe(undefined=StrictUndefined, autoescape=html, extra=False)
    for tag in [name for name in environment.tags if name not in TAGS and name not in _PARTS_OF_THE_LANGUAGE]:
        del environment.tags[tag]
    for name in [name for name in environment.filters if name not in FILTERS]:
        del environment.filters[name]
    return environment


_PARTS_OF_THE_LANGUAGE = frozenset({"content", "output", "illegal"})
HTML = _environment(html=True)
PLAIN = _environment(html=False)


@lru_cache(maxsize=1024)
def _parsed(source: str, html: bool) -> BoundTemplate:
    return (HTML if html else PLAIN).from_string(source)


def _parse(source: str, html: bool = False) -> BoundTemplate:
    try:
        return _parsed(source, html)
    except LiquidError as error:
        raise CannotRender(_sentence(error)) from error


def fields_of(source: str) -> set[str]:
    """The names between {{ and }}. Raises CannotRender where the text does not parse."""
    return set(_parse(source).analyze().globals)


def check(source: str) -> list[str]:
    """What is wrong with a text, in sentences; empty where it can be filled."""
    try:
        template = _parse(source)
    except CannotRender as error:
        return [str(error)]
    analysis = template.analyze()
    tags = sorted({found.group(1) for found in _TAG.finditer(source)} - TAGS - {f"end{tag}" for tag in TAGS})
    problems = [f"The tag {tag!r} is not allowed: everybody reads the same text." for tag in tags]
    # The parser lets an unknown filter pass until it is used.
    problems += [f"There is no filter {name!r}." for name in sorted(set(analysis.filters) - FILTERS)]
    problems += [f"There is no merge field {name!r}." for name in sorted(set(analysis.globals) - set(merge_fields.FIELDS))]
    for uses in analysis.globals.values():
        problems += [f"A merge field has no parts: {use}." for use in uses if len(use.segments) > 1]
    return problems


def render(source: str, values: Mapping[str, str | None], html: bool) -> str:
    """The text with its fields filled; in HTML the values are escaped. Raises CannotRender, which names a missing field."""
    template = _parse(source, html)
    missing = sorted(name for name in _needed(source, html) if not values.get(name))
    if missing:
        raise CannotRender(f"{missing[0]} is not known for this borrower.", field=missing[0])
    try:
        return template.render(**values)
    except LiquidError as error:
        raise CannotRender(_sentence(error)) from error


@lru_cache(maxsize=1024)
def _needed(source: str, html: bool) -> frozenset[str]:
    # Analysis costs more than rendering.
    return frozenset(_parse(source, html).analyze().globals)


def _sentence(error: LiquidError) -> str:
    token = getattr(error, "token", None)
    source, index = getattr(token, "source", ""), getattr(token, "start_index", -1)
    line = f"Line {source.count(chr(10), 0, index) + 1}: " if source and index >= 0 else ""
    return f"{line}{str(error).splitlines()[0]}."
