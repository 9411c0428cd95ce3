"""A portfolio as a delimited text file: comma, semicolon, tab or pipe; UTF-8, with or without a byte-order mark."""

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from loans.domain.portfolio_file import UnreadableFile

SIGNATURES = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "an Excel workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"\x1f\x8b": "a gzip file",
    b"<?xml": "XML",
    b"<!DOC": "a web page",
    b"<html": "a web page",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
LONGEST_CELL = 100_000
LONGEST_LINE = 1_000_000
"""Bytes; what has none of its line ends is not read into memory whole."""


class CsvFile:
    """Opens, checks and reads one file; `headings` is its first row, `rows()` the others with their line numbers."""

    def __init__(self, path: Path, *, largest: int, name: str = "") -> None:
        """Raises UnreadableFile with a sentence where this is no such file; `largest` in bytes, `name` as people know it."""
        self.path, self.name = path, name or path.name or str(path)
        try:
            self.size = path.stat().st_size
            self._check(largest)
            self._binary = path.open("rb")
        except OSError as error:
            raise UnreadableFile(f"Can't read {self.name}: {(error.strerror or str(error)).lower()}.") from error
        self._reader = csv.reader(self._lines(), delimiter=self._delimiter(), strict=True)
        csv.field_size_limit(LONGEST_CELL)
        try:
            self.headings = next((cells for _, cells in self.rows()), [])
        except UnreadableFile:
            self._binary.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._binary.close()

    @property
    def bytes_read(self) -> int:
        return self._binary.tell()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(line on which the row begins, cells), without blank rows. Raises UnreadableFile where the text breaks off."""
        line = self._reader.line_num + 1
        try:
            for cells in self._reader:
                if any(map(str.strip, cells)):
                    yield line, cells
                line = self._reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFile(f"Line {line}: {_what_is_wrong(error)} Nothing was imported.") from error

    def _check(self, largest: int) -> None:
        if not self.path.is_file():
            raise UnreadableFile(f"{self.name} is no file.")
        if self.size == 0:
            raise UnreadableFile(f"{self.name} is empty.")
        if self.size > largest:
            raise UnreadableFile(
                f"{self.name} has {self.size / 1e6:,.0f} MB; the limit is {largest / 1e6:,.0f} MB. "
                "Split it, or raise IMPORT_MAX_BYTES."
            )
        with self.path.open("rb") as file:
            start = file.read(4096)
        for signature, what in SIGNATURES.items():
            if start.lower().startswith(signature.lower()):
                raise UnreadableFile(f"{self.name} is {what}, not a CSV file. Save it as CSV (UTF-8) and import that.")
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise UnreadableFile(f"{self.name} is UTF-16 text. Save it as CSV (UTF-8) and import that.")
        if b"\x00" in start:
            raise UnreadableFile(f"{self.name} is not a text file.")
        self._start = start

    def _delimiter(self) -> str:
        first = self._start.lstrip(b"\xef\xbb\xbf\r\n\t ,;|").split(b"\n", 1)[0].decode("utf-8", "replace")
        return max(",;\t|", key=first.count)

    def _lines(self) -> Iterator[str]:
        for number, line in enumerate(iter(partial(self._binary.readline, LONGEST_LINE + 1), b""), start=1):
            if len(line) > LONGEST_LINE:
                raise UnreadableFile(f"Line {number} has more than {LONGEST_LINE:,} bytes. Nothing was imported.")
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    f"Line {number} is not UTF-8 (byte {line[error.start]:#04x}), probably Latin-1 or Windows text. "
                    "Save the file as CSV (UTF-8) and import that. Nothing was imported."
                ) from error
            if "\x00" in text:
                raise UnreadableFile(f"Line {number} has a zero byte: this is not a text file. Nothing was imported.")
            yield text


def _what_is_wrong(error: csv.Error) -> str:
    text = str(error)
    if "field limit" in text:
        return f"a cell has more than {LONGEST_CELL:,} characters, or a quotation mark is opened and not closed."
    if "new-line character" in text:
        return "lines end in a lone carriage return. Save the file as CSV (UTF-8) and import that."
    if "expected after" in text:
        return 'a quotation mark stands inside a quoted cell; write it twice ("").'
    return "a quotation mark is opened and not closed, or the file was cut off."
