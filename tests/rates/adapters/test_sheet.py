"""A lender's own sheet, as CSV and as JSON."""

import json
from datetime import date
from decimal import Decimal

import pytest

from rates.adapters import api, file
from rates.adapters.protocol import SourceError
from rates.domain.published import Bucket, Published


def test_the_good_lines_of_a_sheet_count(sample):
    rows = file.read(sample("sheet.csv"), "sheet.csv").rows
    assert rows[0] == Published(
        "conventional_30", date(2026, 4, 23), Decimal("6.125"), Decimal("6.241"), Decimal("0.500"), quotable=True
    )
    assert rows[1].bucket == Bucket(Decimal("80.000"), Decimal("95.000"), None, 699)
    assert [(row.product, str(row.rate), row.quotable) for row in rows[2:]] == [
        ("fha_30", "5.875", False),
        ("va_30", "5.750", False),
    ]


def test_each_bad_line_is_refused_with_line_column_value_and_reason(sample):
    refused = file.read(sample("sheet.csv"), "sheet.csv").refused
    assert [(bad.line, bad.column, bad.value) for bad in refused] == [
        (6, "product", "heloc"),
        (7, "as_of", "2026-04-31"),
        (8, "rate", "six"),
        (9, "score_to", "640"),
        (10, "quotable", "maybe"),
    ]
    assert all(bad.reason for bad in refused)


def test_two_values_for_one_thing_leave_the_first():
    content = b"as_of,product,rate\n2026-04-23,fha_30,5.9\n2026-04-23,FHA 30,5.900\n2026-04-23,fha_30,6.1\n"
    reading = file.read(content, "x.csv")
    assert [str(row.rate) for row in reading.rows] == ["5.900"]
    assert [(bad.line, bad.reason[:6]) for bad in reading.refused] == [(4, "line 2")]


@pytest.mark.parametrize(
    "line",
    ["2026-04-23,fha_30,", "2026-04-23,fha_15,6", ",fha_30,6", "2026-04-23,fha_30,1e9", "2026-04-23,fha_30"],
)
def test_a_line_without_a_usable_value_is_refused(line):
    reading = file.read(f"as_of,product,rate\n{line}\n".encode(), "x.csv")
    assert (reading.rows, len(reading.refused)) == ((), 1)


@pytest.mark.parametrize("score", ["7²0", "²", "9" * 5000, "7.5", "-700", "299", "851"])
def test_a_score_that_is_no_whole_number_in_range_is_refused(score):
    content = f"as_of,product,rate,score_from\n2026-04-23,fha_30,6,{score}\n2026-04-23,va_30,6,720\n".encode()
    reading = file.read(content, "x.csv")
    assert [(bad.line, bad.column) for bad in reading.refused] == [(2, "score_from")]
    assert [row.bucket.score_from for row in reading.rows] == [720]


def test_a_sheet_without_a_required_column_names_it():
    with pytest.raises(SourceError, match="no column rate"):
        file.read(b"as_of,product,price\n2026-04-23,fha_30,99\n", "x.csv")


def test_a_sheet_with_a_heading_only_is_refused():
    with pytest.raises(SourceError, match="no rates"):
        file.read(b"as_of,product,rate\n", "x.csv")


def test_json_has_the_columns_of_a_sheet():
    rows = [
        {"as_of": "2026-04-23", "product": "va_30", "rate": "5.750", "quotable": True, "apr": 5.9},
        {"as_of": "2026-04-23", "product": "va_30", "rate": 5.875, "ltv_over": 90, "score_from": None},
        {"as_of": "2026-04-23", "product": "va_31", "rate": "5.750"},
    ]
    reading = api.read(json.dumps(rows).encode(), "the request")
    assert [(str(row.rate), row.quotable, row.bucket.ltv_over) for row in reading.rows] == [
        ("5.750", True, None),
        ("5.875", False, Decimal(90)),
    ]
    assert [(bad.line, bad.column) for bad in reading.refused] == [(3, "product")]


@pytest.mark.parametrize("body", [b"not json", b'{"rate": 6}', b"[1, 2]"])
def test_json_of_another_shape_is_refused(body):
    with pytest.raises(SourceError, match="the request"):
        api.read(body, "the request")
