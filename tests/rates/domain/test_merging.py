from datetime import date
from decimal import Decimal

import pytest

from rates.domain.merging import Act, Key, Stored, merge
from rates.domain.published import EVERY_LOAN, Bucket, Published, Series, Standing

TODAY = date(2026, 4, 24)
SERIES = Series("conventional_30", EVERY_LOAN)


def value(day: str, rate: str, **more) -> Published:
    return Published("conventional_30", date.fromisoformat(day), Decimal(rate), **more)


def stored(
    rate: str, *, published: str = "", status: str = "accepted", awaiting: bool = False, decided: bool = False
) -> Stored:
    return Stored(Decimal(rate), Decimal(published or rate), None, None, False, Standing(status), awaiting, decided)


def on_file(**rows: Stored) -> dict[Key, Stored]:
    return {Key(SERIES, date.fromisoformat(day.removeprefix("d").replace("_", "-"))): row for day, row in rows.items()}


def acts(result) -> list[tuple[Act, str]]:
    return [(change.act, str(change.value.rate)) for change in result.changes]


def test_a_new_value_near_the_last_one_is_added():
    result = merge([value("2026-04-23", "6.23")], on_file(d2026_04_16=stored("6.30")), TODAY)
    assert acts(result) == [(Act.ADD, "6.23")]
    assert result.newest[SERIES][1] is Standing.ACCEPTED


def test_a_value_that_jumped_is_held_with_the_old_one_beside_it():
    result = merge([value("2026-04-23", "7.80")], on_file(d2026_04_16=stored("6.30")), TODAY)
    assert acts(result) == [(Act.ADD_HELD, "7.80")]
    assert result.changes[0].prior == Decimal("6.30")


def test_the_second_bad_day_of_a_feed_is_held_as_well():
    """The newest value is compared with what was accepted, not with the bad day before it."""
    result = merge([value("2026-04-22", "7.80"), value("2026-04-23", "7.81")], on_file(d2026_04_21=stored("6.30")), TODAY)
    assert acts(result) == [(Act.ADD_HELD, "7.80"), (Act.ADD_HELD, "7.81")]


def test_old_jumps_of_a_long_history_load():
    result = merge([value("1980-04-04", "16.35"), value("1980-04-11", "15.40"), value("2026-04-23", "15.30")], {}, TODAY)
    assert [act for act, _ in acts(result)] == [Act.ADD] * 3


def test_history_outside_the_range_is_refused_and_not_held():
    result = merge([value("1980-04-04", "163.5"), value("2026-04-23", "6.23")], {}, TODAY)
    assert acts(result) == [(Act.ADD, "6.23")]
    assert "outside 1% to 20%" in str(result.refused[0])


def test_the_newest_value_of_an_old_file_is_judged_too():
    result = merge([value("2012-12-06", "6.34")], on_file(d2012_11_29=stored("3.32")), TODAY)
    assert acts(result) == [(Act.ADD_HELD, "6.34")]


def test_a_held_value_is_no_measure_for_the_next_one():
    held = stored("7.80", status="held", awaiting=True)
    result = merge([value("2026-04-23", "6.25")], on_file(d2026_04_16=stored("6.30"), d2026_04_22=held), TODAY)
    assert acts(result) == [(Act.ADD, "6.25")]


def test_the_same_value_again_is_unchanged_whatever_became_of_it():
    rows = on_file(
        d2026_04_21=stored("6.30"),
        d2026_04_22=stored("7.80", status="rejected", decided=True),
        d2026_04_23=stored("7.81", status="held", awaiting=True),
    )
    result = merge([value("2026-04-21", "6.30"), value("2026-04-22", "7.80"), value("2026-04-23", "7.81")], rows, TODAY)
    assert (result.changes, result.refused, result.unchanged) == ([], [], 3)
    assert result.newest[SERIES][1] is Standing.HELD


def test_a_corrected_value_replaces_the_old_one():
    result = merge([value("2026-04-23", "6.25")], on_file(d2026_04_16=stored("6.30"), d2026_04_23=stored("6.23")), TODAY)
    assert acts(result) == [(Act.REVISE, "6.25")]


def test_a_correction_that_jumps_waits_while_the_old_value_stands():
    rows = on_file(d2026_04_16=stored("6.30"), d2026_04_23=stored("6.23"))
    result = merge([value("2026-04-23", "0.623")], rows, TODAY)
    assert acts(result) == [(Act.PROPOSE, "0.623")]


@pytest.mark.parametrize("status", ["accepted", "rejected"])
def test_a_later_correction_never_overrides_what_a_person_decided(status):
    rows = on_file(d2026_04_16=stored("6.30"), d2026_04_23=stored("7.80", status=status, decided=True))
    result = merge([value("2026-04-23", "6.25")], rows, TODAY)
    assert acts(result) == [(Act.PROPOSE, "6.25")]
    assert "a person had decided" in result.changes[0].reason


def test_a_held_value_that_the_source_corrects_is_let_in():
    rows = on_file(d2026_04_16=stored("6.30"), d2026_04_23=stored("0.623", status="held", awaiting=True))
    assert acts(merge([value("2026-04-23", "6.23")], rows, TODAY)) == [(Act.REVISE, "6.23")]


def test_new_points_with_the_same_rate_leave_a_decision_alone():
    rows = on_file(d2026_04_23=stored("7.80", status="rejected", decided=True))
    result = merge([value("2026-04-23", "7.80", points=Decimal("0.5"))], rows, TODAY)
    assert acts(result) == [(Act.AMEND, "7.80")]
    assert result.newest[SERIES][1] is Standing.REJECTED


def test_a_bucket_is_a_series_of_its_own():
    bucket = Bucket(Decimal(80), Decimal(95))
    result = merge([value("2026-04-23", "7.20", bucket=bucket)], on_file(d2026_04_16=stored("6.30")), TODAY)
    assert acts(result) == [(Act.ADD, "7.20")]


@pytest.mark.parametrize(("rate", "act"), [("6.90", Act.ADD), ("7.23", Act.ADD_HELD)])
def test_a_sources_first_value_is_judged_by_what_others_say(rate, act):
    """A lender's first sheet with a wrong digit would otherwise be in force at once."""
    result = merge([value("2026-04-23", rate)], {}, TODAY, {"conventional_30": Decimal("6.23")})
    assert acts(result) == [(act, rate)]
    if act is Act.ADD_HELD:
        assert result.changes[0].prior == Decimal("6.23")
        assert "above what another source says today, 6.230%" in result.changes[0].reason


def test_a_source_with_a_value_of_its_own_is_not_judged_by_others():
    result = merge([value("2026-04-23", "6.30")], on_file(d2026_04_16=stored("6.30")), TODAY, {"conventional_30": Decimal(9)})
    assert acts(result) == [(Act.ADD, "6.30")]


@pytest.mark.parametrize(
    ("rate", "act"), [("7.23", Act.ADD), ("7.479", Act.ADD), ("7.48", Act.ADD_HELD), ("4.98", Act.ADD_HELD)]
)
def test_the_first_value_for_some_loans_may_lie_further_from_the_average_of_all(rate, act):
    bucket = Bucket(Decimal(80), None, None, None)
    result = merge([value("2026-04-23", rate, bucket=bucket)], {}, TODAY, {"conventional_30": Decimal("6.23")})
    assert acts(result) == [(act, rate)]


def test_a_later_value_for_some_loans_is_judged_by_its_own_last_one():
    bucket = Bucket(Decimal(80), None, None, None)
    days = [value("2026-04-22", "7.23", bucket=bucket), value("2026-04-23", "6.48", bucket=bucket)]
    result = merge(days, {}, TODAY, {"conventional_30": Decimal("6.23")})
    assert acts(result) == [(Act.ADD, "7.23"), (Act.ADD_HELD, "6.48")]


def test_where_the_rate_for_every_loan_waits_the_first_one_for_some_loans_waits_with_it():
    bucket = Bucket(Decimal(80), None, None, None)
    before = {Key(SERIES, date(2026, 4, 22)): stored("6.35")}
    slipped = [value("2026-04-23", "5.60"), value("2026-04-23", "5.60", bucket=bucket)]
    assert acts(merge(slipped, before, TODAY)) == [(Act.ADD_HELD, "5.60"), (Act.ADD_HELD, "5.60")]
    sound = [value("2026-04-23", "6.30"), value("2026-04-23", "5.60", bucket=bucket)]
    assert acts(merge(sound, before, TODAY)) == [(Act.ADD, "6.30"), (Act.ADD, "5.60")]
    known = before | {Key(Series("conventional_30", bucket), date(2026, 4, 22)): stored("5.62")}
    assert acts(merge(slipped, known, TODAY)) == [(Act.ADD_HELD, "5.60"), (Act.ADD, "5.60")]
