"""Freddie Mac's two headings and FRED's chart download, as files."""

from datetime import date
from decimal import Decimal

import pytest

from rates.adapters import fredgraph, pmms
from rates.adapters.protocol import SourceError


def rates(reading, product: str) -> dict[date, str]:
    return {row.as_of: str(row.rate) for row in reading.rows if row.product == product}


def test_the_publishers_file_is_read_by_column_name_blanks_and_short_rows_included(sample):
    reading = pmms.read(sample("pmms_publisher.csv"), "PMMS_history.csv")
    assert rates(reading, "conventional_30")[date(1971, 4, 2)] == "7.330"
    assert rates(reading, "conventional_30")[date(2026, 4, 23)] == "6.230"
    assert rates(reading, "conventional_15") == {
        date(2022, 11, 3): "6.290",
        date(2022, 11, 10): "6.380",
        date(2026, 4, 9): "5.740",
        date(2026, 4, 16): "5.650",
        date(2026, 4, 23): "5.580",
    }
    assert reading.refused == ()


def test_points_come_along_while_they_were_published(sample):
    points = {
        row.as_of: row.points for row in pmms.read(sample("pmms_publisher.csv"), "").rows if row.product == "conventional_30"
    }
    assert points[date(2022, 11, 10)] == Decimal("0.900")
    assert points[date(1971, 4, 2)] is None
    assert points[date(2026, 4, 23)] is None


def test_the_archives_heading_gives_the_same_values(sample):
    reading = pmms.read(sample("pmms_archive.csv"), "pmms.csv")
    assert rates(reading, "conventional_30")[date(2022, 11, 10)] == "7.080"
    assert rates(reading, "conventional_15")[date(2026, 4, 23)] == "5.580"


@pytest.mark.parametrize("heading", [b"observation_date", b"DATE"])
def test_freds_chart_file_has_two_headings_and_two_ways_to_say_missing(sample, heading):
    content = sample("fredgraph.csv").replace(b"observation_date", heading)
    reading = fredgraph.read(content, "fredgraph.csv")
    assert rates(reading, "conventional_30") == {
        date(2026, 4, 9): "6.370",
        date(2026, 4, 16): "6.300",
        date(2026, 4, 23): "6.230",
    }
    assert rates(reading, "conventional_15") == {date(2026, 4, 9): "5.740"}


@pytest.mark.parametrize("cell", [b".", b"", b"  ", b'"."', b"NA", b"#N/A", b"nan", b"NaN", b"ND", b"null"])
def test_a_missing_value_of_freds_chart_file_is_passed_over_whatever_it_looks_like(cell):
    content = b"observation_date,MORTGAGE30US,MORTGAGE15US\n2026-04-16," + cell + b",5.65\n2026-04-23,6.23," + cell + b"\n"
    reading = fredgraph.read(content, "fredgraph.csv")
    assert rates(reading, "conventional_30") == {date(2026, 4, 23): "6.230"}
    assert rates(reading, "conventional_15") == {date(2026, 4, 16): "5.650"}
    assert reading.refused == ()


def test_a_line_that_ends_early_lacks_what_comes_after_it():
    content = b"observation_date,MORTGAGE30US,MORTGAGE15US\n2026-04-16,6.30\n\n2026-04-23,6.23,5.58\n"
    reading = fredgraph.read(content, "fredgraph.csv")
    assert rates(reading, "conventional_15") == {date(2026, 4, 23): "5.580"}
    assert len(rates(reading, "conventional_30")) == 2


def test_a_chart_file_of_one_series_is_enough():
    reading = fredgraph.read(b"observation_date,MORTGAGE15US\n2026-04-23,5.58\n", "one.csv")
    assert rates(reading, "conventional_15") == {date(2026, 4, 23): "5.580"}


def test_a_bad_cell_is_refused_with_its_line_and_the_others_count():
    reading = pmms.read(b"date,pmms30,pmms15\n4/16/2026,6.3,5.65\nsoon,6.2,5.6\n4/23/2026,six,5.58\n", "x.csv")
    assert len(reading.rows) == 3
    assert [(bad.line, bad.column, bad.value) for bad in reading.refused] == [(3, "date", "soon"), (4, "pmms30", "six")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"<!DOCTYPE html><html>down</html>", "web page"),
        (b"\n  <html>", "web page"),
        (b"%PDF-1.7 ...", "is a PDF"),
        (b"PK\x03\x04....", "spreadsheet or a ZIP"),
        ("date,pmms30\n4/23/2026,6.23\nSüd,1".encode("latin-1"), r"not UTF-8 text \(line 3\)"),
        (b"date,pmms30\n4/23/2026,6.2\x00", "not a text file"),
        (b"week,rate\n2026-04-23,6.23\n", "no heading of this source"),
        (b"date,pmms30,pmms15\n", "no values"),
        (b"date,pmms30,pmms30\n4/23/2026,6.2,6.3\n", "twice"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(SourceError, match=sentence):
        pmms.read(content, "rates.csv")


def test_a_byte_order_mark_is_no_obstacle():
    assert pmms.read(b"\xef\xbb\xbfdate,pmms30\r\n4/23/2026,6.23\r\n", "x.csv").rows[0].as_of == date(2026, 4, 23)
