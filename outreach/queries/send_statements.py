"""The statements around the one call of a touch: each is one round trip, as every send makes them all."""

# ready → sending for exactly one caller, with what will be handed over and the attempt. The database's clock alone decides how
# long a claim lasts; no worker's clock is compared with another's.
CLAIM = """
WITH claimed AS (
  UPDATE outreach_touch SET state = 'sending', claim_token = %(token)s, claimed_at = %(now)s,
    claim_until = clock_timestamp() + make_interval(secs => %(seconds)s), tries = tries + 1,
    template_version_id = %(version)s, provider = %(provider)s, address_lookup = %(lookup)s
  WHERE id = %(touch)s AND state = 'ready'
    AND (enrollment_id IS NULL OR EXISTS (SELECT FROM outreach_enrollment e WHERE e.id = enrollment_id AND e.state = 'active'))
  RETURNING id
), tried AS (
  INSERT INTO outreach_attempt (touch_id, token, started_at, outcome, code, sentence)
  SELECT id, %(token)s, %(now)s, '', '', '' FROM claimed
), kept AS (
  INSERT INTO outreach_message (touch_id, to_name, to_address, from_name, from_address, reply_to, subject, html, text,
    content_hash, basis, created_at)
  SELECT id, %(to_name)s, %(to_address)s, %(from_name)s, %(from_address)s, %(reply_to)s, %(subject)s, %(html)s, %(text)s,
    %(content_hash)s, %(basis)s, %(now)s FROM claimed WHERE %(filled)s
  ON CONFLICT (touch_id) DO UPDATE SET (to_name, to_address, from_name, from_address, reply_to, subject, html, text,
    content_hash, basis, created_at) = (EXCLUDED.to_name, EXCLUDED.to_address, EXCLUDED.from_name, EXCLUDED.from_address,
    EXCLUDED.reply_to, EXCLUDED.subject, EXCLUDED.html, EXCLUDED.text, EXCLUDED.content_hash, EXCLUDED.basis,
    EXCLUDED.created_at)
)
SELECT count(*) FROM claimed"""

_KEEP = """
kept AS (
  INSERT INTO outreach_gateanswer (touch_id, at, send, reason, facts, milliseconds)
  SELECT %(touch)s, %(now)s, %(send)s, %(reason)s, %(facts)s, %(milliseconds)s WHERE %(keep)s
)"""

# The provider has it. A database that loses its last moment forgets that, not the claim, and the touch is unknown then: so the
# commit need not wait for the disk. Whoever was called unknown meanwhile may still say so: the message went.
ACCEPTED = f"""
WITH {_KEEP},
sent AS (
  UPDATE outreach_touch SET state = 'accepted', provider = %(provider)s, provider_id = %(provider_id)s, sent_at = %(now)s,
    settled_at = %(now)s, reason = '', detail = ''
  WHERE id = %(touch)s AND state IN ('sending', 'unknown') AND claim_token = %(token)s
  RETURNING enrollment_id
), ended AS (
  UPDATE outreach_attempt SET ended_at = %(now)s, outcome = 'accepted'
  WHERE token = %(token)s AND ended_at IS NULL
), dated AS (
  UPDATE outreach_enrollment e SET day_one = %(day)s FROM sent WHERE e.id = sent.enrollment_id AND e.day_one IS NULL
)
SELECT count(*), set_config('synchronous_commit', 'off', true) FROM sent"""  # noqa: S608  constants of this module only

# Nothing was handed over, or nobody knows, or never will be: the state says which.
SETTLED = f"""
WITH {_KEEP},
settled AS (
  UPDATE outreach_touch SET state = %(state)s, reason = %(why)s, detail = %(detail)s,
    settled_at = CASE WHEN %(back)s THEN settled_at ELSE %(now)s END,
    due_at = coalesce(%(due_at)s, due_at), queued_at = CASE WHEN %(back)s THEN NULL ELSE queued_at END,
    claim_token = CASE WHEN %(back)s THEN NULL ELSE claim_token END,
    claimed_at = CASE WHEN %(back)s THEN NULL ELSE claimed_at END,
    claim_until = CASE WHEN %(back)s THEN NULL ELSE claim_until END
  WHERE id = %(touch)s AND state = 'sending' AND claim_token = %(token)s
  RETURNING id
), ended AS (
  UPDATE outreach_attempt SET ended_at = %(now)s, outcome = %(outcome)s, code = %(code)s, sentence = %(detail)s
  WHERE token = %(token)s AND ended_at IS NULL AND EXISTS (SELECT FROM settled)
)
SELECT count(*) FROM settled"""  # noqa: S608  constants of this module only
