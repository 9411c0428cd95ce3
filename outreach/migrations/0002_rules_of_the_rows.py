"""What the database itself refuses: a step between states that does not exist, and a change of what was written for good."""

from django.db import migrations

EDGES = {
    "scheduled": ("ready", "skipped"),
    "ready": ("sending", "scheduled", "skipped", "failed"),
    "sending": ("accepted", "failed", "skipped", "scheduled", "ready", "unknown"),
    "unknown": ("accepted", "delivered", "bounced", "failed", "abandoned"),
    "abandoned": ("accepted", "delivered", "bounced", "failed"),
    "accepted": ("delivered", "bounced", "failed"),
    "delivered": ("bounced",),
    "bounced": ("delivered",),
}
PAIRS = ", ".join(f"('{before}', '{after}')" for before, afters in EDGES.items() for after in afters)

FUNCTIONS = f"""
CREATE FUNCTION outreach_touch_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN ({PAIRS}) THEN
    RAISE EXCEPTION 'A touch does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER touch_edge BEFORE UPDATE OF state ON outreach_touch
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION outreach_touch_edge();

CREATE FUNCTION outreach_enrollment_edge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state NOT IN ('active', 'paused') THEN
    RAISE EXCEPTION 'An enrollment that has ended stays ended.' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER enrollment_edge BEFORE UPDATE OF state ON outreach_enrollment
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION outreach_enrollment_edge();

CREATE FUNCTION outreach_written_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A row of % is written for good.', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER written_for_good BEFORE UPDATE OR DELETE ON outreach_consent
  FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER written_for_good BEFORE UPDATE OR DELETE ON outreach_gateanswer
  FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER written_for_good BEFORE UPDATE OR DELETE ON outreach_sequenceversion
  FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER written_for_good BEFORE UPDATE OR DELETE ON outreach_touchevent
  FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER kept BEFORE DELETE ON outreach_touch FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER kept BEFORE DELETE ON outreach_attempt FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER kept BEFORE DELETE ON outreach_inboxitem FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();
CREATE TRIGGER ended_once BEFORE UPDATE ON outreach_attempt
  FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION outreach_written_for_good();

CREATE FUNCTION outreach_message_as_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Until it is handed over, a message is filled anew with the figures of the day.
  IF (SELECT state FROM outreach_touch WHERE id = OLD.touch_id) NOT IN ('scheduled', 'ready', 'sending') THEN
    RAISE EXCEPTION 'A message stays as it was sent.' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER message_as_sent BEFORE UPDATE ON outreach_message
  FOR EACH ROW EXECUTE FUNCTION outreach_message_as_sent();
CREATE TRIGGER kept BEFORE DELETE ON outreach_message FOR EACH ROW EXECUTE FUNCTION outreach_written_for_good();

CREATE FUNCTION outreach_approved_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'What was submitted or decided is not edited; write a new version.' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER approved_content BEFORE UPDATE OF subject, body, text, html, content_hash ON outreach_templateversion
  FOR EACH ROW WHEN (OLD.state <> 'draft'
    AND (OLD.subject, OLD.body, OLD.text, OLD.html, OLD.content_hash)
      IS DISTINCT FROM (NEW.subject, NEW.body, NEW.text, NEW.html, NEW.content_hash))
  EXECUTE FUNCTION outreach_approved_content();
"""

UNDO = """
DROP FUNCTION outreach_touch_edge() CASCADE;
DROP FUNCTION outreach_enrollment_edge() CASCADE;
DROP FUNCTION outreach_written_for_good() CASCADE;
DROP FUNCTION outreach_message_as_sent() CASCADE;
DROP FUNCTION outreach_approved_content() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("outreach", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, UNDO)]
