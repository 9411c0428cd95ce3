"""After which step of a sequence borrowers opted out, in twelve weeks."""

from collections import defaultdict

from django.db import connection

from reports.queries import facts
from reports.queries.scope import Scope

_STEPS = f"""
SELECT f.sequence_id, last.day, last.channel, count(DISTINCT f.opportunity_id)
FROM facts f CROSS JOIN LATERAL (
  SELECT t.day, t.channel FROM outreach_touch t JOIN outreach_enrollment e ON e.id = t.enrollment_id
  WHERE t.opportunity_id = f.opportunity_id AND e.sequence_id = f.sequence_id AND t.sent_at <= f.at
  ORDER BY t.sent_at DESC LIMIT 1
) last
WHERE f.stage = 'opted_out_after' AND {facts.OF_THE_SEQUENCE}
GROUP BY f.sequence_id, last.day, last.channel
ORDER BY f.sequence_id, count(DISTINCT f.opportunity_id) DESC, last.day"""  # noqa: S608
_WORDS = {"email": "e-mail", "sms": "text", "call": "call"}


def steps(scope: Scope) -> dict[int, str]:
    """By sequence the step after which most opted out, `after day 4 text`; missing where nobody did. Two queries."""
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(*facts.statement(scope, _STEPS))
        for sequence, day, channel, _ in cursor.fetchall():
            found[sequence].append(f"after day {day} {_WORDS[channel]}")
    return {sequence: said[0] for sequence, said in found.items()}
