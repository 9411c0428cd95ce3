"""The tables of the weekly report by officer, sequence, branch, threshold, spread and program, as the page prints them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.domain.report import Group, Line, Report, SequenceLine
from reports.domain.stages import APPLIED, BOOKED, CLICKED, CLOSED, DELIVERED, FUNNEL, REPLIED, SENT, Stage

OF_A_SEQUENCE = (DELIVERED, CLICKED, REPLIED, BOOKED, APPLIED, CLOSED)


@dataclass(frozen=True)
class Row:
    """`values` are stages with their numbers; `replied` and `applied` are shares of those written to, with their intervals."""

    line: Any
    values: list[tuple[Stage, int]]
    alarm: bool = False
    replied: tuple[str, str] = ("", "")
    applied: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class GroupRows:
    group: Group
    rows: list[Row]


def of(report: Report) -> dict[str, Any]:
    """What the templates of the tables read."""
    alarmed = {str(alarm.about.sequence) for alarm in report.alarms}
    slow = [line for line in report.officers if line.slow]
    return {
        "officer_rows": [_row(line, FUNNEL) for line in report.officers],
        "everybody": _row(report.everybody, FUNNEL),
        "sequence_stages": OF_A_SEQUENCE,
        "sequence_rows": [_row(line, OF_A_SEQUENCE, alarm=line.key in alarmed) for line in report.sequences],
        "group_rows": [GroupRows(group, [_came(line) for line in group.lines]) for group in report.groups],
        "slow": slow,
        "nothing_to_try": not (slow or report.alarms or report.waiting or report.unassigned),
    }


def _row(line: Line | SequenceLine, stages: Sequence[Stage], *, alarm: bool = False) -> Row:
    return Row(line, [(stage, line.of(stage)) for stage in stages], alarm)


def _came(line: Line) -> Row:
    return Row(
        line,
        [(stage, line.of(stage)) for stage in FUNNEL],
        replied=(line.share(REPLIED, SENT), line.likely(REPLIED, SENT)),
        applied=(line.share(APPLIED, SENT), line.likely(APPLIED, SENT)),
    )
