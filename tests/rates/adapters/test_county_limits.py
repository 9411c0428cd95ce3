"""The published lists of counties, in the shapes in which they come."""

from decimal import Decimal

import pytest

from rates.adapters import county_limits
from rates.adapters.protocol import SourceError
from rates.domain.limits import County

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
        (b"PK\x03\x04", "spreadsheet"),
        (b"", "empty"),
    ],
)
def test_a_list_with_a_hole_in_it_is_none(content, reason):
    with pytest.raises(SourceError, match=reason):
        county_limits.read(content, "list.csv")
