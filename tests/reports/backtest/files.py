"""Invented histories of loans, written in the layouts as they are published."""

import random
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from reports.domain.backtest_histories import first_of, month_index


@dataclass
class History:
    """A loan and its months: (month index, rate, balance or "", modified). `code` ends it in the month `ended`."""

    number: int
    rate: str = "7.000"
    amount: int = 250_000
    term: int = 360
    first_payment: int = month_index(2007, 8)
    state: str = "CO"
    purpose: str = "P"
    product: str = "FRM"
    months: list[tuple[int, str, str, bool]] = field(default_factory=list)
    code: str = ""
    ended: int | None = None

    @property
    def originated(self) -> int:
        return self.first_payment - 2

    @property
    def freddie_number(self) -> str:
        return f"F07Q3{self.number:07}"

    @property
    def lines(self) -> list[tuple[int, str, str, bool, str, int | None]]:
        """The months, and where the history ends the line that says so, which keeps the last balance."""
        lines = [(*month, "", None) for month in self.months]
        if self.code:
            last = self.months[-1]
            lines.append((self.ended, last[1], last[2], last[3], self.code, self.ended))
        return lines


def history(number: int, months: int, *, code: str = "", start: int = month_index(2007, 8), **loan: object) -> History:
    """A loan reported for so many months, its rate unchanged and its balance only from the seventh month on."""
    made = History(number, code=code, **loan)
    made.months = [(start + at, made.rate, "" if at < 6 else f"{made.amount - 200 * at}.00", False) for at in range(months)]
    made.ended = start + months if code else None
    return made


def random_book(seed: int, loans: int) -> list[History]:
    """Loans of many kinds whose ends are drawn, so that every rule and every end occurs."""
    draw = random.Random(seed)
    return [_random_loan(draw, number) for number in range(1, loans + 1)]


def _random_loan(draw: random.Random, number: int) -> History:
    term = draw.choice((60, 180, 240, 360))
    first_payment = month_index(2007, draw.randint(1, 12))
    made = history(
        number,
        draw.randint(1, 58),
        code=draw.choice(("", "01", "01", "01", "03")),
        start=first_payment - draw.randint(0, 1),
        rate=f"{Decimal(draw.randint(4600, 8200)) / 1000:.3f}",
        amount=draw.randrange(40_000, 650_000, 1000),
        term=term,
        first_payment=first_payment,
        purpose=draw.choice("PCR"),
    )
    if draw.random() < 0.2:
        cut = draw.randrange(len(made.months))
        changed = [(month, "4.000", balance, True) for month, _, balance, _ in made.months[cut:]]
        made.months = made.months[:cut] + changed
    return made


def rates(path: Path, market: dict[int, tuple[str, str]]) -> Path:
    """A survey with one value for each month, as its archive copies are written: 30-year and 15-year."""
    weeks = [
        f"{first_of(month).replace(day=16)},{thirty},0.5,{fifteen},0.4" for month, (thirty, fifteen) in sorted(market.items())
    ]
    path.write_text("\n".join(["date,frm30,frm30_points,frm15,frm15_points", *weeks]) + "\n")
    return path


def falling(months: int = 80, start: int = month_index(2006, 12)) -> dict[int, tuple[str, str]]:
    """A market that falls a tenth of a point every other month, with a rise now and then."""
    found = {}
    for at in range(months):
        rate = Decimal("6.90") - Decimal("0.05") * at + (Decimal("0.60") if at % 9 in (4, 5) else 0)
        found[start + at] = (f"{rate:.2f}", f"{rate - Decimal('0.45'):.2f}")
    return found


def fannie(folder: Path, book: list[History]) -> list[Path]:
    """An acquisition and a performance file."""
    loans, months = folder / "Acquisition_2007Q3.txt", folder / "Performance_2007Q3.txt"
    loans.write_text("".join(_acquisition(made) for made in book))
    months.write_text("".join(line for made in book for line in _performance(made)))
    return [loans, months]


def fannie_combined(folder: Path, book: list[History]) -> list[Path]:
    """Both in one file, as of late 2020."""
    path = folder / "2007Q3.csv"
    path.write_text("".join(line for made in book for line in _combined(made)))
    return [path]


def freddie(folder: Path, book: list[History]) -> list[Path]:
    """An origination and a servicing file."""
    loans, months = folder / "historical_data_2007Q3.txt", folder / "historical_data_time_2007Q3.txt"
    loans.write_text("".join(_origination(made) for made in book))
    months.write_text("".join(line for made in book for line in _servicing(made)))
    return [loans, months]


def _placed(width: int, cells: dict[int, object]) -> str:
    """A line whose columns, counted from 1 as the publishers do, hold these values."""
    return "|".join(str(cells.get(place, "")) for place in range(1, width + 1)) + "\n"


def _us(month: int) -> str:
    return f"{first_of(month):%m/%Y}"


def _acquisition(made: History) -> str:
    return _placed(
        25,
        {
            1: 100_000_000_000 + made.number, 2: "R", 3: "OTHER", 4: made.rate, 5: made.amount, 6: made.term,
            7: _us(made.originated), 8: _us(made.first_payment), 9: 80, 10: 80, 11: 1, 12: 35, 13: 720, 14: "N",
            15: made.purpose, 16: "SF", 17: 1, 18: "P", 19: made.state, 20: "802", 22: made.product, 25: "N",
        },
    )  # fmt: skip


def _performance(made: History) -> list[str]:
    return [
        _placed(
            31,
            {
                1: 100_000_000_000 + made.number, 2: f"{first_of(month):%m/%d/%Y}", 4: rate, 5: balance, 6: "1.0", 11: "0",
                12: "Y" if modified else "N", 13: code, 14: _us(ended) if ended else "",
            },
        )
        for month, rate, balance, modified, code, ended in made.lines
    ]  # fmt: skip


def _combined(made: History) -> list[str]:
    begin = {
        2: 100_000_000_000 + made.number, 4: "R", 5: "OTHER", 8: made.rate, 10: f"{made.amount}.00", 13: made.term,
        14: f"{first_of(made.originated):%m%Y}", 15: f"{first_of(made.first_payment):%m%Y}", 27: made.purpose, 31: made.state,
        35: made.product,
    }  # fmt: skip
    return [
        _placed(
            113,
            begin
            | {
                3: f"{first_of(month):%m%Y}", 9: rate, 12: balance or "0.00", 40: "00", 42: "Y" if modified else "N", 44: code,
                45: f"{first_of(ended):%m%Y}" if ended else "",
            },
        )
        for month, rate, balance, modified, code, ended in made.lines
    ]  # fmt: skip


def _origination(made: History) -> str:
    return _placed(
        32,
        {
            1: 720, 2: f"{first_of(made.first_payment):%Y%m}", 3: "N", 4: "203707", 8: "P", 11: made.amount, 13: made.rate,
            14: "R", 16: made.product, 17: made.state, 18: "SF", 19: "80200", 20: made.freddie_number,
            21: {"R": "N"}.get(made.purpose, made.purpose), 22: made.term, 24: "Other sellers", 25: "Other servicers", 31: "N",
        },
    )  # fmt: skip


def _servicing(made: History) -> list[str]:
    return [
        _placed(
            32,
            {
                1: made.freddie_number, 2: f"{first_of(month):%Y%m}", 3: balance, 4: "0", 8: "Y" if modified else "", 9: code,
                10: f"{first_of(ended):%Y%m}" if ended else "", 11: rate,
            },
        )
        for month, rate, balance, modified, code, ended in made.lines
    ]  # fmt: skip
