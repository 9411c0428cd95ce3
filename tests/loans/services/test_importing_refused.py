"""Files that can't be taken at all: one clear sentence, the batch says so, and nothing is half done."""

import os
import time

import pytest
from django.db import connection

from loans.domain.portfolio_file import UnreadableFile
from loans.models import Borrower, ImportBatch, Loan
from tests.loans import files
from tests.loans.files import ROW

pytestmark = pytest.mark.django_db

HEAD, LINE = ",".join(ROW), ",".join(ROW.values())


def lines(count: int) -> bytes:
    return "".join(f"{LINE.replace('A-1', f'A-{number}')}\n" for number in range(count)).encode()


GOOD = f"{HEAD}\n".encode() + lines(3)
SAVE = "Save it as CSV (UTF-8) and import that."
COLUMNS = "The columns are listed in docs/integrate/portfolio-file.md."
CUT_OFF = "a quotation mark is opened and not closed, or the file was cut off. Nothing was imported."
REFUSED = {
    "wrong headings": (
        b"alpha,beta\n1,2\n",
        "The file has no column loan_number, borrower_first_name, borrower_last_name, note_rate, origination_date, "
        f"term_months, original_amount (or upb). None of its headings is known: alpha, beta. {COLUMNS}",
    ),
    "no headings": (lines(2), None),
    "one missing": (GOOD.replace(b"note_rate", b"note"), f"The file has no column note_rate. {COLUMNS}"),
    "neither amount": (
        GOOD.replace(b"original_amount", b"sum"),
        f"The file has no column original_amount (or upb). {COLUMNS}",
    ),
    "one column twice": (
        GOOD.replace(b"borrower_first_name", b"Interest Rate"),
        "Two headings stand for note_rate: keep one. They are in columns 2 and 4.",
    ),
    "empty": (b"", "portfolio.csv is empty."),
    "a byte-order mark only": (b"\xef\xbb\xbf", None),
    "blank lines only": (b"\n" * 20, None),
    "headings only": (f"{HEAD}\n\n,,,,,,\n".encode(), "portfolio.csv has headings and no rows. Nothing was imported."),
    "a PDF": (b"%PDF-1.7\n" + GOOD, f"portfolio.csv is a PDF, not a CSV file. {SAVE}"),
    "a workbook": (b"PK\x03\x04" + GOOD, f"portfolio.csv is an Excel workbook or a zip file, not a CSV file. {SAVE}"),
    "an old workbook": (b"\xd0\xcf\x11\xe0" + GOOD, f"portfolio.csv is an old Excel workbook, not a CSV file. {SAVE}"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + GOOD, f"portfolio.csv is a picture, not a CSV file. {SAVE}"),
    "gzip": (b"\x1f\x8b\x08" + GOOD, f"portfolio.csv is a gzip file, not a CSV file. {SAVE}"),
    "a web page": (b"<!doctype html>\n" + GOOD, f"portfolio.csv is a web page, not a CSV file. {SAVE}"),
    "XML": (b'<?xml version="1.0"?>\n' + GOOD, f"portfolio.csv is XML, not a CSV file. {SAVE}"),
    "UTF-16": (GOOD.decode().encode("utf-16"), f"portfolio.csv is UTF-16 text. {SAVE}"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-le"), "portfolio.csv is not a text file."),
    "Latin-1 in row 5,000": (
        f"{HEAD}\n".encode() + lines(4999) + LINE.replace("Vega", "Núñez").encode("latin-1") + b"\n",
        "Line 5001 is not UTF-8 (byte 0xfa), probably Latin-1 or Windows text. Save the file as CSV (UTF-8) and import that. "
        "Nothing was imported.",
    ),
    "Latin-1 in the headings": (f"{HEAD},año\n".encode("latin-1") + lines(1), None),
    "a zero byte": (
        GOOD + b"#" * 5000 + b"\n\x00\n",
        "Line 6 has a zero byte: this is not a text file. Nothing was imported.",
    ),
    "a cell cut off": (GOOD + b'"A-9,Marisol,Vega,7', f"Line 5: {CUT_OFF}"),
    "a quote never closed": (GOOD + b'A-8,"Marisol,Vega\n' + lines(3), f"Line 5: {CUT_OFF}"),
    "a quote inside a quoted cell": (
        GOOD + b'A-9,"Mari"sol",Vega,7.5,2024-04-17,360,456000\n',
        'Line 5: a quotation mark stands inside a quoted cell; write it twice (""). Nothing was imported.',
    ),
    "a cell of 200,000 characters": (
        GOOD + b"A-9," + b"x" * 200_000 + b",Vega,7.5,2024-04-17,360,456000\n",
        "Line 5: a cell has more than 100,000 characters, or a quotation mark is opened and not closed. Nothing was imported.",
    ),
    "a cell of 1 MB": (
        GOOD + b"A-9," + b"x" * 1_000_000 + b",Vega,7.5,2024-04-17,360,456000\n",
        "Line 5 has more than 1,000,000 bytes. Nothing was imported.",
    ),
    "lone carriage returns": (
        GOOD.replace(b"\n", b"\r"),
        "Line 1: lines end in a lone carriage return. Save the file as CSV (UTF-8) and import that. Nothing was imported.",
    ),
}  # fmt: skip


def assert_nothing_was_done(sentence: str) -> None:
    assert not Loan.objects.exists()
    assert not Borrower.objects.exists()
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.message, batch.created, batch.errors_file) == (ImportBatch.State.FAILED, sentence, 0, "")
    assert batch.finished_at is not None
    assert "import_" not in " ".join(connection.introspection.table_names())
    assert temporary_tables() == 0


def temporary_tables() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname LIKE 'import%%'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(("content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_is_none_is_refused_with_a_sentence(bring_in, content, sentence):
    with pytest.raises(UnreadableFile) as refusal:
        bring_in(text=content)
    said = str(refusal.value)
    assert sentence is None or said == sentence
    assert said.endswith(".")
    assert len(said) < 400
    assert_nothing_was_done(said)


def test_a_desk_that_refused_a_file_takes_the_next(bring_in):
    with pytest.raises(UnreadableFile):
        bring_in(text=GOOD + b'"')
    assert bring_in(text=GOOD).created == 3


def test_a_file_of_two_gigabytes_is_refused_unread(bring_in, tmp_path):
    path = tmp_path / "portfolio.csv"
    with path.open("wb") as file:
        file.write(GOOD)
        file.truncate(2 * 1024**3)
    started = time.monotonic()
    with pytest.raises(UnreadableFile) as refusal:
        files.bring_in(path)
    assert time.monotonic() - started < 1
    sentence = "portfolio.csv has 2,147 MB; the limit is 1,074 MB. Split it, or raise IMPORT_MAX_BYTES."
    assert str(refusal.value) == sentence
    assert_nothing_was_done(sentence)


def test_a_file_of_holes_is_refused_by_its_first_bytes(tmp_path):
    path = tmp_path / "portfolio.csv"
    with path.open("wb") as file:
        file.truncate(500 * 1024**2)
    with pytest.raises(UnreadableFile, match=r"^portfolio.csv is not a text file\.$"):
        files.bring_in(path)
    assert_nothing_was_done("portfolio.csv is not a text file.")


def test_a_place_where_no_file_is_is_refused(tmp_path):
    for path, sentence in (
        (tmp_path / "nowhere.csv", "Can't read nowhere.csv: no such file or directory."),
        (tmp_path, f"{tmp_path.name} is no file."),
    ):
        with pytest.raises(UnreadableFile) as refusal:
            files.bring_in(path)
        assert str(refusal.value) == sentence
        assert_nothing_was_done(sentence)
        ImportBatch.objects.all().delete()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_nobody_may_read_is_refused(tmp_path):
    path = files.write(tmp_path / "portfolio.csv")
    path.chmod(0o000)
    with pytest.raises(UnreadableFile, match=r"^Can't read portfolio.csv: permission denied\.$"):
        files.bring_in(path)
    assert_nothing_was_done("Can't read portfolio.csv: permission denied.")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "portfolio.csv")
    with pytest.raises(UnreadableFile, match=r"^portfolio.csv is no file\.$"):
        files.bring_in(tmp_path / "portfolio.csv")


def test_a_refused_file_leaves_the_book_as_it_was(bring_in):
    bring_in({}, {})
    with pytest.raises(UnreadableFile):
        bring_in(text=f"{HEAD}\n".encode(), complete=True)
    assert not Loan.objects.filter(not_in_last_file=True).exists()
