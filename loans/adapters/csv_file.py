"""A portfolio as a delimited text file: comma, semicolon, tab or pipe; UTF-8, with or without a byte-order mark."""

import csv
from collections.abc import Iterator
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
}
LONGEST_CELL = 100_000


class CsvFile:
    """Opens, checks and reads one file; `headings` is its first row, `rows()` the others with their line numbers."""

    def __init__(self, path: Path, *, largest: int, name: str = "") -> None:
        """Raises UnreadableFile with a sentence where this is no such file; `largest` in bytes, `name` as people know it."""
        self.path, self.name = path, name or path.name
        try:
            self.size = path.stat().st_size
            self._check(largest)
            self._binary = path.open("rb")
        except OSError as error:
            raise UnreadableFile(f"Can't read {self.name}: {(error.strerror or str(error)).lower()}.") from error
        self._reader = csv.reader(self._lines(), delimiter=self._delimiter(), strict=True)
        csv.field_size_limit(LONGEST_CELL)
        try:
            self.headings = next(self._reader, [])
        except csv.Error as error:
            self._binary.close()
            raise UnreadableFile(f"Row 1 is no row of headings: {error}.") from error
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
                if any(cells):
                    yield line, cells
                line = self._reader.line_num + 1
        except csv.Error as error:
            raise UnreadableFile(
                f"Line {line}: {error}. A quotation mark is opened and not closed, or the file was cut off. Nothing was imported."
            ) from error

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
        first = self._start.split(b"\n", 1)[0].decode("utf-8", "replace")
        return max(",;\t|", key=first.count)

    def _lines(self) -> Iterator[str]:
        for number, line in enumerate(self._binary, start=1):
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
