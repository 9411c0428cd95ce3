"""Files of loan histories: told apart by their columns, unpacked, and read line by line, never as a whole."""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from reports.adapters import fannie, freddie
from reports.domain.backtest_histories import BadHistory, Originated, Reported

COMPANIONS = (
    ("Acquisition_", "Performance_"),
    ("historical_data_", "historical_data_time_"),
    ("sample_orig_", "sample_svcg_"),
)
"""How a publisher names the file of loans and the file of their months."""


@dataclass(frozen=True)
class Layout:
    """One published layout; a line of it says how a loan began, how it was in a month, or both."""

    publisher: str
    originated: Callable[[Sequence[str]], Originated] | None
    reported: Callable[[Sequence[str]], Reported] | None


ACQUISITION = Layout("Fannie Mae", fannie.acquired, None)
PERFORMANCE = Layout("Fannie Mae", None, fannie.reported)
COMBINED = Layout("Fannie Mae", fannie.combined_acquired, fannie.combined_reported)
ORIGINATION = Layout("Freddie Mac", freddie.originated, None)
SERVICING = Layout("Freddie Mac", None, freddie.serviced)


@dataclass(frozen=True)
class LoanFile:
    path: Path
    layout: Layout

    def originated(self) -> Iterator[Originated]:
        """Each loan once where its lines stand together. Raises BadHistory."""
        last = ""
        for loan in self._read(self.layout.originated):
            if loan.number != last:
                last = loan.number
                yield loan

    def reported(self) -> Iterator[Reported]:
        """Every month, in the order of the file. Raises BadHistory."""
        return self._read(self.layout.reported)

    def _read[Line: (Originated, Reported)](self, parse: Callable[[Sequence[str]], Line] | None) -> Iterator[Line]:
        if parse is None:
            return
        with _opened(self.path) as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    yield parse(line.rstrip("\r\n").split("|"))
                except (ValueError, IndexError) as error:
                    reason = f"{error}" if isinstance(error, ValueError) else "has too few columns"
                    raise BadHistory(f"{self.path.name}, line {number}: {reason}.") from error


def recognized(paths: Sequence[Path]) -> list[LoanFile]:
    """The files by their layouts; a file of loans that comes alone brings the file of months published beside it.

    Raises BadHistory where the loans or their months are missing, or where the files are of different publishers.
    """
    files = [LoanFile(path, _layout(path)) for path in paths]
    if len(files) == 1 and files[0].layout.reported is None:
        beside = _companion(files[0].path)
        files += [LoanFile(beside, _layout(beside))] if beside else []
    if len({file.layout.publisher for file in files}) > 1:
        raise BadHistory("These files are of different publishers; run one back-test for each.")
    if not any(file.layout.originated for file in files):
        raise BadHistory("There is no acquisition or origination file among these; name it beside the monthly one.")
    if not any(file.layout.reported for file in files):
        raise BadHistory("There is no performance or servicing file among these; name it beside the one of loans.")
    return files


def _companion(path: Path) -> Path | None:
    for loans, months in COMPANIONS:
        if loans in path.name:
            name = path.name.replace(loans, months)
            return next(iter(sorted(path.parent.glob(f"{name.split('.')[0]}*"))), None)
    return None


def _layout(path: Path) -> Layout:
    with _opened(path) as lines:
        try:
            cells = next(iter(lines), "").rstrip("\r\n").split("|")
        except UnicodeDecodeError as error:
            raise BadHistory(f"{path.name} is not text.") from error
    if freddie.NUMBER.fullmatch(cells[0]):
        return SERVICING
    if len(cells) > freddie.NUMBER_AT_ORIGINATION and freddie.NUMBER.fullmatch(cells[freddie.NUMBER_AT_ORIGINATION]):
        return ORIGINATION
    known = ((fannie.ACQUISITION, ACQUISITION), (fannie.PERFORMANCE, PERFORMANCE), (fannie.COMBINED, COMBINED))
    for columns, layout in known:
        if len(cells) in columns:
            return layout
    raise BadHistory(
        f"{path.name} is not a file of loan histories: {len(cells)} columns separated by |. Known are Fannie Mae's acquisition "
        "and performance files (25 and 31 columns, or 108 and more in one) and Freddie Mac's origination and servicing files."
    )


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The lines of a file, of a .gz, or of the only file in a .zip."""
    text = partial(io.TextIOWrapper, encoding="utf-8", errors="strict")
    try:
        match path.suffix.lower():
            case ".gz":
                with gzip.open(path, "rb") as packed:
                    yield text(packed)
            case ".zip":
                with zipfile.ZipFile(path) as archive:
                    names = [name for name in archive.namelist() if not name.endswith("/")]
                    if len(names) != 1:
                        raise BadHistory(f"{path.name} holds {len(names)} files; unpack it and name the ones to read.")
                    with archive.open(names[0]) as packed:
                        yield text(packed)
            case _:
                with path.open("rb") as plain:
                    yield text(plain)
    except (OSError, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadHistory(f"{path} can't be read: {reason}.") from error
