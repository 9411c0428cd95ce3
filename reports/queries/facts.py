"""The facts behind every number, as one statement: who stood in which stage in which week. Counts and lists read the same rows.

A fact is a stage, an opportunity, a touch where it is about one, the week it belongs to on the clock of its branch, and the
sequence it is owed to: that of its touch, or the last one that had begun by then.
"""

from typing import Any

from reports.domain import bands
from reports.domain.weeks import SHOWN
from reports.queries import scope as scoping
from reports.queries.scope import Scope

_SEEN = """
seen AS MATERIALIZED (
  SELECT o.id, o.loan_id, o.opened_on, o.closed_on, o.status, o.threshold, l.program, l.branch_id, l.officer_id,
    coalesce(b.time_zone, %(zone)s) AS zone,
    coalesce(width_bucket(o.note_rate - o.opened_market_rate, %(edges)s::numeric[]), -1) AS band
  FROM loans_opportunity o JOIN loans_loan l ON l.id = o.loan_id LEFT JOIN accounts_branch b ON b.id = l.branch_id
  WHERE o.id IN ({scope})
),
weeks AS (
  SELECT *
  FROM unnest(%(zones)s::text[], %(ns)s::int[], %(mondays)s::date[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
    AS week(zone, n, monday, begins, ends)
)"""

_MESSAGES = """
messages AS MATERIALIZED (
  SELECT t.id, t.opportunity_id, t.sent_at, t.state, t.channel, e.sequence_id
  FROM outreach_touch t JOIN seen ON seen.id = t.opportunity_id LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
  WHERE t.channel IN ('email', 'sms') AND t.kind <> 'confirmation' AND t.sent_at >= %(first)s AND t.sent_at < %(last)s
)"""

_HAPPENED = """
happened AS (
  SELECT 'sent' AS stage, opportunity_id, id AS touch_id, sent_at AS at, sequence_id, true AS known FROM messages
  UNION ALL
  SELECT 'delivered', opportunity_id, id, sent_at, sequence_id, true FROM messages WHERE state = 'delivered'
  UNION ALL
  SELECT 'delivered_email', opportunity_id, id, sent_at, sequence_id, true
  FROM messages WHERE state = 'delivered' AND channel = 'email'
  UNION ALL
  SELECT stage.name, t.opportunity_id, t.id, v.at, e.sequence_id, e.id IS NOT NULL
  FROM outreach_touchevent v JOIN outreach_touch t ON t.id = v.touch_id JOIN seen ON seen.id = t.opportunity_id
  LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
  CROSS JOIN LATERAL (
    SELECT 'opened' AS name WHERE v.kind = 'opened' AND NOT v.machine
    UNION ALL SELECT 'opened_by_machine' WHERE v.kind = 'opened' AND v.machine
    UNION ALL SELECT 'clicked' WHERE v.kind IN ('clicked', 'times') AND v.confirmed
    UNION ALL SELECT 'clicked_email' WHERE v.kind IN ('clicked', 'times') AND v.confirmed AND t.channel = 'email'
    UNION ALL SELECT 'clicked_unconfirmed' WHERE v.kind = 'clicked' AND NOT v.confirmed AND NOT EXISTS (
      SELECT FROM outreach_touchevent c WHERE c.touch_id = v.touch_id AND c.kind IN ('clicked', 'times') AND c.confirmed)
  ) stage
  WHERE v.kind IN ('opened', 'clicked', 'times') AND v.at >= %(first)s AND v.at < %(last)s
  UNION ALL
  SELECT 'replied', r.opportunity_id, r.touch_id, r.at, e.sequence_id, e.id IS NOT NULL
  FROM outreach_reply r JOIN seen ON seen.id = r.opportunity_id LEFT JOIN outreach_touch t ON t.id = r.touch_id
  LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
  WHERE r.reading NOT IN ('automatic', 'opt_out') AND r.at >= %(first)s AND r.at < %(last)s
  UNION ALL
  SELECT 'booked', a.opportunity_id, a.touch_id, a.booked_at, e.sequence_id, e.id IS NOT NULL
  FROM outreach_appointment a JOIN seen ON seen.id = a.opportunity_id LEFT JOIN outreach_touch t ON t.id = a.touch_id
  LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
  WHERE a.booked_at >= %(first)s AND a.booked_at < %(last)s
  UNION ALL
  SELECT 'applied', v.opportunity_id, NULL, v.at, NULL, false
  FROM loans_opportunityevent v JOIN seen ON seen.id = v.opportunity_id
  WHERE v.kind = 'applied' AND v.at >= %(first)s AND v.at < %(last)s
  UNION ALL
  SELECT 'opted_out', coalesce(t.opportunity_id, newest.id), c.touch_id, c.at, e.sequence_id, e.id IS NOT NULL
  FROM outreach_consent c LEFT JOIN outreach_touch t ON t.id = c.touch_id
  LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id LEFT JOIN loans_borrower b ON b.id = c.borrower_id
  LEFT JOIN LATERAL (
    SELECT o.id FROM loans_opportunity o WHERE t.id IS NULL AND o.loan_id = b.loan_id
    ORDER BY o.opened_on DESC, o.id DESC LIMIT 1
  ) newest ON true
  WHERE c.act = 'revoked' AND c.source NOT IN ('bounce', 'file') AND c.method <> 'doubtful words'
    AND c.at >= %(first)s AND c.at < %(last)s
),
dated AS (
  SELECT 'identified' AS stage, id AS opportunity_id, opened_on AS day FROM seen
  UNION ALL SELECT 'closed', id, closed_on FROM seen WHERE status = 'closed'
  UNION ALL SELECT 'lost', id, closed_on FROM seen WHERE status = 'lost'
),
placed AS (
  SELECT h.stage, h.opportunity_id, h.touch_id, h.at, w.n, h.sequence_id, h.known
  FROM happened h JOIN seen s ON s.id = h.opportunity_id JOIN weeks w ON w.zone = s.zone AND h.at >= w.begins AND h.at < w.ends
  UNION ALL
  SELECT d.stage, d.opportunity_id, NULL, w.ends, w.n, NULL, d.stage = 'identified'
  FROM dated d JOIN seen s ON s.id = d.opportunity_id
  JOIN weeks w ON w.zone = s.zone AND d.day >= w.monday AND d.day < w.monday + 7
)"""

_FACTS = """
own AS MATERIALIZED (
  SELECT p.stage, p.opportunity_id, p.touch_id, p.at, p.n, p.n = 0 AS this, s.branch_id, s.officer_id, s.threshold, s.band,
    s.program,
    CASE WHEN p.known THEN p.sequence_id ELSE began.sequence_id END AS sequence_id
  FROM placed p JOIN seen s ON s.id = p.opportunity_id LEFT JOIN LATERAL (
    SELECT e.sequence_id FROM outreach_enrollment e
    WHERE NOT p.known AND e.opportunity_id = p.opportunity_id AND e.started_at <= p.at
    ORDER BY e.started_at DESC, e.id DESC LIMIT 1
  ) began ON true
  WHERE %(band)s::int IS NULL OR s.band = %(band)s
),
facts AS (
  SELECT * FROM own
  UNION ALL
  SELECT own.stage || '_after', opportunity_id, touch_id, at, n, this, branch_id, officer_id, threshold, band, program,
    sequence_id
  FROM own WHERE stage IN ('applied', 'opted_out') AND EXISTS (
    SELECT FROM own written WHERE written.stage = 'sent' AND written.opportunity_id = own.opportunity_id
      AND written.sequence_id IS NOT DISTINCT FROM own.sequence_id)
)"""

OF_THE_SEQUENCE = "(%(sequence)s::bigint IS NULL OR coalesce(sequence_id, 0) = %(sequence)s)"
"""The condition on a fact, where the report is narrowed to a sequence."""


def statement(scope: Scope, ending: str) -> tuple[str, dict[str, Any]]:
    """`WITH … facts AS (…)` and the ending that reads it, with its parameters. One query more for the branches' clocks."""
    within, values = scoping.as_sql(scope)
    bounds = scoping.weeks(scope, SHOWN)
    seen = _SEEN.replace("{scope}", within)
    parameters = values | bounds | {
        "zone": scope.zone.key,
        "edges": list(bands.EDGES),
        "first": min(bounds["begins"]),
        "last": max(bounds["ends"]),
        "band": scope.asked.band,
        "sequence": scope.asked.sequence,
    }  # fmt: skip
    return f"WITH {seen}, {_MESSAGES}, {_HAPPENED}, {_FACTS} {ending}", parameters
