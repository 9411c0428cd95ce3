"""What a sequence is: when it starts, which steps it takes and what ends it. Read from YAML, stored as JSON, hashed.

Days are counted from the day of the first actual send, which is day 1; times are the recipient's local time.
"""

import hashlib
import itertools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any

import yaml

LAST_DAY = 400  # a yearly review, and a month to spare
LONGEST_HOURS = 24 * 31
DEFAULT_CAP_HOURS = 48
DEFAULT_NOT_AFTER_HOURS = 72


class Channel(StrEnum):
    """By what a step reaches the borrower; a call is a task for the officer."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"


class TriggerKind(StrEnum):
    """What starts a sequence."""

    RATE = "rate"
    TIME = "time"
    STAGE = "stage"
    BEHAVIOR = "behavior"
    EXTERNAL = "external"


class Stop(StrEnum):
    """What ends a sequence for good; coming back is a new run."""

    REPLY = "reply"
    BOOKING = "booking"
    CONFIRMED_CLICK = "confirmed_click"
    APPLICATION = "application"
    OPT_OUT = "opt_out"


class Condition(StrEnum):
    """What the messages before must have met for a step to be taken."""

    OPENED = "opened"
    NOT_OPENED = "not_opened"
    CLICKED = "clicked"
    NOT_CLICKED = "not_clicked"


class BadSequence(Exception):
    """The text describes no sequence; the message says where and why."""


@dataclass(frozen=True)
class Trigger:
    """What starts a sequence, and with which settings (months: 18)."""

    kind: TriggerKind
    settings: tuple[tuple[str, str | int | float | bool], ...] = ()


@dataclass(frozen=True)
class Step:
    """One touch. Of its templates the first that is approved is used; `fallback` is taken where the channel may not be."""

    n: int
    day: int
    at: time | None
    channel: Channel
    templates: tuple[str, ...]
    fallback: Channel | None = None
    call_script: str = ""
    not_after_hours: int = DEFAULT_NOT_AFTER_HOURS
    condition: Condition | None = None


@dataclass(frozen=True)
class Sequence:
    """A whole sequence; equal content has equal hashes."""

    slug: str
    title: str
    description: str
    audience: str
    trigger: Trigger
    steps: tuple[Step, ...]
    cap_hours: int = DEFAULT_CAP_HOURS
    stops: tuple[Stop, ...] = tuple(Stop)

    def templates(self) -> frozenset[str]:
        """Every template and call script that a step may use."""
        scripts = {step.call_script for step in self.steps if step.call_script}
        return frozenset({slug for step in self.steps for slug in step.templates} | scripts)


def from_yaml(text: str) -> Sequence:
    """The sequence a file describes. Raises BadSequence with a sentence a person can act on."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise BadSequence(f"This is not readable as YAML{where}: {getattr(error, 'problem', None) or error}.") from error
    return from_json(data)


def from_json(data: Any) -> Sequence:
    """The sequence that `as_json` or a parsed file describes. Raises BadSequence."""
    fields = _mapping(data, "A sequence")
    _no_others(
        fields,
        {"slug", "title", "description", "audience", "trigger", "cap_hours", "stops", "steps"},
        "A sequence",
    )
    steps = _list(fields, "steps", "The sequence")
    if not steps:
        raise BadSequence("A sequence needs at least one step.")
    read = tuple(_step(number, step) for number, step in enumerate(steps, start=1))
    for before, after in itertools.pairwise(read):
        if after.day < before.day:
            raise BadSequence(f"Step {after.n} is on day {after.day}, before step {before.n} on day {before.day}.")
    if read[0].day != 1:
        raise BadSequence("The first step is day 1: days are counted from it.")
    stops = [_choice(Stop, stop, "The list of stops") for stop in _list(fields, "stops", "The sequence", default=list(Stop))]
    if Stop.OPT_OUT not in stops:
        raise BadSequence("Every sequence stops at an opt-out; add opt_out to its stops.")
    return Sequence(
        slug=_slug(fields.get("slug"), "The sequence's slug"),
        title=_text(fields, "title", "The sequence"),
        description=_text(fields, "description", "The sequence", default=""),
        audience=_slug(fields.get("audience", "refinance"), "The audience"),
        trigger=_trigger(fields.get("trigger")),
        steps=read,
        cap_hours=_whole(fields.get("cap_hours", DEFAULT_CAP_HOURS), 0, LONGEST_HOURS, "cap_hours"),
        stops=tuple(stop for stop in Stop if stop in stops),
    )


def as_json(sequence: Sequence) -> dict[str, Any]:
    """Plain values for a JSON column; `from_json` reads them back to an equal sequence."""
    return {
        "slug": sequence.slug,
        "title": sequence.title,
        "description": sequence.description,
        "audience": sequence.audience,
        "trigger": {"kind": sequence.trigger.kind.value, **dict(sequence.trigger.settings)},
        "cap_hours": sequence.cap_hours,
        "stops": [stop.value for stop in sequence.stops],
        "steps": [_step_as_json(step) for step in sequence.steps],
    }


def content_hash(sequence: Sequence) -> str:
    """SHA-256, in hex, of all that the sequence does and says of itself; spacing and order of a file's keys don't count."""
    canonical = json.dumps(as_json(sequence), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "day": step.day,
        "at": f"{step.at:%H:%M}" if step.at else None,
        "channel": step.channel.value,
        "templates": list(step.templates),
        "fallback": step.fallback.value if step.fallback else None,
        "call_script": step.call_script,
        "not_after_hours": step.not_after_hours,
        "condition": step.condition.value if step.condition else None,
    }


def _step(number: int, data: Any) -> Step:
    name = f"Step {number}"
    fields = _mapping(data, name)
    known = {"day", "at", "channel", "templates", "fallback", "call_script", "not_after_hours", "condition"}
    _no_others(fields, known, name)
    channel = _choice(Channel, fields.get("channel"), f"{name}'s channel")
    fallback = fields.get("fallback")
    read_fallback = _choice(Channel, fallback, f"{name}'s fallback") if fallback else None
    script = fields.get("call_script") or ""
    if read_fallback == channel:
        raise BadSequence(f"{name} falls back to its own channel, {channel}.")
    if read_fallback not in (None, Channel.CALL):
        raise BadSequence(f"{name} may only fall back to a call: another channel needs its own template and consent.")
    if read_fallback == Channel.CALL and not script:
        raise BadSequence(f"{name} falls back to a call and needs a call_script.")
    if script and read_fallback != Channel.CALL:
        raise BadSequence(f"{name} has a call_script but never falls back to a call.")
    templates = _list(fields, "templates", name)
    if not templates:
        raise BadSequence(f"{name} needs at least one template.")
    condition = fields.get("condition")
    if condition and number == 1:
        raise BadSequence("Step 1 can't have a condition: nothing was sent before it.")
    return Step(
        n=number,
        day=_whole(fields.get("day"), 1, LAST_DAY, f"{name}'s day"),
        at=_time(fields.get("at"), name),
        channel=channel,
        templates=tuple(_slug(template, f"{name}'s template") for template in templates),
        fallback=read_fallback,
        call_script=_slug(script, f"{name}'s call_script") if script else "",
        not_after_hours=_whole(
            fields.get("not_after_hours", DEFAULT_NOT_AFTER_HOURS), 1, LONGEST_HOURS, f"{name}'s not_after_hours"
        ),
        condition=_choice(Condition, condition, f"{name}'s condition") if condition else None,
    )


def _trigger(data: Any) -> Trigger:
    fields = _mapping(data, "The trigger")
    kind = _choice(TriggerKind, fields.get("kind"), "The trigger's kind")
    settings = {str(name): value for name, value in fields.items() if name != "kind"}
    for name, value in settings.items():
        if not isinstance(value, str | int | float | bool):
            raise BadSequence(f"The trigger's {name} must be a word, a number, or true or false.")
    return Trigger(kind, tuple(sorted(settings.items())))


def _mapping(data: Any, name: str) -> Mapping[Any, Any]:
    if not isinstance(data, Mapping):
        raise BadSequence(f"{name} must be a set of names and values.")
    return data


def _no_others(fields: Mapping[Any, Any], known: set[str], name: str) -> None:
    others = sorted(str(field) for field in fields if field not in known)
    if others:
        raise BadSequence(f"{name} has no field named {', '.join(others)}; it may have {', '.join(sorted(known))}.")


def _list(fields: Mapping[Any, Any], field: str, name: str, default: list[Any] | None = None) -> list[Any]:
    value = fields.get(field, default)
    if not isinstance(value, list | tuple):
        raise BadSequence(f"{name} needs a list of {field}.")
    return list(value)


def _text(fields: Mapping[Any, Any], field: str, name: str, default: str | None = None) -> str:
    value = fields.get(field, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise BadSequence(f"{name} needs a {field} in words.")
    return " ".join(value.split())


def _slug(value: Any, name: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise BadSequence(f"{name} must be small letters, digits and single hyphens, like day-1-email; it is {value!r}.")
    return value


def _whole(value: Any, low: int, high: int, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadSequence(f"{name} must be a whole number from {low} to {high}; it is {value!r}.")
    return value


def _time(value: Any, name: str) -> time | None:
    if value is None:
        return None
    # YAML reads an unquoted 10:00 as 600, sixty being its old base for times.
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise BadSequence(f'{name}\'s time must be written in quotes, like "10:00"; it is {value!r}.')
    return time.fromisoformat(value)


def _choice[E: StrEnum](kind: type[E], value: Any, name: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise BadSequence(f"{name} must be one of {', '.join(kind)}; it is {value!r}.") from None
