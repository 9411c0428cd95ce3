"""The published lists of counties, in the shapes in which they come."""

import io
import zipfile
from decimal import Decimal

import pytest

from rates.adapters import county_limits, workbooks
from rates.adapters.protocol import SourceError
from rates.domain.limits import County
from tests.rates import workbook

FHFA = (
    b'"Fannie Mae and Freddie Mac Maximum Loan Limits for Mortgages Acquired in Calendar Year 2026",,,,,\n'
    b'"FIPS\nState\nCode","FIPS\nCounty\nCode",County Name,State,"CBSA\nNumber","One-Unit\nLimit","Two-Unit Limit"\n'
    b'06,037,LOS ANGELES COUNTY,CA,31080,"$1,249,125","$1,599,375"\n'
    b'6,1,ALAMEDA COUNTY,CA,41860," $1,249,125 ","$1,599,375"\n'
    b"11,001,DISTRICT OF COLUMBIA,DC,47900,1249125,1599375\n,,,,,,\n"
)
CFPB = (
    b"State,State FIPS,County FIPS,Complete FIPS,County Name,GSE limit,FHA limit,VA limit\n"
    b"AK,02,013,02013,Aleutians East,1209750,524225,1209750\n"
)
TITLE = "Fannie Mae and Freddie Mac Maximum Loan Limits for Mortgages Acquired in Calendar Year 2026"
HEADING = [
    "FIPS\nState\nCode",
    "FIPS\nCounty\nCode",
    "County Name",
    "State",
    "CBSA\nNumber",
    *(f"{n}-Unit\nLimit" for n in ("One", "Two", "Three", "Four")),
]
SHEET: list[list[object]] = [
    [TITLE],
    [],
    HEADING,
    ["06", "037", "LOS ANGELES COUNTY", "CA", 31080, 1_249_125, 1_599_375, 1_933_200, 2_402_625],
    [6, 1, "ALAMEDA COUNTY", "CA", "41860", 1_249_125.0, 1_599_375, 1_933_200, 2_402_625],
    ["11", "001", "DISTRICT OF COLUMBIA", "DC", 47900, "$1,249,125 ", 1_599_375, 1_933_200, 2_402_625],
    [None, None, None],
]
PLAIN = b"fips_state,fips_county,county_name,state,cbsa,limit_1unit,limit_2unit\n08,031,DENVER COUNTY,CO,19740,862500,1104150\n"


def test_fhfas_list_has_a_title_a_heading_on_several_lines_and_dollars():
    found = county_limits.read(FHFA, "list.csv")
    assert found.year == 2026
    assert found.counties == (
        County("06037", "Los Angeles County", "CA", Decimal(1_249_125)),
        County("06001", "Alameda County", "CA", Decimal(1_249_125)),
        County("11001", "District of Columbia", "DC", Decimal(1_249_125)),
    )


def test_the_cfpbs_list_tells_its_year_by_the_files_name_alone():
    found = county_limits.read(CFPB, "county-limits-2025.csv")
    assert found == county_limits.CountyList(2025, (County("02013", "Aleutians East", "AK", Decimal(1_209_750)),))
    assert county_limits.read(CFPB, "limits.csv").year is None


def test_a_plain_copy_is_read_too():
    assert county_limits.read(PLAIN, "").counties == (County("08031", "Denver County", "CO", Decimal(862_500)),)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (PLAIN.replace(b"862500", b"n/a"), "line 2: 'n/a' is not a limit"),
        (PLAIN.replace(b"862500", b"-1"), "not a limit"),
        (PLAIN.replace(b"862500", b""), "not a limit"),
        (PLAIN.replace(b"08,031", b",031"), "not a county's FIPS"),
        (PLAIN.replace(b",CO,", b",Colorado,"), "not a county's FIPS"),
        (PLAIN.replace(b"limit_1unit", b"limit"), "no heading"),
        (b"<html>moved</html>", "web page"),
        (b"PK\x03\x04", "damaged Excel workbook or ZIP"),
        (b"", "empty"),
    ],
)
def test_a_list_with_a_hole_in_it_is_none(content, reason):
    with pytest.raises(SourceError, match=reason):
        county_limits.read(content, "list.csv")


# As FHFA publishes it


def test_fhfas_workbook_is_read_under_its_title_lines_whether_codes_are_text_or_numbers():
    found = county_limits.read(workbook.written(SHEET, [["Notes"]]), "fhfa.xlsx")
    assert found.year == 2026
    assert found.counties == (
        County("06037", "Los Angeles County", "CA", Decimal(1_249_125)),
        County("06001", "Alameda County", "CA", Decimal(1_249_125)),
        County("11001", "District of Columbia", "DC", Decimal(1_249_125)),
    )


def test_a_workbook_and_the_same_list_as_csv_say_the_same():
    assert county_limits.read(workbook.written(SHEET), "x.xlsx").counties == county_limits.read(FHFA, "x.csv").counties


def changed(row: int, column: int, value: object) -> bytes:
    lines = [list(line) for line in SHEET]
    lines[row][column] = value
    return workbook.written(lines)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (changed(3, 5, "soon"), "line 4: 'soon' is not a limit in dollars"),
        (changed(3, 5, None), "line 4: '' is not a limit in dollars"),
        (changed(4, 5, -1), "line 5: '-1' is not a limit"),
        (changed(4, 0, 6.5), "line 5: .* is not a county's FIPS code"),
        (changed(4, 3, "California"), "not a county's FIPS code and state"),
        (workbook.written([["County", "Price"], ["Denver", 1]]), "no heading with one_unit_limit"),
        (workbook.written([]), "no heading"),
        (workbook.written([["Notes"]], SHEET), "no heading"),
        (workbook.zipped({"word/document.xml": "<w/>"}), "a ZIP archive and no Excel workbook"),
        (workbook.zipped({"xl/workbook.xml": "<workbook"}), "can't be read as an Excel workbook"),
        (b"PK\x03\x04", "damaged"),
        (workbook.written(SHEET)[:-300], "damaged"),
        (b"\xd0\xcf\x11\xe0 old", "an old Excel file"),
    ],
)
def test_a_workbook_that_is_no_list_is_refused_with_a_sentence(content, reason):
    with pytest.raises(SourceError, match=reason):
        county_limits.read(content, "limits.xlsx")


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 500)
    with pytest.raises(SourceError, match="unpacks to more than"):
        county_limits.read(workbook.written(SHEET), "limits.xlsx")


@pytest.mark.parametrize("place", ["A9999999", "XFD1", "AAAA1", "A20001", "A" + "9" * 5000])
def test_a_single_cell_far_out_does_not_take_all_memory(place):
    with zipfile.ZipFile(io.BytesIO(workbook.written(SHEET))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace('r="A4"', f'r="{place}"')
    with pytest.raises(SourceError, match="more than 20,000 lines or 100 columns"):
        county_limits.read(workbook.zipped(parts), "limits.xlsx")
