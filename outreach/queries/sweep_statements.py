"""The statements of a sweep: each moves every row that is due, however many sweeps run at once."""

_TAKEN_BACK = """
, back AS (
  UPDATE outreach_touch t SET state = 'skipped', reason = 'enrollment_stopped', detail = s.stop_reason, settled_at = %(now)s
  FROM stopped s WHERE t.enrollment_id = s.id AND t.state IN ('scheduled', 'ready')
), called AS (
  UPDATE outreach_calltask c SET done_at = %(now)s, outcome = 'stopped: ' || s.stop_reason
  FROM stopped s, outreach_touch t WHERE t.enrollment_id = s.id AND c.touch_id = t.id AND c.done_at IS NULL
)
SELECT count(*) FROM stopped"""

END_OF_OPPORTUNITY = f"""
WITH stopped AS (
  UPDATE outreach_enrollment e SET state = 'stopped', stop_reason = 'opportunity_closed', stop_detail = o.status,
    ended_at = %(now)s
  FROM loans_opportunity o
  WHERE o.id = e.opportunity_id AND e.state IN ('active', 'paused') AND o.status NOT IN ('new', 'contacting', 'snoozed')
  RETURNING e.id, e.stop_reason
){_TAKEN_BACK}"""  # noqa: S608  constants of this module only

END_OF_OFFICER = f"""
WITH stopped AS (
  UPDATE outreach_enrollment e SET state = 'stopped', stop_reason = 'officer_left', stop_detail = '', ended_at = %(now)s
  FROM loans_loan l, accounts_user u
  WHERE l.id = e.loan_id AND u.id = e.officer_id AND e.state IN ('active', 'paused')
    AND (NOT u.is_active OR l.officer_id IS DISTINCT FROM e.officer_id)
  RETURNING e.id, e.stop_reason
){_TAKEN_BACK}"""  # noqa: S608  constants of this module only

PAUSE_SNOOZED = """
UPDATE outreach_enrollment e SET state = 'paused', stop_detail = 'snoozed' FROM loans_opportunity o
WHERE o.id = e.opportunity_id AND e.state = 'active' AND o.status = 'snoozed'"""

RESUME_AWAKE = """
WITH awake AS (
  UPDATE outreach_enrollment e SET state = 'active', stop_detail = '' FROM loans_opportunity o
  WHERE o.id = e.opportunity_id AND e.state = 'paused' AND e.stop_detail = 'snoozed' AND o.status IN ('new', 'contacting')
  RETURNING e.id
)
UPDATE outreach_touch t SET not_after = greatest(t.not_after, %(now)s + interval '2 days') FROM awake a
WHERE t.enrollment_id = a.id AND t.state IN ('scheduled', 'ready')"""

# The database's own clock: a claim lasts as long as it says, whatever a worker's clock shows.
REAP = """
WITH lost AS (
  UPDATE outreach_touch SET state = 'unknown', reason = 'worker_lost', settled_at = %(now)s,
    detail = 'The sender ended between its call and its note'
  WHERE state = 'sending' AND claim_until < clock_timestamp()
  RETURNING claim_token
), ended AS (
  UPDATE outreach_attempt a SET ended_at = %(now)s, outcome = 'unknown', code = 'worker_lost' FROM lost
  WHERE a.token = lost.claim_token AND a.ended_at IS NULL
)
SELECT count(*) FROM lost"""

GIVE_UP = """
UPDATE outreach_touch SET state = 'abandoned', detail = 'Nobody could say whether it arrived; it is not sent again'
WHERE state = 'unknown' AND settled_at < %(give_up)s"""

DAY_ONE_OF_UNKNOWN = """
UPDATE outreach_enrollment e SET day_one = (t.claimed_at AT TIME ZONE br.time_zone)::date
FROM outreach_touch t JOIN accounts_branch br ON br.id = t.branch_id
WHERE t.enrollment_id = e.id AND e.day_one IS NULL AND e.state = 'active' AND t.state = 'abandoned'
  AND t.claimed_at IS NOT NULL"""

TOO_LATE = """
WITH late AS (
  UPDATE outreach_touch t SET state = 'skipped', reason = 'too_late', settled_at = %(now)s,
    detail = CASE WHEN t.reason = '' THEN 'Nobody let it go in time'
      ELSE 'It waited too long: ' || replace(t.reason, '_', ' ') END
  FROM outreach_enrollment e
  WHERE e.id = t.enrollment_id AND e.state = 'active' AND t.state = 'scheduled' AND t.not_after < %(now)s
  RETURNING t.id
)
SELECT count(*) FROM late"""

# A step with a condition is planned like any other; whether the borrower has met it is asked when it is due.
LEAVE_OUT = """
WITH due AS MATERIALIZED (
  SELECT t.id, t.enrollment_id, v.steps -> 'steps' -> (t.step_n - 1) ->> 'condition' AS condition
  FROM outreach_touch t
  JOIN outreach_enrollment e ON e.id = t.enrollment_id AND e.state = 'active'
  JOIN outreach_sequenceversion v ON v.id = e.version_id
  WHERE t.state = 'scheduled' AND t.due_at <= %(now)s AND t.tries = 0
    AND v.steps -> 'steps' -> (t.step_n - 1) ->> 'condition' IS NOT NULL
  ORDER BY t.id FOR UPDATE OF t SKIP LOCKED
),
told AS (
  SELECT d.id, d.condition, coalesce(bool_or(x.kind = 'opened'), false) AS opened,
    coalesce(bool_or(x.kind = 'clicked' AND x.confirmed), false) AS clicked
  FROM due d
  LEFT JOIN outreach_touch before ON before.enrollment_id = d.enrollment_id
  LEFT JOIN outreach_touchevent x ON x.touch_id = before.id AND NOT x.machine
  GROUP BY 1, 2
)
UPDATE outreach_touch t SET state = 'skipped', reason = 'condition', settled_at = %(now)s,
  detail = CASE told.condition WHEN 'opened' THEN 'Only for whoever opened a message before'
    WHEN 'not_opened' THEN 'Only for whoever opened none before'
    WHEN 'clicked' THEN 'Only for whoever followed a link before' ELSE 'Only for whoever followed no link before' END
FROM told
WHERE t.id = told.id AND CASE told.condition WHEN 'opened' THEN NOT told.opened WHEN 'not_opened' THEN told.opened
  WHEN 'clicked' THEN NOT told.clicked ELSE told.clicked END"""

MAKE_READY = """
WITH due AS MATERIALIZED (
  SELECT t.id FROM outreach_touch t
  LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
  LEFT JOIN outreach_branchoutreach br ON br.branch_id = t.branch_id
  WHERE t.state = 'scheduled' AND t.due_at <= %(now)s
    AND (t.kind <> 'sequence' OR e.state = 'active'
      AND (br.mode = 'automatic' OR br.mode = 'review' AND t.released_at IS NOT NULL))
  ORDER BY t.due_at, t.id LIMIT %(most_ready)s FOR UPDATE OF t SKIP LOCKED
)
UPDATE outreach_touch t SET state = 'ready', queued_at = NULL FROM due WHERE t.id = due.id"""

HINT = """
WITH ready AS MATERIALIZED (
  SELECT id FROM outreach_touch WHERE state = 'ready' AND (queued_at IS NULL OR queued_at < %(hint_again)s)
  ORDER BY due_at, id LIMIT %(most_hints)s FOR UPDATE SKIP LOCKED
)
UPDATE outreach_touch t SET queued_at = %(now)s FROM ready WHERE t.id = ready.id RETURNING t.id"""
