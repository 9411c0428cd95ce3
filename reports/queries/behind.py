"""The rows behind a number: the messages or opportunities that were counted, by the same facts."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from loans.models import Opportunity
from loans.queries import opportunities
from outreach.models import Touch
from reports.domain.stages import Stage, Unit
from reports.queries import facts
from reports.queries.scope import Scope

SPANS = {"week": (0, 0), "before": (1, 1), "twelve": (0, 11)}
"""How many weeks back a list begins and ends."""

_IDS = """
SELECT DISTINCT {column} FROM facts
WHERE stage = %(stage)s AND n BETWEEN %(from_n)s AND %(to_n)s AND {column} IS NOT NULL AND """
_ONE = _IDS + facts.OF_THE_SEQUENCE


@dataclass(frozen=True)
class Behind:
    """`rows` are Touches where the stage counts messages, else Opportunities; newest first."""

    stage: Stage
    rows: QuerySet[Any]
    of_messages: bool


def ids(scope: Scope, stage: Stage, span: str, *, people: bool = False) -> list[Any]:
    """The ids of the rows that were counted; of the opportunities, where people are asked for. Two queries."""
    column = "touch_id" if stage.unit is Unit.MESSAGES and not people else "opportunity_id"
    ending = _ONE.replace("{column}", column)
    from_n, to_n = SPANS[span]
    statement, parameters = facts.statement(scope, ending)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters | {"stage": stage.name, "from_n": from_n, "to_n": to_n})
        return [row[0] for row in cursor.fetchall()]


def behind(user: User, scope: Scope, stage: Stage, span: str, *, people: bool = False) -> Behind:
    """What the person may read of it, which is what was counted for them."""
    found = ids(scope, stage, span, people=people)
    if stage.unit is Unit.MESSAGES and not people:
        seen = Touch.objects.filter(pk__in=found, opportunity__in=Opportunity.objects.visible_to(user))
        rows = seen.select_related("borrower", "opportunity__loan", "officer", "enrollment__sequence", "message")
        return Behind(stage, rows.defer("message__html", "message__text").order_by("-sent_at", "-pk"), of_messages=True)
    return Behind(
        stage, opportunities.visible(user).filter(pk__in=found).order_by("-opened_on", "loan_number"), of_messages=False
    )
