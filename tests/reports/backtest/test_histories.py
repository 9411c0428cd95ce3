"""Files of loans and rates as they are published, and what is said of those that are not."""

import gzip
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.adapters import loan_files, rate_history
from reports.domain.backtest_histories import SIZES, BadHistory, first_of, month_index, month_of, size_label
from tests.reports.backtest import files


@given(st.integers(min_value=month_index(1950, 1), max_value=month_index(2080, 12)))
def test_a_month_is_read_in_every_published_form(month):
    day = first_of(month)
    assert month_of(f"{day:%m/%Y}") == month
    assert month_of(f"{day:%m/%d/%Y}") == month
    assert month_of(f"{day:%Y%m}") == month
    # Both agencies write six digits, one with the year first and one with the month.
    assert month_of(f"{day:%m%Y}") == month


@pytest.mark.parametrize("text", ["", "13/2009", "00/2009", "200913", "2009", "May 2009", "X"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match="is not a month"):
        month_of(text)


def test_sizes_are_labeled_without_gaps():
    labels = [size_label(band) for band in range(len(SIZES) + 1)]
    assert labels[0] == "under 100,000"
    assert labels[1] == "100,000 to 199,999"
    assert labels[-1] == "400,000 and more"


@pytest.mark.parametrize("written", [files.fannie, files.fannie_combined, files.freddie])
def test_a_loan_and_its_months_are_read_from_every_layout(tmp_path, written):
    made = files.history(7, 8, code="01", rate="6.125", amount=181_000, term=180, purpose="C", state="TX")
    read = loan_files.recognized(written(tmp_path, [made]))
    (loan,) = [loan for file in read for loan in file.originated()]
    assert (loan.note_rate, float(loan.original_amount), loan.term_months, loan.state) == ("6.125", 181_000, "180", "TX")
    assert (loan.originated, loan.first_payment) == (date(2007, 6, 1), date(2007, 8, 1))
    assert (loan.refinance, loan.adjustable) == (True, False)
    months = [month for file in read for month in file.reported()]
    assert [month.number for month in months] == [loan.number] * 9
    assert [month.month for month in months] == list(range(made.first_payment, made.first_payment + 9))
    assert [float(month.balance or 0) for month in months[:7]] == [0] * 6 + [179_800]
    assert [(month.code, month.ended) for month in months[-2:]] == [("", None), ("01", made.ended)]


@pytest.mark.parametrize("written", [files.fannie, files.fannie_combined, files.freddie])
def test_purchases_adjustable_rates_and_modifications_are_told_apart(tmp_path, written):
    made = files.history(7, 2, product="ARM")
    made.months[1] = (*made.months[1][:3], True)
    read = loan_files.recognized(written(tmp_path, [made]))
    (loan,) = [loan for file in read for loan in file.originated()]
    assert (loan.refinance, loan.adjustable) == (False, True)
    assert [month.modified for file in read for month in file.reported()] == [False, True]


@pytest.mark.parametrize("written", [files.fannie, files.freddie])
def test_a_file_of_loans_finds_the_months_published_beside_it(tmp_path, written):
    loans, months = written(tmp_path, [files.history(1, 3)])
    assert [file.path for file in loan_files.recognized([loans])] == [loans, months]
    assert [file.path for file in loan_files.recognized([months, loans])] == [months, loans]
    months.unlink()
    with pytest.raises(BadHistory, match="no performance or servicing file"):
        loan_files.recognized([loans])


def test_months_without_their_loans_are_refused(tmp_path):
    _, months = files.fannie(tmp_path, [files.history(1, 3)])
    with pytest.raises(BadHistory, match="no acquisition or origination file"):
        loan_files.recognized([months])


def test_files_of_two_publishers_are_not_mixed(tmp_path):
    book = [files.history(1, 3)]
    with pytest.raises(BadHistory, match="different publishers"):
        loan_files.recognized([files.fannie(tmp_path, book)[0], files.freddie(tmp_path, book)[1]])


def test_packed_files_are_read_as_they_are(tmp_path):
    loans, months = files.fannie(tmp_path, [files.history(1, 3)])
    packed, zipped = tmp_path / "loans.txt.gz", tmp_path / "months.zip"
    packed.write_bytes(gzip.compress(loans.read_bytes()))
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.write(months, months.name)
    read = loan_files.recognized([packed, zipped])
    assert [len(list(read[0].originated())), len(list(read[1].reported()))] == [1, 3]
    with zipfile.ZipFile(zipped, "a") as archive:
        archive.write(loans, loans.name)
    with pytest.raises(BadHistory, match="holds 2 files"):
        loan_files.recognized([packed, zipped])


def test_a_file_that_is_something_else_is_refused_with_a_sentence(tmp_path):
    other = tmp_path / "other.csv"
    for content, said in (
        (b"a,b,c\n1,2,3\n", "is not a file of loan histories"),
        (b"\xff\xfe\x00", "is not text"),
        (b"", "is not a"),
    ):
        other.write_bytes(content)
        with pytest.raises(BadHistory, match=said):
            loan_files.recognized([other])
    with pytest.raises(BadHistory, match="can't be read"):
        loan_files.recognized([tmp_path / "nowhere.txt"])


def test_a_line_that_is_cut_off_is_named(tmp_path):
    loans, months = files.fannie(tmp_path, [files.history(1, 3)])
    lines = months.read_text().splitlines(keepends=True)
    months.write_text(lines[0] + lines[1][:30] + "\n")
    file = loan_files.recognized([loans, months])[1]
    with pytest.raises(BadHistory, match="line 2: has too few columns"):
        list(file.reported())
    months.write_text(lines[0] + lines[1].replace("09/01/2007", "2007-09-01"))
    with pytest.raises(BadHistory, match="line 2: '2007-09-01' is not a month"):
        list(file.reported())


@pytest.mark.parametrize(
    "text",
    [
        "date,pmms30,pmms30p,pmms15\n5/7/2009,4.84, 0.7,4.51\n5/14/2009,4.86\n",
        "date,frm30,frm30_points,frm15\n2009-05-07,4.84,0.7,4.51\n2009-05-14,4.86,,\n",
        "observation_date,MORTGAGE30US,MORTGAGE15US\n2009-05-07,4.84,4.51\n2009-05-14,4.86,.\n",
        "as_of,product,rate\n2009-05-07,conventional_30,4.84\n2009-05-07,conventional_15,4.51\n2009-05-14,conventional_30,4.86\n"
        "2009-05-14,fha_30,4.90\n",
    ],
)
def test_rates_are_read_as_each_source_writes_them(tmp_path, text):
    path = tmp_path / "rates.csv"
    path.write_text(text)
    read = rate_history.read(path)
    assert read.values == {
        "conventional_30": {date(2009, 5, 7): Decimal("4.840"), date(2009, 5, 14): Decimal("4.860")},
        "conventional_15": {date(2009, 5, 7): Decimal("4.510")},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "is not a history of rates"),
        ("", "is not a history of rates"),
        ("date,frm30\n2009-05-07,.\n", "no 30-year rates"),
        ("date,frm30\nMay,4.84\n", "line 2: '4.84' stands beside 'May'"),
        ("date,frm30\n2009-05-07,low\n", "line 2: 'low' is not a number"),
    ],
)
def test_a_rate_file_that_is_none_is_refused(tmp_path, text, said):
    path = tmp_path / "rates.csv"
    path.write_text(text)
    with pytest.raises(BadHistory, match=said):
        rate_history.read(path)


def test_a_rate_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadHistory, match="can't be read"):
        rate_history.read(tmp_path / "nowhere.csv")
