"""CSV files that a spreadsheet opens without running anything: every CSV that leaves the desk goes through here."""

import csv
from collections.abc import Iterable
from typing import Any, Protocol

# A cell that begins with one of these is a formula, or becomes one once the spreadsheet has cut off the blanks.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Target(Protocol):
    def write(self, text: str, /) -> Any: ...


class Writer:
    """Like `csv.writer`, with every cell made safe."""

    def __init__(self, target: Target) -> None:
        self._rows = csv.writer(target)

    def writerow(self, row: Iterable[object]) -> Any:
        """What the target's `write` returns, so that a response can stream lines."""
        return self._rows.writerow([safe_cell(value) for value in row])

    def writerows(self, rows: Iterable[Iterable[object]]) -> None:
        for row in rows:
            self.writerow(row)


class Echo:
    """A target that hands each line back: `StreamingHttpResponse(writer(Echo()).writerow(row) for row in rows)`."""

    def write(self, text: str, /) -> str:
        return text


def writer(target: Target) -> Writer:
    return Writer(target)


def safe_cell(value: object) -> object:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers and dates stay as they are; None is empty."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
