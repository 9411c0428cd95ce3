"""The first sheet of an Excel workbook as lines of text, as a CSV of it would have them."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time

import python_calamine

from rates.adapters.protocol import SourceError

MAGIC = b"PK\x03\x04"
MAX_UNPACKED = 200 * 1024 * 1024
"""A list of every county unpacks to a few megabytes."""
MAX_ROWS, MAX_COLUMNS = 20_000, 100
PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
"""Where a row or a cell says that it stands: `r="12"`, `r="C12"`."""


def is_one(content: bytes) -> bool:
    """Whether the bytes begin like one; any other ZIP archive does too, and `lines` says so."""
    return content.startswith(MAGIC)


def lines(content: bytes, name: str) -> list[list[str]]:
    """The cells of each line, from the first line of the sheet; raises SourceError where the bytes are no workbook."""
    _look_inside(content, name)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible is python_calamine.SheetVisibleEnum.Visible]
        if not visible:
            raise SourceError(f"{name} has no sheet.")
        rows = book.get_sheet_by_name(visible[0]).to_python(skip_empty_area=False)
    except python_calamine.CalamineError as error:
        raise SourceError(f"{name} can't be read as an Excel workbook; save it again in Excel, or as CSV.") from error
    return [[_text(cell) for cell in row] for row in rows]


def _look_inside(content: bytes, name: str) -> None:
    """Before anything is unpacked: a workbook, and none that grows without end."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if not any(member.filename == "xl/workbook.xml" for member in members):
                raise SourceError(f"{name} is a ZIP archive and no Excel workbook; unpack it, and name the file in it.")
            if sum(member.file_size for member in members) > MAX_UNPACKED:
                raise SourceError(f"{name} unpacks to more than {MAX_UNPACKED // 1024**2} MB; a list of counties does not.")
            for member in members:
                if member.filename.endswith(".xml"):
                    _look_at_places(archive.read(member), name)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError) as error:
        raise SourceError(f"{name} is a damaged Excel workbook or ZIP archive; fetch it again.") from error


def _look_at_places(sheet: bytes, name: str) -> None:
    """A sheet is read as one block, from its first cell to its last: a single cell far out would take all memory."""
    for letters, digits in PLACE.findall(sheet):
        if len(digits) > 7 or int(digits) > MAX_ROWS or len(letters) > 2 or _column(letters) > MAX_COLUMNS:
            raise SourceError(f"{name} has more than {MAX_ROWS:,} lines or {MAX_COLUMNS} columns; a list of counties has not.")


def _column(letters: bytes) -> int:
    """1 for A, 27 for AA, 0 for none."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - ord("A") + 1
    return place


def _text(cell: object) -> str:
    """A number as somebody would type it: 832750 for 832750.0."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)
