"""Consent as it stands: the ledger's newest line, the closed addresses, and what the lender's files say, in SQL."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from loans.models import Borrower
from loans.models.visibility import rows_of
from outreach.models import Channel, Consent, ConsentAct, ConsentSource, Reading, Reply, Suppression

ORDERS = {"newest": [F("id").desc()]}
# How the ledger marks words that may or may not have been an opt-out.
DOUBT = "doubtful words"
# What a signature stands behind; a START by text only takes a STOP back.
WRITTEN = (ConsentSource.FILE, ConsentSource.PAGE, ConsentSource.SYSTEM, ConsentSource.OFFICER)

# Each word of a file becomes a line once, however often the file comes: a later word of the person is newer than it. An opt-out
# without a date counts from the day on which we read it; a consent without one from when the loan came to us.
SYNC = """
WITH said AS (
  SELECT 'email' AS channel, 'revoked' AS act, b.email_lookup AS lookup, b.id AS borrower_id, %(now)s::timestamptz AS at
  FROM loans_borrower b WHERE b.email_opt_out AND b.email_lookup IS NOT NULL
  UNION ALL
  SELECT 'call', 'revoked', b.phone_lookup, b.id, %(now)s
  FROM loans_borrower b WHERE b.do_not_call AND b.phone_lookup IS NOT NULL
  UNION ALL
  SELECT 'sms', 'granted', b.phone_lookup, b.id,
    CASE WHEN b.sms_consent_at <= %(now)s THEN b.sms_consent_at ELSE l.created_at END
  FROM loans_borrower b JOIN loans_loan l ON l.id = b.loan_id WHERE b.sms_consent AND b.phone_lookup IS NOT NULL
  UNION ALL
  -- "No" ends only what a file had granted before, and only where no other file still says "yes".
  SELECT 'sms', 'revoked', b.phone_lookup, b.id, %(now)s
  FROM loans_borrower b
  JOIN LATERAL (SELECT act, source FROM outreach_consent c WHERE c.lookup = b.phone_lookup AND c.channel = 'sms'
    ORDER BY c.at DESC, c.id DESC LIMIT 1) newest ON newest.act = 'granted' AND newest.source = 'file'
  WHERE b.sms_consent = false AND NOT EXISTS (
    SELECT FROM loans_borrower other WHERE other.phone_lookup = b.phone_lookup AND other.sms_consent)
),
fresh AS (
  SELECT DISTINCT ON (s.channel, s.act, s.lookup) s.* FROM said s
  WHERE NOT EXISTS (SELECT FROM outreach_consent c WHERE c.lookup = s.lookup AND c.channel = s.channel AND c.act = s.act
    AND c.source = 'file' AND (c.act = 'revoked' AND c.channel <> 'sms' OR c.at >= s.at))
  ORDER BY s.channel, s.act, s.lookup, s.at DESC, s.borrower_id
),
line AS (
  INSERT INTO outreach_consent (channel, act, lookup, source, at, recorded_at, borrower_id, words, method, document)
  SELECT channel, act, lookup, 'file', at, %(now)s, borrower_id, ''::bytea, 'file', '' FROM fresh
  RETURNING id, channel, act, lookup, at
),
closed AS (
  INSERT INTO outreach_suppression (channel, lookup, since, doubtful, reason, consent_id)
  SELECT channel, lookup, at, false, 'file', id FROM line WHERE act = 'revoked' AND channel <> 'sms'
  ON CONFLICT (channel, lookup) DO UPDATE SET doubtful = false, reason = 'file', consent_id = excluded.consent_id
    WHERE outreach_suppression.doubtful
  RETURNING channel, lookup
),
taken_back AS (
  UPDATE outreach_touch t SET state = 'skipped', reason = 'suppressed', detail = 'Opted out', settled_at = %(now)s
  FROM closed c WHERE t.channel = c.channel AND t.address_lookup = c.lookup AND t.state IN ('scheduled', 'ready')
    AND t.kind <> 'confirmation'
  RETURNING t.id
)
SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM closed), (SELECT count(*) FROM taken_back)"""


def newest(channel: str, lookup: bytes, *, in_doubt: bool = True) -> Consent | None:
    """The line of the ledger that counts; without `in_doubt` the one that stood before doubtful words."""
    lines = Consent.objects.filter(channel=channel, lookup=lookup)
    lines = lines if in_doubt else lines.exclude(method=DOUBT)
    return lines.order_by("-at", "-pk").first()


def doubted(reply: Reply) -> list[Consent]:
    """The lines that doubtful words left; none for words that came by no item of the inbox."""
    return list(Consent.objects.filter(item=reply.item_id, method=DOUBT)) if reply.item_id else []


def other_doubts(reply: Reply) -> bool:
    """Whether other words of the same sender wait to be read."""
    same = Reply.objects.filter(sender_lookup=reply.sender_lookup, reading=Reading.DOUBTFUL, handled_at=None)
    return reply.sender_lookup is not None and same.exclude(pk=reply.pk).exists()


def written_grant(channel: str, lookup: bytes) -> Consent | None:
    """The newest consent that somebody gave in writing, whatever came after it."""
    lines = Consent.objects.filter(channel=channel, lookup=lookup, act=ConsentAct.GRANTED, source__in=WRITTEN)
    return lines.order_by("-at", "-pk").first()


def suppression(channel: str, lookup: bytes) -> Suppression | None:
    """What closes the address on this channel."""
    return Suppression.objects.filter(channel=channel, lookup=lookup).select_related("consent").first()


def lookups(borrower: Borrower, channels: Any) -> dict[str, bytes]:
    """The borrower's address or number for each of the channels; none where there is none."""
    found = {channel: borrower.email_lookup if channel == Channel.EMAIL else borrower.phone_lookup for channel in channels}
    return {str(channel): bytes(lookup) for channel, lookup in found.items() if lookup is not None}


def told(channel: str, lookup: bytes, act: str, source: str, at: datetime) -> bool:
    """Whether the ledger has this very line already."""
    return Consent.objects.filter(channel=channel, lookup=lookup, act=act, source=source, at=at).exists()


def newest_told(channel: str, lookup: bytes, act: str) -> Consent | None:
    """The newest line with this act, as the API gives it."""
    lines = Consent.objects.filter(channel=channel, lookup=lookup, act=act).select_related("borrower__loan")
    return lines.order_by("-pk").first()


def visible(user: User) -> QuerySet[Consent]:
    """The lines about borrowers whose loans the user sees."""
    return Consent.objects.filter(rows_of(user, "borrower__loan__")).select_related("borrower__loan")


def of_borrowers(borrowers: list[Borrower]) -> QuerySet[Consent]:
    """The ledger's lines about these people's addresses, newest first."""
    known = {bytes(lookup) for one in borrowers for lookup in (one.email_lookup, one.phone_lookup) if lookup is not None}
    return Consent.objects.filter(lookup__in=known).select_related("by", "borrower").order_by("-at", "-pk")
