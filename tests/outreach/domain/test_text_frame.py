"""Texts: one segment of plain letters, the way out always in them, and a name's own letters where the network has them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.domain import liquid, merge_fields, text_frame
from outreach.domain.text_frame import Segments
from tests.outreach.domain.messages import FACTS, preset

DAY_4 = preset("day-4-text").body


def test_the_day_4_text_is_that_of_the_picture() -> None:
    text = text_frame.render(DAY_4, merge_fields.values(FACTS))
    assert text == (
        "Hi Maria, Jonah Reyes at Juniper Vale Home Loans. About my Friday e-mail: pick a time for a 15-min call: "
        "jv.example.com/m/7K2QX Reply STOP to end texts."
    )
    assert text_frame.segments(text) == Segments(1, "GSM-7", 152)


@given(
    first=st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=1, max_size=12),
    officer=st.text(st.sampled_from("ABCWMéñ"), min_size=1, max_size=12),
    weekday=st.integers(20, 26),
)
def test_the_day_4_text_is_one_segment_for_names_of_twelve_letters(first: str, officer: str, weekday: int) -> None:
    facts = replace(
        FACTS,
        first_name=first,
        officer_name=f"{officer} {officer}",
        day_one=FACTS.day_one and FACTS.day_one.replace(day=weekday),
    )
    found = text_frame.segments(text_frame.render(DAY_4, merge_fields.values(facts)))
    assert (found.count, found.encoding) == (1, "GSM-7")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", Segments(1, "GSM-7", 0)),
        ("a" * 160, Segments(1, "GSM-7", 160)),
        ("a" * 161, Segments(2, "GSM-7", 161)),
        ("a" * 306, Segments(2, "GSM-7", 306)),
        ("a" * 307, Segments(3, "GSM-7", 307)),
        ("€" * 80, Segments(1, "GSM-7", 160)),
        ("€" * 81, Segments(2, "GSM-7", 162)),
        ("a" * 152 + "€" + "a" * 152, Segments(3, "GSM-7", 306)),  # the escape is not cut: the first segment ends one short
        ("é" * 160, Segments(1, "GSM-7", 160)),
        ("á" * 70, Segments(1, "UCS-2", 70)),
        ("á" * 71, Segments(2, "UCS-2", 71)),
        ("🏠", Segments(1, "UCS-2", 2)),
        ("🏠" * 36, Segments(2, "UCS-2", 72)),  # 33 whole pairs to a segment of 67
    ],
)
def test_segments_are_counted_as_networks_bill_them(body: str, expected: Segments) -> None:
    assert text_frame.segments(body) == expected


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("José", "José"),
        ("Núñez", "Nuñez"),
        ("Łukasz", "Lukasz"),
        ("O’Hara", "O'Hara"),
        ("Anne—Marie", "Anne-Marie"),
        ("“quoted”…", '"quoted"...'),
        ("no\u00a0break\u202fspace", "no break space"),
        ("e\u0301", "é"),
        ("Hi 👋🏽 there", "Hi  there"),
        ("a\u200bb", "ab"),
        ("Ōtani", "Otani"),
    ],
)
def test_letters_the_network_lacks_become_plain_ones(written: str, sent: str) -> None:
    assert text_frame.plain(written) == sent


def test_a_letter_the_network_has_stays() -> None:
    assert text_frame.plain("José Müller, Åse, ñandú") == "José Müller, Åse, ñandu"


@given(st.text())
def test_plain_text_is_always_gsm_7(text: str) -> None:
    assert text_frame.segments(text_frame.plain(text)).encoding == "GSM-7"


def test_the_way_out_is_added_where_it_is_missing_and_only_there() -> None:
    assert text_frame.framed("Hi") == "Hi Reply STOP to end texts."
    assert text_frame.framed("Hi. Reply STOP to end texts.") == "Hi. Reply STOP to end texts."
    assert text_frame.framed("Text STOP to end. Hi") == "Text STOP to end. Hi"
    assert text_frame.framed("Reply to me or stop by.").endswith(text_frame.STOP_LINE)


def test_a_long_officers_name_gives_way_before_a_second_segment_does() -> None:
    facts = replace(FACTS, first_name="Maximiliana", officer_name="Bartholomew Featherstone")
    text = text_frame.render(DAY_4, merge_fields.values(facts))
    assert "Bartholomew at Juniper" in text
    assert "Featherstone" not in text
    assert "Friday" in text


def test_a_missing_link_is_named_and_an_empty_text_is_refused() -> None:
    with pytest.raises(liquid.CannotRender) as refused:
        text_frame.render(DAY_4, merge_fields.values(replace(FACTS, booking_link="")))
    assert refused.value.field == "booking_link"
    with pytest.raises(liquid.CannotRender):
        text_frame.render("  ", merge_fields.values(FACTS))
