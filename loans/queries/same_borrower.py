"""What is known of a loan's borrowers from their other loans.

Same borrower: same normalized e-mail, or same phone and last name; empty never matches. Only loans with something to tell (a
recent refinance, an open application, a flag) are looked up, so that the join stays small on a large book.
"""

from datetime import date

from django.db.models import BigIntegerField, BooleanField, DateField
from django_cte import CTE
from django_cte.raw import raw_cte_sql

# The date a loan was last refinanced: as its file says, or its own closing where it is a refinance itself.
REFINANCED = """greatest(l.last_refinanced_on,
    CASE WHEN l.purpose IN ('refinance', 'cash_out_refinance') THEN l.origination_date END)"""

# An investor's ban on solicitation binds the loan; every other flag binds the person.
FLAGGED = "(l.do_not_solicit NOT IN ('', 'unknown') AND l.do_not_solicit NOT ILIKE '%%investor%%')"

APPLYING = """(l.status = 'in_application' OR EXISTS (
    SELECT FROM loans_opportunity o WHERE o.loan_id = l.id AND o.status = 'application'))"""

BY_EMAIL = "b.email_lookup"
BY_PHONE_AND_NAME = "b.phone_lookup || convert_to(lower(b.last_name), 'UTF8')"


def _keys(key: str, named: str = "") -> str:
    return f"""SELECT {key} AS key, max(n.refinanced) AS refinanced, bool_or(n.applying) AS applying, bool_or(n.flagged) AS flagged
    FROM notable n JOIN loans_borrower b ON b.loan_id = n.id WHERE {key} IS NOT NULL {named} GROUP BY 1"""


def _found(key: str, named: str = "") -> str:
    return f"""SELECT b.loan_id, k.refinanced, k.applying, k.flagged
    FROM loans_borrower b JOIN keys k ON k.key = {key} WHERE true {named}"""


NAMED = "AND b.last_name <> ''"

SQL = f"""
WITH notable AS MATERIALIZED (
  SELECT l.id, {REFINANCED} AS refinanced, {APPLYING} AS applying, {FLAGGED} AS flagged FROM loans_loan l
  WHERE {REFINANCED} > %s OR {APPLYING} OR {FLAGGED}
),
keys AS MATERIALIZED ({_keys(BY_EMAIL)} UNION ALL {_keys(BY_PHONE_AND_NAME, NAMED)}),
found AS ({_found(BY_EMAIL)} UNION ALL {_found(BY_PHONE_AND_NAME, NAMED)})
SELECT loan_id, max(refinanced) AS refinanced, bool_or(applying) AS applying, bool_or(flagged) AS flagged
FROM found GROUP BY loan_id
"""  # noqa: S608  constants of this module only


def facts(refinanced_after: date) -> CTE:
    """A CTE with loan_id, refinanced (the latest, after the given day), applying and flagged, for loans that have any."""
    fields = {
        "loan_id": BigIntegerField(),
        "refinanced": DateField(null=True),
        "applying": BooleanField(),
        "flagged": BooleanField(),
    }
    return CTE(raw_cte_sql(SQL, [refinanced_after], fields), name="same_borrower", materialized=True)
