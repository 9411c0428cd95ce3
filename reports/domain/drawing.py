"""The small pictures of the report as coordinates: bars of twelve weeks, and lines over them. Pixels, y downward."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    last: bool


@dataclass(frozen=True)
class Line:
    """`points` as SVG's polyline reads them, one run for each stretch without a gap; `end` is the newest point."""

    runs: tuple[str, ...]
    end: tuple[float, float] | None


def bars(values: Sequence[int], *, width: float, height: float, highest: int = 0, gap: float = 2) -> list[Bar]:
    """One a value, oldest first. A value above none is at least 2 pixels high, none is 1, so that every week is seen."""
    top = max(highest, *values, 1)
    step = (width + gap) / len(values)
    found = []
    for place, value in enumerate(values):
        tall = max(2.0, height * value / top) if value else 1.0
        found.append(Bar(_r(place * step), _r(height - tall), _r(step - gap), _r(tall), place == len(values) - 1))
    return found


def line(values: Sequence[float | None], *, width: float, height: float, low: float, high: float) -> Line:
    """Over the middles of the bars; a gap where nothing is known. `low` is at the bottom, `high` at the top."""
    step, reach = width / len(values), (high - low) or 1
    points = [
        None if value is None else (_r((place + 0.5) * step), _r(height - height * (value - low) / reach))
        for place, value in enumerate(values)
    ]
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{point[0]},{point[1]}")
    return Line(tuple(" ".join(run) for run in runs if run), points[-1])


def round_up(value: int) -> int:
    """The end of an axis from 0: the least multiple of four that holds the value and divides evenly."""
    step = 1
    while step * 4 < value:
        step = step * 2 if str(step)[0] in "15" else step * 5 // 2
    return step * 4


def _r(value: float) -> float:
    return round(value, 1)
