"""Who may be enrolled: open live opportunities that no conversation has begun for, in the order of what they are worth.

One statement finds and inserts them. A household is spoken with once, about the loan that saves most; an officer begins at most
so many conversations a day, and the rest wait, ranked.
"""

# The day of the capacity is the lender's: the caller gives when it began.
ENROLL = """
WITH begun AS (
  SELECT e.officer_id, count(*) AS today FROM outreach_enrollment e WHERE e.started_at >= %(day)s AND e.started_by_id IS NULL
  GROUP BY 1
),
candidate AS MATERIALIZED (
  SELECT o.id, o.loan_id, o.loan_number, coalesce(o.total_interest_savings, 0) AS worth, l.branch_id, l.officer_id,
    coalesce(br.sequence_id, %(sequence)s) AS sequence_id, br.capacity - coalesce(b.today, 0) AS room,
    row_number() OVER (PARTITION BY l.officer_id ORDER BY o.total_interest_savings DESC NULLS LAST, o.loan_number) AS place
  FROM loans_opportunity o
  JOIN loans_loan l ON l.id = o.loan_id
  JOIN loans_matchrun r ON r.id = o.opened_run_id
  JOIN outreach_branchoutreach br ON br.branch_id = l.branch_id AND br.mode <> 'off'
  JOIN accounts_user u ON u.id = l.officer_id AND u.is_active
  LEFT JOIN begun b ON b.officer_id = l.officer_id
  WHERE o.status = 'new' AND o.qualifies AND NOT o.proxy AND o.review = '' AND NOT l.not_in_last_file AND l.status = 'active'
    AND r.live AND r.decision IN ('', 'released')
    AND (br.enrolls <> 'act_now' OR o.spread * 100 >= o.optimal_bp)
    AND NOT EXISTS (SELECT FROM outreach_enrollment e WHERE e.opportunity_id = o.id)
    AND NOT EXISTS (SELECT FROM outreach_enrollment e WHERE e.loan_id = o.loan_id AND e.state IN ('active', 'paused'))
),
-- Who belongs to whom is asked of those alone whose turn may come today.
shortlist AS MATERIALIZED (SELECT * FROM candidate WHERE room > 0 AND place <= 3 * room + 10),
person AS MATERIALIZED (
  SELECT s.id, b.email_lookup, b.phone_lookup, lower(b.last_name) AS name, place.street, place.zip
  FROM shortlist s JOIN loans_borrower b ON b.loan_id = s.loan_id JOIN loans_loan l ON l.id = s.loan_id
  CROSS JOIN LATERAL (VALUES (l.property_street_lookup, left(l.property_zip, 5)),
    (b.mailing_street_lookup, left(b.mailing_zip, 5))) AS place (street, zip)
),
tied AS MATERIALIZED (
  SELECT p.id, b.loan_id FROM person p JOIN loans_borrower b ON b.email_lookup = p.email_lookup
  UNION
  SELECT p.id, b.loan_id FROM person p JOIN loans_borrower b ON b.phone_lookup = p.phone_lookup
    AND lower(b.last_name) = p.name AND p.name <> ''
  UNION
  SELECT p.id, b.loan_id FROM person p JOIN loans_loan l ON l.property_street_lookup = p.street AND p.zip <> ''
    AND left(l.property_zip, 5) = p.zip
    JOIN loans_borrower b ON b.loan_id = l.id AND lower(b.last_name) = p.name AND p.name <> ''
  UNION
  SELECT p.id, b.loan_id FROM person p JOIN loans_borrower b ON b.mailing_street_lookup = p.street AND p.zip <> ''
    AND left(b.mailing_zip, 5) = p.zip AND lower(b.last_name) = p.name AND p.name <> ''
),
standing AS (
  SELECT s.*, row_number() OVER (PARTITION BY s.officer_id ORDER BY s.worth DESC, s.loan_number) AS turn FROM shortlist s
  WHERE NOT EXISTS (
    SELECT FROM tied t JOIN loans_opportunity o ON o.loan_id = t.loan_id AND t.loan_id <> s.loan_id
    LEFT JOIN candidate rival ON rival.id = o.id
    WHERE t.id = s.id AND (
      o.status IN ('contacting', 'engaged', 'appointment', 'application') OR o.status = 'archived' AND o.reason = 'never'
      OR rival.worth > s.worth OR rival.worth = s.worth AND rival.loan_number < s.loan_number))
  AND NOT EXISTS (
    SELECT FROM tied t JOIN outreach_enrollment e ON e.loan_id = t.loan_id
    WHERE t.id = s.id AND e.state IN ('active', 'paused'))
),
enrolled AS (
  INSERT INTO outreach_enrollment (sequence_id, version_id, opportunity_id, loan_id, branch_id, officer_id, run_no,
    trigger_key, state, started_at, stop_reason, stop_detail)
  SELECT s.sequence_id, v.id, s.id, s.loan_id, s.branch_id, s.officer_id, 1, 'opportunity:' || s.id || ':1', 'active',
    %(now)s, '', ''
  FROM standing s
  JOIN outreach_sequence q ON q.id = s.sequence_id AND q.active
  JOIN LATERAL (SELECT id FROM outreach_sequenceversion v WHERE v.sequence_id = s.sequence_id ORDER BY number DESC LIMIT 1) v
    ON true
  WHERE s.turn <= s.room
  ON CONFLICT DO NOTHING
  RETURNING id
)
SELECT count(*) FROM enrolled"""
