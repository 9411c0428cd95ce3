"""The score of stored opportunities: weights in force, its column, and what other weights would make of a reader's queue."""

import itertools
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.db.models import Count, F, Func, Q
from django.db.models.functions import Cast

from accounts.models import User
from loans.domain import score, words
from loans.models import Opportunity, ScoreWeights
from loans.queries import columns, opportunities

TOP = 10
LABELS = {part.name: part.label for part in score.PARTS} | {"cutoff": "Reach out from"}


class _Written(Func):
    """SQL as it stands, with the type it has; for statements that no query set writes."""

    def __init__(self, sql: str, output_field: Any) -> None:
        super().__init__(template=sql.replace("%", "%%"), output_field=output_field)


def weights() -> score.Weights:
    """Those in force. One query."""
    return of(ScoreWeights.current())


def of(version: ScoreWeights) -> score.Weights:
    return score.Weights(**{name: getattr(version, name) for name in score.Weights.__dataclass_fields__})


def speaking_for(approach: str, by: score.Weights) -> Q:
    """The rows of one of `score.APPROACHES`; one without a score is of neither."""
    return Q(score__gte=by.cutoff) if approach == score.Approach.PROACTIVE else Q(score__lt=by.cutoff)


def column(by: score.Weights, **instead: Any) -> Any:
    """The score of an opportunity from its own columns, as it is stored; `instead` gives another value for one of them."""
    read = {name: instead.get(name, F(name)) for name in score.INPUTS}
    # Savings are dollars in numeric, and the figures are floats.
    read["total_interest_savings"] = words.number(read["total_interest_savings"])
    return Cast(score.total(read, by), models.DecimalField(max_digits=4, decimal_places=1))


def sql(**written: str) -> str:
    """The same as text for the match's statement, from the SQL of each input; the weights are its parameters by name."""
    read = {name: _Written(written[name], columns.FLOAT) for name in score.INPUTS - {"engagement"}}
    read["engagement"] = _Written(written["engagement"], columns.INTEGER)
    weighed: dict[str, Any] = {part.name: _Written(f"%(weight_{part.name})s", columns.FLOAT) for part in score.PARTS}
    by = score.Weights(**weighed)
    text, constants = Opportunity.objects.all().query.get_compiler(connection=connection).compile(score.total(read, by))
    if not all(isinstance(constant, int | float) for constant in constants):
        raise TypeError("Only numbers can be written into the statement.")
    literals = tuple(f"{constant:d}" if isinstance(constant, int) else repr(constant) for constant in constants)
    return f"({text.replace('%(', '%%(') % literals})::numeric(4, 1)"


def parameters(by: score.Weights) -> dict[str, int]:
    """What `sql` asks for."""
    return {f"weight_{part.name}": by.of(part) for part in score.PARTS}


def explained(row: Opportunity, by: score.Weights) -> score.Explained | None:
    """The parts of a row's score; None before the first match has scored it."""
    if row.score is None:
        return None
    return score.explain({name: getattr(row, name) for name in score.INPUTS}, by)


@dataclass(frozen=True)
class Version:
    """A version, and what it changed: label, before, after."""

    weights: ScoreWeights
    changes: list[tuple[str, int, int]]


def history() -> list[Version]:
    """Every version, newest first, with what it changed; the first changed nothing."""
    rows = list(ScoreWeights.objects.select_related("by"))
    return [Version(row, _changes(before, row)) for row, before in itertools.zip_longest(rows, rows[1:])]


def _changes(before: ScoreWeights | None, after: ScoreWeights) -> list[tuple[str, int, int]]:
    if before is None:
        return []
    pairs = ((label, getattr(before, name), getattr(after, name)) for name, label in LABELS.items())
    return [(label, old, new) for label, old, new in pairs if old != new]


@dataclass(frozen=True)
class Move:
    """A row that stands among the first now or would with other weights; places from 1, None below what is shown."""

    row: Opportunity
    place: int | None
    then: int | None
    score: Any
    score_then: Any


@dataclass(frozen=True)
class Preview:
    """The reader's first ten by score, as they would be and as they are, and how many they would reach out to."""

    moves: list[Move]
    gone: list[Move]
    proactive: int
    proactive_then: int
    count: int


def preview(user: User, draft: score.Weights) -> Preview:
    """What a reader's own queue would look like. Four queries."""
    now = weights()
    rows = Opportunity.objects.visible_to(user).in_queue().annotate(score_then=column(draft))
    first_now = list(rows.order_by(F("score").desc(nulls_last=True), "loan_number").values_list("pk", flat=True)[:TOP])
    first_then = list(rows.order_by("-score_then", "loan_number").values_list("pk", flat=True)[:TOP])
    shown = {row.pk: row for row in opportunities.visible(user).annotate(score_then=column(draft)).filter(
        pk__in={*first_now, *first_then}
    )}  # fmt: skip
    moves = [_move(shown[pk], first_now, first_then) for pk in first_then]
    gone = [_move(shown[pk], first_now, first_then) for pk in first_now if pk not in first_then]
    counted = rows.aggregate(
        count=Count("pk"),
        now=Count("pk", filter=Q(score__gte=now.cutoff)),
        then=Count("pk", filter=Q(score_then__gte=draft.cutoff)),
    )
    return Preview(moves, gone, counted["now"], counted["then"], counted["count"])


def _move(row: Any, first_now: list[int], first_then: list[int]) -> Move:
    place, then = (ranked.index(row.pk) + 1 if row.pk in ranked else None for ranked in (first_now, first_then))
    return Move(row, place, then, row.score, row.score_then)
