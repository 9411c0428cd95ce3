import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from refidetect.kit import csvfiles


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "=cmd|' /C calc'!A0"])
def test_a_cell_that_a_spreadsheet_would_run_is_escaped(text):
    assert csvfiles.safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Marisol", "6.23%", "a=b", "", 12, Decimal("-0.070"), date(2026, 4, 23)])
def test_plain_text_numbers_and_dates_stay_as_they_are(value):
    assert csvfiles.safe_cell(value) == value


def test_a_file_reads_back_with_commas_quotes_and_nothing_for_none():
    target = io.StringIO()
    csvfiles.writer(target).writerows([["Vega, Marisol", 'the "blue" house', None, "=2"]])
    assert list(csv.reader(io.StringIO(target.getvalue()))) == [["Vega, Marisol", 'the "blue" house', "", "'=2"]]


def test_a_response_can_stream_line_by_line():
    writer = csvfiles.writer(csvfiles.Echo())
    assert [writer.writerow(row) for row in ([1, "@a"], [2, "b"])] == ["1,'@a\r\n", "2,b\r\n"]
