"""The statements of switching: who would be begun, by officer, and messages that become calls."""

# New conversations of this instant and those begun before today, by officer.
BEGUN_BY_OFFICER = """
SELECT count(*) FILTER (WHERE e.started_at = %(now)s),
  count(*) FILTER (WHERE e.started_at >= %(day)s AND e.started_at < %(now)s AND e.started_by_id IS NULL)
FROM outreach_enrollment e WHERE e.branch_id = %(branch)s AND e.started_at >= %(day)s
GROUP BY e.officer_id HAVING count(*) FILTER (WHERE e.started_at = %(now)s) > 0"""

INTO_CALLS = """
UPDATE outreach_touch t SET channel = 'call', reason = 'calls_only', address_lookup = b.phone_lookup, template_version_id = NULL
FROM loans_borrower b
WHERE b.id = t.borrower_id AND t.officer_id = %(officer)s AND t.kind = 'sequence' AND t.channel <> 'call'
  AND t.state IN ('scheduled', 'ready')"""
