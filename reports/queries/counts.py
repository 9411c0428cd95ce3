"""Every number of a report in one grouped query: by week, and for the week and all twelve by branch, officer, sequence …"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from reports.domain.stages import Figure
from reports.queries import facts
from reports.queries.scope import Scope

DIMENSIONS = ("branch", "officer", "sequence", "threshold", "band", "program")
_COLUMNS = {"branch": "branch_id", "officer": "officer_id", "sequence": "sequence_id"}
_KEYS = ", ".join(_COLUMNS.get(name, name) for name in DIMENSIONS)
_SETS = ", ".join(f"(stage, {column}), (stage, this, {column})" for column in (_COLUMNS.get(name, name) for name in DIMENSIONS))
_NOTHING = Figure()

_COUNT = f"""
SELECT stage, n, this, GROUPING(n, this, {_KEYS}) AS level, {_KEYS},
  count(DISTINCT touch_id) AS messages, count(DISTINCT opportunity_id) AS people
FROM facts WHERE {facts.OF_THE_SEQUENCE}
GROUP BY GROUPING SETS ((stage, n), (stage), {_SETS})"""  # noqa: S608
_BITS = 2 + len(DIMENSIONS)

Key = int | str | Decimal | None


@dataclass
class Counts:
    """Figures by stage name. `weeks[n]` is n weeks back; `week` and `twelve` are by dimension and key, None where none is."""

    weeks: dict[int, dict[str, Figure]] = field(default_factory=lambda: defaultdict(dict))
    total: dict[str, Figure] = field(default_factory=dict)
    week: dict[str, dict[Key, dict[str, Figure]]] = field(
        default_factory=lambda: {name: defaultdict(dict) for name in DIMENSIONS}
    )
    twelve: dict[str, dict[Key, dict[str, Figure]]] = field(
        default_factory=lambda: {name: defaultdict(dict) for name in DIMENSIONS}
    )

    def of(self, stage: str, back: int = 0) -> Figure:
        return self.weeks[back].get(stage, _NOTHING)

    def in_all(self, stage: str) -> Figure:
        return self.total.get(stage, _NOTHING)


def count(scope: Scope) -> Counts:
    """Two queries, one of them for the branches' clocks."""
    found = Counts()
    with connection.cursor() as cursor:
        cursor.execute(*facts.statement(scope, _COUNT))
        for row in cursor.fetchall():
            _place(found, row)
    return found


def _place(found: Counts, row: tuple[Any, ...]) -> None:
    stage, n, this, level, *keys, messages, people = row
    figure = Figure(messages, people)
    # GROUPING has a bit for each of its arguments, the first one highest: 0 where the row is grouped by it.
    grouped = [not level >> (_BITS - 1 - place) & 1 for place in range(_BITS)]
    by = next((place for place in range(len(DIMENSIONS)) if grouped[2 + place]), None)
    if by is not None:
        if not grouped[1]:
            found.twelve[DIMENSIONS[by]][keys[by]][stage] = figure
        elif this:
            found.week[DIMENSIONS[by]][keys[by]][stage] = figure
    elif grouped[0]:
        found.weeks[n][stage] = figure
    else:
        found.total[stage] = figure
