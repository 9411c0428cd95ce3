"""Sequences: read from YAML, refused in sentences, stored and read back without loss, with a hash of what they do."""

from datetime import time
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import sequences, template_file
from outreach.domain.sequences import BadSequence, Channel, Condition, Sequence, Step, Stop, Trigger, TriggerKind
from tests.outreach.domain.messages import PRESETS

FILES = sorted((PRESETS / "sequences").glob("*.yaml"))


def good(**changes: Any) -> dict[str, Any]:
    return {
        "slug": "two-steps",
        "title": "Two steps",
        "trigger": {"kind": "rate"},
        "steps": [
            {"day": 1, "channel": "email", "templates": ["day-1-email"]},
            {"day": 4, "at": "10:00", "channel": "sms", "templates": ["day-4-text"], "fallback": "call", "call_script": "a"},
        ],
    } | changes


def with_step(**changes: Any) -> dict[str, Any]:
    return good(steps=[{"day": 1, "channel": "email", "templates": ["day-1-email"]} | changes])


def test_the_default_is_day_1_4_and_10() -> None:
    sequence = sequences.from_yaml((PRESETS / "sequences/day-1-4-10-refinance.yaml").read_text())
    assert [(step.day, step.channel, step.at) for step in sequence.steps] == [
        (1, Channel.EMAIL, None),
        (4, Channel.SMS, time(10)),
        (10, Channel.EMAIL, time(10)),
    ]
    assert sequence.steps[1].fallback == Channel.CALL
    assert sequence.trigger.kind == TriggerKind.RATE
    assert sequence.cap_hours == 48
    assert set(sequence.stops) == set(Stop)


def test_the_quick_one_is_three_touches_in_five_days() -> None:
    sequence = sequences.from_yaml((PRESETS / "sequences/3-in-5-days-refinance.yaml").read_text())
    assert [step.day for step in sequence.steps] == [1, 3, 5]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_preset_names_templates_of_its_channels_that_ship_and_keeps_its_own_cap(path: Any) -> None:
    sequence = sequences.from_yaml(path.read_text())
    assert sequence.slug == path.stem
    for step in sequence.steps:
        for slug in step.templates:
            shipped = template_file.from_yaml((PRESETS / "templates" / f"{slug}.yaml").read_text())
            assert shipped.source.channel == step.channel
        if step.call_script:
            shipped = template_file.from_yaml((PRESETS / "templates" / f"{step.call_script}.yaml").read_text())
            assert shipped.source.channel == "call"
    assert all((after.day - before.day) * 24 >= sequence.cap_hours for before, after in pairwise(sequence.steps))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "set of names"),
        (good(steps=[]), "at least one step"),
        (good(steps="none"), "list of steps"),
        (good(slug="Day 1"), "small letters"),
        (good(title=""), "title"),
        (good(colour="red"), "no field named colour"),
        (good(trigger={"kind": "moon"}), "rate, time, stage, behavior, external"),
        (good(trigger=None), "The trigger"),
        (good(trigger={"kind": "rate", "list": [1]}), "The trigger's list"),
        (good(stops=["reply"]), "opt_out"),
        (good(stops=["boredom"]), "boredom"),
        (good(cap_hours=-1), "cap_hours"),
        (good(cap_hours=True), "cap_hours"),
        (with_step(day=2), "first step is day 1"),
        (with_step(day=0), "Step 1's day"),
        (with_step(day="1"), "Step 1's day"),
        (with_step(at=600), "in quotes"),
        (with_step(at="25:00"), "in quotes"),
        (with_step(channel="fax"), "email, sms, call"),
        (with_step(templates=[]), "at least one template"),
        (with_step(templates="day-1"), "list of templates"),
        (with_step(fallback="email"), "its own channel"),
        (with_step(fallback="sms"), "only fall back to a call"),
        (with_step(fallback="call"), "needs a call_script"),
        (with_step(call_script="a"), "never falls back"),
        (with_step(condition="opened"), "nothing was sent before"),
        (with_step(not_after_hours=0), "not_after_hours"),
        (with_step(delay=3), "no field named delay"),
        (good(steps=[*good()["steps"], {"day": 3, "channel": "email", "templates": ["a"]}]), "Step 3 is on day 3"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(data: Any, words: str) -> None:
    with pytest.raises(BadSequence, match=words) as refused:
        sequences.from_yaml(yaml.safe_dump(data))
    assert str(refused.value).endswith(".")


def test_text_that_is_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(BadSequence, match="line 2"):
        sequences.from_yaml("slug: a\n\t- b")


def test_the_hash_is_of_what_it_does_and_not_of_how_it_is_written() -> None:
    data = good()
    written = sequences.from_yaml(yaml.safe_dump(data))
    otherwise = sequences.from_yaml(yaml.safe_dump(dict(reversed(data.items())), default_flow_style=True))
    assert sequences.content_hash(written) == sequences.content_hash(otherwise)
    later = sequences.from_json(good(cap_hours=72))
    assert sequences.content_hash(written) != sequences.content_hash(later)


def test_it_knows_every_template_and_script_it_may_use() -> None:
    assert sequences.from_json(good()).templates() == {"day-1-email", "day-4-text", "a"}


slugs = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,6}){0,2}", fullmatch=True)


@st.composite
def any_sequence(draw: st.DrawFn) -> Sequence:
    days = sorted(draw(st.lists(st.integers(1, 400), max_size=5)))
    steps = []
    for number, day in enumerate([1, *days], start=1):
        channel = draw(st.sampled_from(Channel))
        falls_back = channel != Channel.CALL and draw(st.booleans())
        steps.append(
            Step(
                n=number,
                day=day,
                at=draw(st.none() | st.times().map(lambda at: at.replace(second=0, microsecond=0))),
                channel=channel,
                templates=tuple(draw(st.lists(slugs, min_size=1, max_size=3))),
                fallback=Channel.CALL if falls_back else None,
                call_script=draw(slugs) if falls_back else "",
                not_after_hours=draw(st.integers(1, 744)),
                condition=draw(st.none() | st.sampled_from(Condition)) if number > 1 else None,
            )
        )
    settings = draw(st.dictionaries(st.sampled_from(["months", "stage"]), st.integers() | st.booleans() | st.text(max_size=5)))
    return Sequence(
        slug=draw(slugs),
        title=draw(st.from_regex(r"[A-Za-z]{1,9}( [a-z]{1,5})?", fullmatch=True)),
        description="",
        audience="refinance",
        trigger=Trigger(draw(st.sampled_from(TriggerKind)), tuple(sorted(settings.items()))),
        steps=tuple(steps),
        cap_hours=draw(st.integers(0, 744)),
        stops=tuple(stop for stop in Stop if stop == Stop.OPT_OUT or draw(st.booleans())),
    )


@given(any_sequence())
def test_what_is_stored_is_read_back_the_same(sequence: Sequence) -> None:
    again = sequences.from_json(sequences.as_json(sequence))
    assert again == sequence
    assert sequences.content_hash(again) == sequences.content_hash(sequence)
