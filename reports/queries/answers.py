"""How long borrowers who replied in the week waited for an answer, by officer."""

from dataclasses import dataclass, field

from django.db import connection

from reports.queries import facts
from reports.queries.scope import Scope

_ANSWERS = f"""
, waits AS (
  SELECT DISTINCT r.id, own.officer_id, extract(epoch FROM r.handled_at - r.at)::float AS seconds
  FROM facts own JOIN outreach_reply r ON r.opportunity_id = own.opportunity_id AND r.at = own.at
  WHERE own.stage = 'replied' AND own.this AND r.reading NOT IN ('automatic', 'opt_out') AND {facts.OF_THE_SEQUENCE}
)
SELECT officer_id, GROUPING(officer_id), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds), count(*),
  count(*) FILTER (WHERE seconds IS NULL)
FROM waits GROUP BY GROUPING SETS ((officer_id), ())"""  # noqa: S608


@dataclass(frozen=True)
class Wait:
    """The median in seconds, None where nothing was answered; how many replies there were, and how many still wait."""

    seconds: float | None
    replies: int
    waiting: int


@dataclass
class Answers:
    by_officer: dict[int | None, Wait] = field(default_factory=dict)
    all: Wait = field(default_factory=lambda: Wait(None, 0, 0))


def answers(scope: Scope) -> Answers:
    """Two queries, one of them for the branches' clocks."""
    found = Answers()
    with connection.cursor() as cursor:
        cursor.execute(*facts.statement(scope, _ANSWERS))
        for officer, everybody, seconds, replies, waiting in cursor.fetchall():
            wait = Wait(seconds, replies, waiting)
            if everybody:
                found.all = wait
            else:
                found.by_officer[officer] = wait
    return found
