"""The pictures of the weekly report: bars and lines as inline drawings, each with its numbers in words."""

import math
from dataclasses import dataclass
from datetime import timedelta

from reports.domain import drawing
from reports.domain.drawing import Bar, Line
from reports.domain.report import Report
from reports.domain.stages import APPLIED, BOOKED, FUNNEL, IDENTIFIED, REPLIED, Stage

WIDTH, HEIGHT = 560, 150
SPARK_WIDTH, SPARK_HEIGHT = 96, 34


@dataclass(frozen=True)
class Spark:
    bars: list[Bar]
    said: str


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class Series:
    name: str
    css: str
    line: Line


@dataclass(frozen=True)
class Picture:
    """`left` and `right` are the ticks of the axes, `below` those of the weeks. `said` is the picture in words."""

    bars: list[Bar]
    series: list[Series]
    left: list[Tick]
    right: list[Tick]
    below: list[Tick]
    said: str


def sparks(report: Report) -> list[Spark]:
    """Twelve bars for each stage."""
    return [_spark(report.trend(stage)) for stage in FUNNEL]


def rate(report: Report) -> Picture | None:
    """Opportunities and the average; None where no rate is on file."""
    known = [float(value) for value in report.rates if value is not None]
    if not known:
        return None
    low, high = math.floor(min(known) * 5) / 5, math.ceil(max(known) * 5) / 5
    high = high if high > low else low + 0.2
    counts = report.trend(IDENTIFIED)
    top = drawing.round_up(max(counts))
    values = [None if value is None else float(value) for value in report.rates]
    line = drawing.line(values, width=WIDTH, height=HEIGHT, low=low, high=high)
    right = [Tick(round(HEIGHT * (1 - n / 2), 1), f"{low + (high - low) * n / 2:.1f}%") for n in range(3)]
    said = f"Opportunities of twelve weeks: {_said(counts)}. 30-year average: from {known[0]:.2f}% to {known[-1]:.2f}%."
    bars = drawing.bars(counts, width=WIDTH, height=HEIGHT, highest=top, gap=14)
    return Picture(bars, [Series("30-year average, %", "tone-ink", line)], _left(top), right, _below(report), said)


def outreach(report: Report) -> Picture:
    """Replies, appointments and applications."""
    stages: tuple[tuple[str, str, Stage], ...] = (
        ("Replies", "tone-accent", REPLIED),
        ("Appointments", "tone-accent dashed", BOOKED),
        ("Applications", "tone-muted", APPLIED),
    )
    top = drawing.round_up(max(max(report.trend(stage)) for _, _, stage in stages))
    series = [
        Series(name, css, drawing.line(report.trend(stage), width=WIDTH, height=HEIGHT, low=0, high=top))
        for name, css, stage in stages
    ]
    said = " ".join(f"{name} of twelve weeks: {_said(report.trend(stage))}." for name, _, stage in stages)
    return Picture([], series, _left(top), [], _below(report), said)


def table(report: Report) -> list[tuple[object, list[int], object]]:
    """The same as rows: Monday, a number for each stage, the average; newest first."""
    trends = [report.trend(stage) for stage in FUNNEL]
    weeks = range(len(report.weeks))
    rows = [
        (report.week.monday - timedelta(weeks=len(report.weeks) - 1 - n), [trend[n] for trend in trends], report.rates[n])
        for n in weeks
    ]
    return list(reversed(rows))


def _spark(values: list[int]) -> Spark:
    return Spark(drawing.bars(values, width=SPARK_WIDTH, height=SPARK_HEIGHT), _said(values))


def _said(values: list[int]) -> str:
    return ", ".join(f"{value:,}" for value in values)


def _left(top: int) -> list[Tick]:
    return [Tick(round(HEIGHT * (1 - n / 4), 1), f"{top * n // 4:,}") for n in range(5)]


def _below(report: Report) -> list[Tick]:
    """Every third Monday, so that the newest has its date."""
    step = WIDTH / len(report.weeks)
    days = [(n, report.week.back(len(report.weeks) - 1 - n).monday) for n in range(len(report.weeks))]
    return [Tick(round((n + 0.5) * step, 1), f"{day:%b} {day.day}") for n, day in days if (len(days) - 1 - n) % 3 == 0]
