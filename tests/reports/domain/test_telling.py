"""What a week is told to have been, and its pictures' coordinates."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.domain import drawing, telling
from reports.domain.stages import Figure

RATES = [None] * 8 + [Decimal("6.40"), Decimal("6.37"), Decimal("6.30"), Decimal("6.23")]


def told(this=None, before=None, rates=RATES, *, first_week=False, waiting=0):
    return " ".join(telling.changed(telling.Told(this or {}, before or {}, rates, first_week, waiting)))


def test_a_week_as_the_manager_reads_it():
    this = {
        "identified": Figure(0, 46), "sent": Figure(118, 38), "delivered": Figure(112, 36), "replied": Figure(0, 7),
        "booked": Figure(0, 5), "applied": Figure(0, 1), "closed": Figure(0, 1),
    }  # fmt: skip
    before = {
        "identified": Figure(0, 31), "sent": Figure(83, 30), "delivered": Figure(79, 29), "replied": Figure(0, 4),
        "booked": Figure(0, 3), "applied": Figure(0, 1),
    }  # fmt: skip
    assert told(this, before) == (
        "The 30-year average fell from 6.30% to 6.23%, its third fall in a row. 46 loans crossed the threshold, against 31 the "
        "week before. 118 messages went out, against 83. The share delivered held at 94.9%. Replies rose from 4 to 7, "
        "appointments rose from 3 to 5; numbers this small can move by chance. One loan closed."
    )


def test_a_share_that_moved_beyond_chance_is_said_to_have_moved():
    said = told(
        {"sent": Figure(200, 90), "delivered": Figure(120, 60)}, {"sent": Figure(200, 90), "delivered": Figure(190, 80)}
    )
    assert "The share delivered fell from 95.0% to 60.0%." in said


def test_a_rate_that_is_not_known_or_stayed_is_not_said_to_have_moved():
    assert told(rates=[None] * 12).startswith("No loan crossed your threshold.")
    assert told(rates=[*[None] * 10, Decimal("6.23"), Decimal("6.23")]).startswith("The 30-year average stayed at 6.23%.")
    assert told(rates=[*[None] * 10, Decimal("6.23"), Decimal("6.30")]).startswith(
        "The 30-year average rose from 6.23% to 6.30%. "
    )


def test_the_first_week_is_compared_with_none():
    said = told({"identified": Figure(0, 3)}, first_week=True, waiting=2)
    assert "against" not in said
    assert said.endswith("Two replies of the week still wait for an answer.")


@given(st.lists(st.integers(0, 10_000), min_size=12, max_size=12))
def test_bars_stay_in_their_frame_and_the_newest_is_the_last(values):
    bars = drawing.bars(values, width=96, height=34)
    assert [bar.last for bar in bars] == [False] * 11 + [True]
    assert all(bar.y >= 0 and bar.y + bar.height <= 34.1 and bar.x + bar.width <= 96.1 for bar in bars)
    assert all(bar.height >= 1 for bar in bars)


@given(st.integers(0, 10**7))
def test_an_axis_holds_its_highest_value_in_four_even_steps(value):
    top = drawing.round_up(value)
    assert top >= value
    assert top % 4 == 0


def test_a_line_has_a_gap_where_nothing_is_known():
    line = drawing.line([1, None, 3, 4], width=40, height=10, low=0, high=4)
    assert line.runs == ("5.0,7.5", "25.0,2.5 35.0,0.0")
    assert line.end == (35.0, 0.0)
    assert drawing.line([None], width=40, height=10, low=0, high=0).end is None
