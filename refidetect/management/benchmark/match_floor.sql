-- The least a match can cost: the same figures in SQL staged by hand, one SELECT and one upsert. No rules beyond the spread and the
-- term, no history, no counts, no borrowers' other loans. Parameters: as_of, run.
WITH facts AS MATERIALIZED (
  SELECT id, loan_number, note_rate, note_rate::float8 / 1200.0 AS r, term_months, upb, original_amount::float8 AS amount, program,
    greatest(0, least(term_months, (date_part('year', %(as_of)s::date) * 12 + date_part('month', %(as_of)s::date)
      - date_part('year', first_payment_date) * 12 - date_part('month', first_payment_date))::integer
      + CASE WHEN date_part('day', %(as_of)s::date) >= date_part('day', first_payment_date) THEN 1 ELSE 0 END)) AS made,
    greatest(0, least(term_months, (date_part('year', upb_as_of) * 12 + date_part('month', upb_as_of)
      - date_part('year', first_payment_date) * 12 - date_part('month', first_payment_date))::integer
      + CASE WHEN date_part('day', upb_as_of) >= date_part('day', first_payment_date) THEN 1 ELSE 0 END)) AS made_then
  FROM loans_loan WHERE status = 'active' AND lien_position = 1
), payments AS MATERIALIZED (
  SELECT *, term_months - made AS n, amount * r / (1 - (1 + r) ^ (-term_months)) AS p FROM facts
), balances AS MATERIALIZED (
  SELECT *, CASE WHEN upb IS NOT NULL THEN upb::float8 * (1 + r) ^ (made - made_then) - p * ((1 + r) ^ (made - made_then) - 1) / r
    ELSE p * (1 - (1 + r) ^ (-n)) / r END AS b
  FROM payments WHERE n > 60
), terms AS MATERIALIZED (
  SELECT *, CASE WHEN 1 - b * r / p > 0 THEN least(n, -ln(1 - b * r / p) / ln(1 + r)) ELSE n END AS m,
    CASE WHEN term_months <= 180 THEN 5.750 ELSE 6.500 END AS market
  FROM balances WHERE b > 0.01
), scenarios AS MATERIALIZED (
  SELECT *, round(p::numeric, 2)::float8 AS pay, round((b * market / 1200 / (1 - (1 + market / 1200) ^ (-m)))::numeric, 2)::float8 AS pay_new,
    round((b * market / 1200 / (1 - (1 + market / 1200) ^ (-360)))::numeric, 2)::float8 AS pay_long,
    round((2000 + b * 0.01)::numeric, 2)::float8 AS costs
  FROM terms WHERE note_rate - market >= 0.625
)
INSERT INTO loans_opportunity AS o (loan_id, loan_number, status, opened_on, opened_run_id, opened_market_rate, reason,
  status_before_snooze, created_at, as_of, product, proxy, note_rate, market_rate, spread, threshold, upb, upb_estimated,
  above_schedule, months_remaining, months_to_run, current_payment, new_payment, monthly_savings, total_interest_savings, closing_costs,
  net_savings, break_even_months, long_payment, long_interest_savings, qualifies, review)
SELECT id, loan_number, 'new', %(as_of)s, %(run)s, market, '', '', now(), %(as_of)s, program || '_30', false, note_rate, market,
  note_rate - market, 0.625, b, upb IS NULL, false, n, m, pay, pay_new, pay - pay_new, (pay - pay_new) * m, costs,
  (pay - pay_new) * m - costs, ceil(costs / (pay - pay_new)), pay_long, pay * m - pay_long * 360, true, ''
FROM scenarios WHERE pay > pay_new
ON CONFLICT (loan_id) WHERE status IN ('new', 'contacting', 'engaged', 'appointment', 'application', 'snoozed') DO UPDATE
SET as_of = EXCLUDED.as_of, market_rate = EXCLUDED.market_rate, spread = EXCLUDED.spread, upb = EXCLUDED.upb,
  months_remaining = EXCLUDED.months_remaining, months_to_run = EXCLUDED.months_to_run, current_payment = EXCLUDED.current_payment,
  new_payment = EXCLUDED.new_payment, monthly_savings = EXCLUDED.monthly_savings,
  total_interest_savings = EXCLUDED.total_interest_savings, closing_costs = EXCLUDED.closing_costs, net_savings = EXCLUDED.net_savings,
  break_even_months = EXCLUDED.break_even_months, long_payment = EXCLUDED.long_payment,
  long_interest_savings = EXCLUDED.long_interest_savings
WHERE (o.market_rate, o.spread, o.upb, o.months_remaining, o.current_payment, o.new_payment, o.monthly_savings, o.total_interest_savings)
  IS DISTINCT FROM (EXCLUDED.market_rate, EXCLUDED.spread, EXCLUDED.upb, EXCLUDED.months_remaining, EXCLUDED.current_payment,
    EXCLUDED.new_payment, EXCLUDED.monthly_savings, EXCLUDED.total_interest_savings)
