import io
import json

import pytest
from django.core.management import CommandError, call_command

from rates.models import ConformingLimit
from tests.rates import workbook

pytestmark = pytest.mark.django_db

CALIFORNIA = ("06,003,ALPINE COUNTY,CA,850000", "06,037,LOS ANGELES COUNTY,CA,1275000")


def run(*args: object) -> str:
    out = io.StringIO()
    call_command("load_limits", *map(str, args), stdout=out)
    return out.getvalue()


def on_file() -> set[tuple[object, ...]]:
    return set(ConformingLimit.objects.values_list("year", "area", "amount", "name", "source"))


@pytest.fixture
def listed(tmp_path):
    """A list of 3,102 counties: all at 850,000 but Los Angeles."""

    def write(name: str = "fhfa-2027.csv", *lines: str, number: int = 3_100):
        rows = [f"{48 if at < 999 else 20},{at % 999:03},COUNTY {at},TX,850000" for at in range(999)]
        rows += [f"{21 + at // 999},{at % 999:03},COUNTY {at},KY,850000" for at in range(999, number)]
        path = tmp_path / name
        heading = "fips_state,fips_county,county_name,state,limit_1unit"
        path.write_text("\n".join([heading, *rows, *CALIFORNIA, *lines]))
        return path

    return write


def test_a_list_takes_the_place_of_its_years_limits(listed):
    before = on_file()
    said = run(listed())
    assert "2027: baseline $850,000; states and counties with another limit: 1." in said
    new = on_file() - before
    assert {(year, area, int(amount), name) for year, area, amount, name, _ in new} == {
        (2027, "", 850_000, ""),
        (2027, "06037", 1_275_000, "Los Angeles County, CA"),
    }
    assert {source for *_, source in new} == {"FHFA, by county, from fhfa-2027.csv"}
    assert before < on_file()


def test_repeating_it_changes_nothing_and_json_says_the_same(listed):
    run(listed())
    before = on_file()
    assert json.loads(run(listed(), "--json")) == [{"year": 2027, "baseline": "850000", "above": 1}]
    assert on_file() == before


def test_a_replaced_year_comes_back_without_a_file(listed):
    shipped = on_file()
    run(listed("limits.csv"), "--year", 2026)
    assert on_file() != shipped
    assert "2026: baseline $832,750; states and counties with another limit: 127." in run()
    assert on_file() == shipped


@pytest.mark.parametrize(
    ("name", "year", "reason"),
    [
        ("limits.csv", [], "does not say of which year"),
        ("fhfa-2027.csv", ["--year", 2026], "is of 2027, not of 2026"),
        ("limits.csv", ["--year", 1999], "does not say of which year"),
    ],
)
def test_the_year_must_be_known_and_the_files_own(listed, name, year, reason):
    before = on_file()
    with pytest.raises(CommandError, match=reason):
        run(listed(name), *year)
    assert on_file() == before


@pytest.mark.parametrize(
    ("lines", "number", "reason"),
    [
        (["06,001,ALAMEDA COUNTY,CA,12500000"], 3_100, "times the baseline"),
        (["06,001,ALAMEDA COUNTY,CA,soon"], 3_100, "not a limit in dollars"),
        ([], 1_500, "has all of them"),
    ],
)
def test_a_list_that_can_not_be_right_changes_nothing(listed, lines, number, reason):
    before = on_file()
    with pytest.raises(CommandError, match=reason):
        run(listed("fhfa-2027.csv", *lines, number=number))
    assert on_file() == before


def test_fhfas_workbook_takes_the_place_of_its_years_limits(tmp_path):
    counties = [
        [48 if at < 999 else 20, at % 999, f"COUNTY {at}", "TX" if at < 999 else "KS", None, 850_000] for at in range(1_998)
    ]
    counties += [[21 + at // 999, at % 999, f"COUNTY {at}", "KY", None, 850_000] for at in range(1_102)]
    heading = ["FIPS State Code", "FIPS County Code", "County Name", "State", "CBSA Number", "One-Unit Limit"]
    title = [["Maximum Loan Limits for Mortgages Acquired in Calendar Year 2027"], heading]
    path = tmp_path / "FullCountyLoanLimitList.xlsx"
    path.write_bytes(workbook.written([*title, *counties, ["06", "037", "LOS ANGELES COUNTY", "CA", 31080, 1_275_000]]))
    # All of California in the list is one county above the baseline.
    assert "2027: baseline $850,000; states and counties with another limit: 1." in run(path)
    assert {(area, int(amount)) for year, area, amount, *_ in on_file() if year == 2027} == {("", 850_000), ("CA", 1_275_000)}


def test_a_workbook_of_something_else_changes_nothing(tmp_path):
    before = on_file()
    path = tmp_path / "limits.xlsx"
    path.write_bytes(workbook.written([["County", "Price"], ["Denver", 1]]))
    with pytest.raises(CommandError, match="no heading"):
        run(path, "--year", 2027)
    assert on_file() == before


def test_a_year_needs_a_file():
    with pytest.raises(CommandError, match="needs a file"):
        run("--year", 2026)
