"""The statements of a back-test, around temporary tables: the loans once, and their months a slice of loans at a time."""

from collections.abc import Sequence

from reports.domain.backtest_hazards import WINDOW
from reports.domain.backtest_histories import PREPAID, SIZES
from reports.domain.backtest_results import FALSE_ALARM_MONTHS

TABLES = """
DROP TABLE IF EXISTS backtest_loan, backtest_market, backtest_month, backtest_outcome, backtest_flag;
CREATE TEMPORARY TABLE backtest_loan (
  number text PRIMARY KEY, note_rate numeric(6, 3), original_amount numeric(12, 2), term_months integer,
  first_payment_date date, origination_date date, property_state text, refinance boolean, adjustable boolean,
  read boolean NOT NULL DEFAULT false) ON COMMIT DROP;
CREATE TEMPORARY TABLE backtest_market (
  month integer PRIMARY KEY, as_of date, rate_30 numeric(6, 3), rate_15 numeric(6, 3), refinance_cutoff date,
  early_payoff_cutoff date) ON COMMIT DROP;
CREATE TEMPORARY TABLE backtest_month (
  number text, month integer, rate numeric(6, 3), balance numeric(12, 2), modified boolean, code text, ended integer
  ) ON COMMIT DROP"""

COPY_LOANS = (
    "COPY backtest_loan (number, note_rate, original_amount, term_months, first_payment_date, origination_date, "
    "property_state, refinance, adjustable) FROM STDIN"
)
COPY_MARKET = "COPY backtest_market FROM STDIN"
COPY_MONTHS = "COPY backtest_month FROM STDIN"

# What the formulas can take: the same bounds as the portfolio's own.
_PLAUSIBLE = "note_rate > 0 AND note_rate < 25 AND term_months BETWEEN 1 AND 480 AND original_amount > 0"

SKIPPED = f"""
SELECT count(*) FILTER (WHERE adjustable), count(*) FILTER (WHERE NOT adjustable AND ({_PLAUSIBLE}) IS NOT TRUE),
  count(*) FILTER (WHERE NOT read)
FROM backtest_loan"""  # noqa: S608

# Loans of the slice that another slice had, or that stand in two places of this one.
MARK_READ = """
WITH slice AS (SELECT DISTINCT number FROM backtest_month), marked AS (
  UPDATE backtest_loan l SET read = true FROM slice s WHERE l.number = s.number RETURNING old.read AS again)
SELECT (SELECT count(*) FROM slice), (SELECT count(*) FROM marked), (SELECT count(*) FROM marked WHERE again)"""

# The end of a history is the month its code says, or that of the line where that month is missing.
OUTCOMES = f"""
CREATE TEMPORARY TABLE backtest_outcome ON COMMIT DROP AS
SELECT o.*, l.note_rate, l.original_amount, l.term_months, l.first_payment_date, l.origination_date, l.property_state,
  CASE WHEN l.refinance THEN l.origination_date END AS last_refinanced,
  date_part('year', l.origination_date)::integer AS vintage,
  width_bucket(l.original_amount, ARRAY[{", ".join(map(str, SIZES))}]::numeric[]) AS size,
  o.code = '{PREPAID}' AND o.ended < m.maturity AS prepaid, o.code = '{PREPAID}' AND o.ended >= m.maturity AS matured
FROM (
  SELECT number, max(month) AS last, min(coalesce(ended, month)) FILTER (WHERE code <> '') AS ended,
    (array_agg(code ORDER BY month) FILTER (WHERE code <> ''))[1] AS code
  FROM backtest_month GROUP BY number) AS o
JOIN backtest_loan l USING (number)
CROSS JOIN LATERAL (SELECT (date_part('year', l.first_payment_date) * 12 + date_part('month', l.first_payment_date))::integer
  + l.term_months - 1 AS maturity) AS m
WHERE NOT l.adjustable AND {_PLAUSIBLE}"""  # noqa: S608

# A month is one at risk until the history ends. A modified loan is in loss mitigation, which the match never solicits.
FACTS = """
SELECT m.number, m.month, o.vintage, o.size, o.last, o.ended, coalesce(o.prepaid, false) AS prepaid,
  coalesce(CASE WHEN m.rate > 0 AND m.rate < 25 THEN m.rate END, o.note_rate) AS note_rate, NULL::numeric AS current_rate,
  false AS is_arm, false AS interest_only, o.original_amount, o.term_months, o.first_payment_date, o.origination_date,
  CASE WHEN m.balance > 0 THEN m.balance END AS upb, k.as_of AS upb_as_of, 'conventional' AS program, o.property_state,
  true AS is_active, 1 AS lien_position, NULL::date AS early_payoff_until, NOT m.modified AS do_not_solicit_clear,
  false AS has_open_application, o.last_refinanced, k.as_of, k.rate_30, k.rate_15, k.refinance_cutoff, k.early_payoff_cutoff
FROM backtest_month m JOIN backtest_outcome o USING (number) JOIN backtest_market k USING (month)
WHERE o.ended IS NULL OR m.month < o.ended"""

NEXT_SLICE = "DROP TABLE IF EXISTS backtest_outcome, backtest_flag; TRUNCATE backtest_month"

ENDS = """
SELECT count(*), count(*) FILTER (WHERE prepaid), count(*) FILTER (WHERE matured),
  count(*) FILTER (WHERE code IS NOT NULL AND NOT prepaid AND NOT matured), count(*) FILTER (WHERE code IS NULL)
FROM backtest_outcome"""


def flagged(select: str) -> str:
    """The flags of a slice as a table; `select` is the staged statement."""
    return f"CREATE TEMPORARY TABLE backtest_flag ON COMMIT DROP AS {select}"


def _known(months: int) -> str:
    return f"(ended IS NOT NULL OR last >= month + {months})"


def _prepaid(months: int) -> str:
    return f"(prepaid AND ended <= month + {months})"


def counted(criteria: int) -> str:
    """Months at risk, windows and spells of a slice: for all, by vintage, by size and by month, in one pass.

    A spell is a run of flagged months of a loan; it begins in a month whose month before was not flagged.
    """
    numbers = range(criteria)
    begins = ", ".join(f"f{at} AND NOT coalesce(lag(f{at}) OVER w, false) AS s{at}" for at in numbers)
    months = _known(WINDOW)
    counts = ["count(*)", f"count(*) FILTER (WHERE {months})", f"count(*) FILTER (WHERE {months} AND {_prepaid(WINDOW)})"]
    for at in numbers:
        counts += [
            f"count(*) FILTER (WHERE f{at})",
            f"count(*) FILTER (WHERE f{at} AND {months})",
            f"count(*) FILTER (WHERE f{at} AND {months} AND {_prepaid(WINDOW)})",
            f"count(*) FILTER (WHERE s{at})",
        ]
        for ahead in FALSE_ALARM_MONTHS:
            counts += [
                f"count(*) FILTER (WHERE s{at} AND {_known(ahead)})",
                f"count(*) FILTER (WHERE s{at} AND {_known(ahead)} AND NOT {_prepaid(ahead)})",
            ]
    # Counted once in the smallest groups: four grouping sets over the months themselves would count everything four times.
    cells = ", ".join(f"{count} AS c{at}" for at, count in enumerate(counts))
    sums = ", ".join(f"sum(c{at})::bigint" for at in range(len(counts)))
    return f"""
WITH spells AS (SELECT *, {begins} FROM backtest_flag WINDOW w AS (PARTITION BY number ORDER BY month)),
cells AS MATERIALIZED (SELECT vintage, size, month, {cells} FROM spells GROUP BY vintage, size, month)
SELECT vintage, size, month, {sums} FROM cells GROUP BY GROUPING SETS ((), (vintage), (size), (month))"""  # noqa: S608


def first_flags(criteria: int) -> str:
    """Loans by criterion, outcome and months from the first flag to the prepayment; both unknown where never flagged.

    The lead is of prepaid loans. All, by vintage and by size.
    """
    firsts = ", ".join(f"min(month) FILTER (WHERE f{at}) AS first{at}" for at in range(criteria))
    values = ", ".join(f"({at}, first{at})" for at in range(criteria))
    return f"""
WITH loans AS (
  SELECT number, vintage, size, ended, prepaid, {firsts} FROM backtest_flag GROUP BY number, vintage, size, ended, prepaid)
SELECT vintage, size, c.at, prepaid, c.first IS NOT NULL AS flagged,
  CASE WHEN prepaid THEN ended - c.first END AS lead, count(*)
FROM loans CROSS JOIN LATERAL (VALUES {values}) AS c (at, first)
GROUP BY GROUPING SETS ((3, 4, 5, 6), (1, 3, 4, 5, 6), (2, 3, 4, 5, 6))"""  # noqa: S608


def names(criteria: int) -> Sequence[str]:
    """What the counts of `counted` are, in order, after the group: `months`, …, then for each criterion `3.flagged`, …"""
    shared = ["months", "windows", "windows_prepaid"]
    each = ["flagged", "windows", "windows_prepaid", "spells"]
    each += [name for ahead in FALSE_ALARM_MONTHS for name in (f"known_{ahead}", f"false_{ahead}")]
    return [*shared, *(f"{at}.{name}" for at in range(criteria) for name in each)]
