"""A delimited file is read as it was written, whatever is in it, or refused with a sentence."""

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from loans.adapters.csv_file import CsvFile
from loans.domain.portfolio_file import UnreadableFile

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


def read(content: bytes) -> tuple[list[str], list[tuple[int, list[str]]]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.csv")
        path.write_bytes(content)
        with CsvFile(path, largest=10**6) as file:
            rows = list(file.rows())
            assert file.bytes_read == file.size == len(content)
            return file.headings, rows


@given(st.sampled_from(",;\t|"), st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6), st.booleans())
@example(",", [['a"b', "\n\r\n", "\\."], ["", ' "', ";;"]], True)
def test_what_a_program_writes_is_read_again_with_its_line(delimiter, rows, marked):
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["one", "two", "three"])
    lines = []
    for row in rows:
        lines.append(buffer.getvalue().count("\n") + 1)
        writer.writerow(row)
    headings, found = read(buffer.getvalue().encode("utf-8-sig" if marked else "utf-8"))
    assert headings == ["one", "two", "three"]
    assert [cells for _, cells in found] == rows
    assert [line for line, _ in found] == lines


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda more: b'a,b\n"' + more))
@example(b'"')
@example(b"\xef\xbb\xbf")
@example(b"a,b\r1,2\r")
def test_anything_else_is_refused_with_a_sentence_or_read(content):
    try:
        headings, rows = read(content)
    except UnreadableFile as refusal:
        said = str(refusal)
        if not said.endswith("."):
            raise
    else:
        assert all(any(cell.strip() for cell in cells) for _, cells in rows)
        assert headings or not rows


def test_a_file_is_called_by_the_name_people_know(tmp_path):
    (tmp_path / "0f3a.csv").write_bytes(b"%PDF-1.7")
    with pytest.raises(UnreadableFile, match=r"^ours.csv is a PDF"):
        CsvFile(tmp_path / "0f3a.csv", largest=10**6, name="ours.csv")


def test_a_refused_file_is_closed(tmp_path):
    (tmp_path / "book.csv").write_bytes(b'"cut off')
    with pytest.raises(UnreadableFile):
        CsvFile(tmp_path / "book.csv", largest=10**6)
    open_files = [link.readlink() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert tmp_path / "book.csv" not in open_files
