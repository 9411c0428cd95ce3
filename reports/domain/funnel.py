"""The rows from opportunity to closed loan as they are printed: each cell with its words and the list it opens."""

from dataclasses import dataclass

from reports.domain import words
from reports.domain.report import Figures, Report
from reports.domain.stages import BESIDE, FUNNEL, Figure, Stage, before, passed


@dataclass(frozen=True)
class Cell:
    """`stage` and `span` name the list behind the number; empty where there is none, or nothing in it."""

    text: str
    stage: str = ""
    span: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    cells: tuple[Cell, ...]
    large: bool = False


def numbers(report: Report) -> list[Row]:
    """This week, the week before, twelve weeks."""
    return _numbers(report, FUNNEL)


def beside(report: Report) -> list[Row]:
    """The same of what is counted beside the way: machines, unconfirmed clicks, opt-outs, losses."""
    return _numbers(report, BESIDE)


def shares(report: Report) -> list[Row]:
    """Of the stage before, this week and in twelve."""
    return [
        Row("Of the stage before, this week", tuple(_share(report.weeks[0], stage) for stage in FUNNEL)),
        Row("Of the stage before, 12 weeks", tuple(_share(report.total, stage) for stage in FUNNEL)),
    ]


def share_of(figures: Figures, stage: Stage) -> tuple[int, int] | None:
    """Of how many in the stage before how many are in this one; None for the first stage."""
    earlier = before(stage)
    if earlier is None:
        return None
    return passed(stage, figures.get(stage.name, Figure()), figures.get(earlier.name, Figure()))


def _numbers(report: Report, stages: tuple[Stage, ...]) -> list[Row]:
    def row(label: str, span: str, values: list[int], *, large: bool = False) -> Row:
        return Row(label, tuple(_cell(value, stage, span) for value, stage in zip(values, stages, strict=True)), large)

    earlier = [report.of(stage, 1) for stage in stages]
    compared = (
        Row("Week before", (Cell(words.DASH),) * len(stages)) if report.first_week else row("Week before", "before", earlier)
    )
    return [
        row("This week", "week", [report.of(stage) for stage in stages], large=True),
        compared,
        row("12-week total", "twelve", [report.in_all(stage) for stage in stages]),
    ]


def _cell(value: int, stage: Stage, span: str) -> Cell:
    return Cell(f"{value:,}", stage.name, span) if value else Cell("0")


def _share(figures: Figures, stage: Stage) -> Cell:
    found = share_of(figures, stage)
    return Cell(words.DASH if found is None else words.share(*found))
