"""A report for machines: rows of a CSV, one number each, and the JSON of the API and the command."""

from collections.abc import Iterator, Sequence
from typing import Any

from reports.domain import funnel, words
from reports.domain.report import Figures, Line, Report
from reports.domain.stages import APPLIED, FUNNEL, REPLIED, REPORTED, SENT, Figure, Stage

HEADING = ("week", "from", "to", "about", "by", "row", "span", "stage", "value")
HEADS = ("This week", "Week before", "12 weeks", "Of the stage before")


def rows(report: Report) -> Iterator[tuple[Any, ...]]:
    """One number a row, so that an analytics tool can take it as it is. `by` is empty for the whole."""
    start = (report.week.name, report.week.monday, report.week.sunday, report.about)
    for n, figures in enumerate(report.weeks):
        span = ("week", "week before")[n] if n < 2 else f"{n} weeks before"
        yield from ((*start, "", "", span, stage.name, figures.get(stage.name, Figure()).of(stage)) for stage in REPORTED)
    yield from ((*start, "", "", "12 weeks", stage.name, report.in_all(stage)) for stage in REPORTED)
    for line in report.officers:
        yield from ((*start, "officer", line.label, "week", stage.name, line.of(stage)) for stage in REPORTED)
    for row in report.sequences:
        yield from ((*start, "sequence", row.title, "12 weeks", stage.name, row.of(stage)) for stage in REPORTED)
        yield (*start, "sequence", row.title, "12 weeks", "borrowers", row.borrowers)
        yield (*start, "sequence", row.title, "12 weeks", "applied_after", row.applied)
        yield (*start, "sequence", row.title, "12 weeks", "opted_out_after", row.opted_out)
    for group in report.groups:
        for line in group.lines:
            yield from ((*start, group.name, line.label, "12 weeks", stage.name, line.of(stage)) for stage in REPORTED)


def as_json(report: Report) -> dict[str, Any]:
    """Numbers are integers, rates and shares decimal strings, dates ISO, what is unknown null."""
    return {
        "week": report.week.name,
        "from": report.week.monday.isoformat(),
        "to": report.week.sunday.isoformat(),
        "time_zone": report.zone,
        "complete": report.over,
        "about": report.about,
        "stages": [
            {
                "name": stage.name,
                "label": stage.label,
                "unit": stage.unit.value,
                "counts": stage.counts,
                "week": report.of(stage),
                "week_before": None if report.first_week else report.of(stage, 1),
                "twelve_weeks": report.in_all(stage),
                "weeks": report.trend(stage),
                "of_the_stage_before": {
                    "week": _share(report.weeks[0], stage),
                    "twelve_weeks": _share(report.total, stage),
                },
            }
            for stage in REPORTED
        ],
        "officers": [_line(line) | {"time_to_answer": line.took} for line in report.officers],
        "sequences": [
            {
                "slug": row.slug,
                "title": row.title,
                "stages": _stages(row.figures),
                "borrowers": row.borrowers,
                "applied": row.applied,
                "opted_out": row.opted_out,
                "opt_out_rate": row.opt_out_rate,
                "drop_off": row.drop_off,
            }
            for row in report.sequences
        ],
        "by": {group.name: [_line(line) | _came(line) for line in group.lines] for group in report.groups},
        "rates": [None if rate is None else f"{rate:.3f}" for rate in report.rates],
        "alarms": [{"sequence": alarm.about.slug, "title": alarm.title, "sentence": alarm.sentence} for alarm in report.alarms],
        "changed": list(report.changed),
        "value": {
            "eligible": report.value.eligible,
            "dollars": report.value.dollars,
            "least": report.value.least,
            "most": report.value.most,
        },
        "benchmarks": [
            {"title": one.title, "of": one.of, "among": one.among, "share": one.share, "usual": one.usual}
            for one in report.benchmarks
        ],
    }


def as_text(report: Report) -> str:
    """The report for a terminal: a stage a line."""
    about = f" · {report.about}" if report.about else ""
    lines = [f"{report.week.label}{about}", "", " ".join(report.changed), "", *text_table(report, REPORTED), ""]
    lines += [f"{alarm.title}. {alarm.sentence}" for alarm in report.alarms]
    return "\n".join(lines).rstrip()


def table(report: Report, stages: Sequence[Stage]) -> list[tuple[str, list[str]]]:
    """A row a stage, as e-mail and terminal have room for it: HEADS over its words."""
    rows = []
    for stage in stages:
        earlier = words.DASH if report.first_week else f"{report.of(stage, 1):,}"
        found = funnel.share_of(report.weeks[0], stage) if stage in FUNNEL else None
        share = words.share(*found) if found else ""
        rows.append((stage.label, [f"{report.of(stage):,}", earlier, f"{report.in_all(stage):,}", share]))
    return rows


def text_table(report: Report, stages: Sequence[Stage]) -> list[str]:
    """The same in columns of letters."""
    rows = [("", list(HEADS)), *table(report, stages)]
    return [f"{label:<26}{''.join(f'{cell:>13}' for cell in cells[:3])}  {cells[3]}".rstrip() for label, cells in rows]


def _share(figures: Figures, stage: Stage) -> dict[str, int] | None:
    found = funnel.share_of(figures, stage) if stage in FUNNEL else None
    return {"of": found[0], "among": found[1]} if found else None


def _stages(figures: Figures) -> dict[str, int]:
    return {stage.name: figures.get(stage.name, Figure()).of(stage) for stage in REPORTED}


def _line(line: Line) -> dict[str, Any]:
    return {"key": line.key, "label": line.label, "stages": _stages(line.figures)}


def _came(line: Line) -> dict[str, str]:
    """Engagement and applications of those written to."""
    return {
        "replied": line.share(REPLIED, SENT),
        "replied_likely": line.likely(REPLIED, SENT),
        "applied": line.share(APPLIED, SENT),
        "applied_likely": line.likely(APPLIED, SENT),
    }
