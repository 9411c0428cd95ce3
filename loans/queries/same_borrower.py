"""What is known of a loan's borrowers from their other loans.

Same borrower: same normalized e-mail, or same phone and last name; empty never matches. Only loans with something to tell (a
recent refinance, an open application, a flag) are looked up, so that the join stays small on a large book. What such a loan
tells counts for itself too, where nothing is known by which its borrower could be found.
"""

from datetime import date

from django.db.models import BigIntegerField, BooleanField, DateField
from django_cte import CTE
from django_cte.raw import raw_cte_sql

# An investor's ban on solicitation binds the loan; every other flag binds the person.
FLAGGED = "l.do_not_solicit NOT IN ('', 'unknown') AND l.do_not_solicit NOT ILIKE '%%investor%%'"

# The date a loan was last refinanced: as its file says, or its own closing where it is a refinance itself.
CLOSED_AS_REFINANCE = "l.purpose IN ('refinance', 'cash_out_refinance')"
REFINANCED = f"greatest(l.last_refinanced_on, CASE WHEN {CLOSED_AS_REFINANCE} THEN l.origination_date END)"

_TOLD = "max(n.refinanced) AS refinanced, bool_or(n.applying) AS applying, bool_or(n.flagged) AS flagged"

# What opportunities tell comes as rows of their own, and dates are compared column by column: the planner can tell how few
# there are. Who was archived with "never" stays out, whatever the next file says.
SQL = f"""
WITH notable AS MATERIALIZED (
  SELECT l.id, {REFINANCED} AS refinanced, l.status = 'in_application' AS applying, {FLAGGED} AS flagged FROM loans_loan l
  WHERE l.last_refinanced_on > %s OR {CLOSED_AS_REFINANCE} AND l.origination_date > %s
    OR l.status = 'in_application' OR {FLAGGED}
  UNION ALL
  SELECT o.loan_id, NULL, o.status = 'application', o.status = 'archived' FROM loans_opportunity o
  WHERE o.status = 'application' OR o.status = 'archived' AND o.reason = 'never'
),
by_email AS MATERIALIZED (
  SELECT b.email_lookup AS email, {_TOLD}
  FROM notable n JOIN loans_borrower b ON b.loan_id = n.id WHERE b.email_lookup IS NOT NULL GROUP BY 1
),
by_phone AS MATERIALIZED (
  SELECT b.phone_lookup AS phone, lower(b.last_name) AS name, {_TOLD}
  FROM notable n JOIN loans_borrower b ON b.loan_id = n.id WHERE b.phone_lookup IS NOT NULL AND b.last_name <> '' GROUP BY 1, 2
),
found AS (
  SELECT b.loan_id, n.refinanced, n.applying, n.flagged FROM by_email n JOIN loans_borrower b ON b.email_lookup = n.email
  UNION ALL
  SELECT b.loan_id, n.refinanced, n.applying, n.flagged FROM by_phone n
  JOIN loans_borrower b ON b.phone_lookup = n.phone AND lower(b.last_name) = n.name
  UNION ALL
  SELECT n.id, n.refinanced, n.applying, n.flagged FROM notable n
)
SELECT loan_id, {_TOLD} FROM found n GROUP BY loan_id
"""  # noqa: S608  constants of this module only


def facts(refinanced_after: date) -> CTE:
    """A CTE with loan_id, refinanced (the latest, after the given day), applying and flagged, for loans that have any."""
    fields = {
        "loan_id": BigIntegerField(),
        "refinanced": DateField(null=True),
        "applying": BooleanField(),
        "flagged": BooleanField(),
    }
    return CTE(raw_cte_sql(SQL, [refinanced_after] * 2, fields), name="same_borrower", materialized=True)
