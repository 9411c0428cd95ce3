"""The statements of a run, around the temporary table `match_judged` that holds every loan's figures and verdicts."""

from loans.domain import eligibility
from loans.models import Opportunity, OpportunityStatus
from loans.queries import scoring, staging

OPEN = ", ".join(f"'{status}'" for status in OpportunityStatus.open())
FIGURES = Opportunity.FIGURES
# What a run may change in an open opportunity without anybody noticing: the day itself is not news.
NEWS = tuple(name for name in FIGURES if name != "as_of")

MONEY = (
    "current_payment", "new_payment", "monthly_savings", "total_interest_savings", "closing_costs", "net_savings",
    "long_payment", "long_interest_savings", "early_payoff_cost",
)  # fmt: skip

REOPEN_DAYS, REOPEN_DROP, CLOSED_MONTHS = 180, "0.250", 24

# What the statements read of a loan, beside its verdicts.
READ = (
    "product", "proxy", "note_rate", "interest_rate", "market_rate", "spread", "threshold", "balance", "upb", "above_schedule",
    "months_remaining", "months_to_run", "current_payment", "new_payment", "monthly_savings", "total_interest_savings",
    "closing_costs", "net_savings", "break_even_months", "long_payment", "long_interest_savings", "optimal_bp",
    "person_first", "early_payoff_ends", "early_payoff_cost", "is_active", "loan_to_value", "months_since_origination",
)  # fmt: skip

_EXCLUDES = {rule.name: staging.excludes(rule) for rule in eligibility.RULES}


def judged(select: str) -> str:
    """The staged select, reduced to what the other statements read, with `eligible` and, for expiry, `lapsed`.

    A loan whose product has no current rate has not lapsed: one missing feed must not close what is open.
    """
    lapsed = " OR ".join(test for name, test in _EXCLUDES.items() if name != "rate_available")
    return f"""
    SELECT j.id, j.loan_number, {", ".join(f"j.{name}" for name in READ)},
      NOT ({" OR ".join(_EXCLUDES.values())}) AS eligible, ({lapsed}) AS lapsed,
      {", ".join(f"{test} AS out_{name}" for name, test in _EXCLUDES.items())}
    FROM ({select}) AS j"""  # noqa: S608


COUNTS = f"""
SELECT count(*) AS loans, count(*) FILTER (WHERE is_active) AS active, count(*) FILTER (WHERE eligible) AS matched,
  {", ".join(f"count(*) FILTER (WHERE out_{rule.name}) AS {rule.name}" for rule in eligibility.RULES)}
FROM match_judged"""  # noqa: S608


def within(column: str) -> str:
    """Whether a loan's id is in the slice of the portfolio that a statement is about."""
    return f"{column} > %(after)s AND {column} <= %(until)s"


EVERY_LOAN = {"after": 0, "until": staging.NO_LIMIT}


def ended(as_of: str, among: str) -> str:
    """What is closed, by loan: whether it stays shut, and the lowest rate at which one opened that was closed lately.

    It is read once, as a whole: asked row by row, a table that the planner believes empty would be read from end to end for
    each. `as_of` is a date in SQL, `among` a condition on the rows `c`.
    """
    return f"""(SELECT c.loan_id,
    bool_or(c.status = 'closed' AND c.closed_on > {as_of} - interval '{CLOSED_MONTHS} months'
      OR c.status = 'archived' AND c.reason = 'not_this_year' AND c.closed_on > {as_of} - interval '1 year') AS shut,
    min(c.opened_market_rate) FILTER (WHERE (c.status IN ('archived', 'lost')
      OR c.status = 'expired' AND c.last_contact_at IS NOT NULL)
      AND c.closed_on > {as_of} - {REOPEN_DAYS}) AS opened_at
  FROM loans_opportunity c WHERE c.status NOT IN ({OPEN}) AND {among} GROUP BY c.loan_id)"""  # noqa: S608


# After a person closed it, or it expired after contact, a loan opens again only after a while or in a better market.
REOPENABLE = f"e.shut IS NOT TRUE AND (e.opened_at IS NULL OR j.market_rate <= e.opened_at - {REOPEN_DROP})"

# Figures are floats until here; only what is written becomes numeric.
_SQL = {name: f"j.{name}" for name in FIGURES}
_SQL |= {name: f"j.{name}::numeric(12, 2)" for name in MONEY}
_SQL |= {
    "as_of": "%(as_of)s::date",
    "qualifies": "j.eligible",
    # An ARM whose current rate the file lacks stands in the queue, for review, with the rate of its note.
    "note_rate": "coalesce(j.interest_rate, j.note_rate)",
    "spread": "j.spread::numeric(6, 3)",
    "upb": "j.balance::numeric(12, 2)",
    "upb_estimated": "j.upb IS NULL",
    "above_schedule": "coalesce(j.above_schedule, false)",
    "review": "j.person_first",
    "break_even_months": "j.break_even_months::integer",
    "score": scoring.sql(
        total_interest_savings="j.total_interest_savings::numeric(12, 2)",
        loan_to_value="j.loan_to_value",
        months_since_origination="j.months_since_origination",
        engagement="coalesce(o.engagement, 0)",
    ),
}
_VALUES = ", ".join(_SQL.values())

# What opens, and what is open and can be refreshed: without a current rate the last known figures stand.
_SOURCE = f"""FROM match_judged j
  LEFT JOIN loans_opportunity o ON o.loan_id = j.id AND o.status IN ({OPEN}) AND {within("o.loan_id")}
  LEFT JOIN {ended("%(as_of)s::date", within("c.loan_id"))} AS e ON e.loan_id = j.id
  WHERE {within("j.id")} AND CASE WHEN o.id IS NULL THEN j.eligible AND {REOPENABLE} ELSE j.market_rate IS NOT NULL END"""
_DIFFERS = f"({', '.join(f'o.{name}' for name in NEWS)}) IS DISTINCT FROM ({', '.join(f'EXCLUDED.{name}' for name in NEWS)})"

# A borrower who acts while the run works is in the row that is updated, not in the one that was joined.
_LATEST_SCORE = scoring.sql(
    total_interest_savings="EXCLUDED.total_interest_savings",
    loan_to_value="EXCLUDED.loan_to_value",
    months_since_origination="EXCLUDED.months_since_origination",
    engagement="o.engagement",
)
_SET = ", ".join(f"{name} = {_LATEST_SCORE if name == 'score' else f'EXCLUDED.{name}'}" for name in FIGURES)

# Where slices of so many loans end, by id.
ENDS_OF_SLICES = """
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM match_judged) AS counted
WHERE place %% %(loans)s = 0 ORDER BY id"""

# This one and PREVIEW take the weights of the score, as `scoring.parameters` gives them.
UPSERT = f"""
WITH refreshed AS (
  INSERT INTO loans_opportunity AS o (loan_id, loan_number, status, opened_on, opened_run_id, opened_market_rate, reason,
    status_before_snooze, created_at, {", ".join(FIGURES)})
  SELECT j.id, j.loan_number, 'new', %(as_of)s::date, %(run)s, j.market_rate, '', '', now(), {_VALUES} {_SOURCE}
  ON CONFLICT (loan_id) WHERE status IN ({OPEN}) DO UPDATE
    SET {_SET} WHERE {_DIFFERS}
  RETURNING o.id, old.id IS NULL AS opened
), told AS (
  INSERT INTO loans_opportunityevent (opportunity_id, kind, at, run_id, from_status, to_status, text)
  SELECT id, 'opened', now(), %(run)s, '', 'new', '' FROM refreshed WHERE opened
)
SELECT count(*) FILTER (WHERE opened), count(*) FILTER (WHERE NOT opened) FROM refreshed"""  # noqa: S608

_LAPSED = "o.loan_id = j.id AND o.status = 'new' AND j.lapsed"

EXPIRE = f"""
WITH expired AS (
  UPDATE loans_opportunity o SET status = 'expired', qualifies = false, closed_on = %(as_of)s FROM match_judged j
  WHERE {_LAPSED}
  RETURNING o.id
)
INSERT INTO loans_opportunityevent (opportunity_id, kind, at, run_id, from_status, to_status, text)
SELECT id, 'expired', now(), %(run)s, 'new', 'expired', '' FROM expired"""  # noqa: S608

WAKE = """
WITH woken AS (
  UPDATE loans_opportunity SET status = status_before_snooze, status_before_snooze = '', snoozed_until = NULL
  WHERE status = 'snoozed' AND snoozed_until <= %(as_of)s
  RETURNING id, status
)
INSERT INTO loans_opportunityevent (opportunity_id, kind, at, run_id, from_status, to_status, text)
SELECT id, 'woke', now(), %(run)s, 'snoozed', status, '' FROM woken"""

PREVIEW = f"""
SELECT
  (SELECT count(*) {_SOURCE} AND o.id IS NULL),
  (SELECT count(*) {_SOURCE} AND o.id IS NOT NULL AND NOT (o.status = 'new' AND j.lapsed)
    AND ({", ".join(f"o.{name}" for name in NEWS)})
      IS DISTINCT FROM ({", ".join(_SQL[name] for name in NEWS)})),
  (SELECT count(*) FROM match_judged j JOIN loans_opportunity o ON {_LAPSED})"""  # noqa: S608
