"""Everything the gate must know about one touch, read in one statement after the contact's lock was taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from outreach.domain import windows, zones
from outreach.domain.gate_facts import Facts
from outreach.models import TouchState

_COUNTED = ", ".join(f"'{state}'" for state in TouchState.counted())

# A reservation counts from its claim, so that two sends at once can't both be the last one under a ceiling.
SQL = f"""
SELECT t.id AS touch_id,
  t.kind, t.channel, t.state, t.claim_token, t.claim_until > clock_timestamp() AS claim_holds,
  t.released_at IS NOT NULL AS released, t.due_at, t.not_after, t.address_lookup, t.officer_id,
  t.enrollment_id, e.state AS enrollment_state, e.stop_reason, v.steps ->> 'cap_hours' AS cap_hours,
  o.id AS opportunity_id, o.status, o.review, o.loan_id,
  l.officer_id = t.officer_id AS still_theirs, l.property_zip, l.property_state,
  u.is_active, u.name AS officer_name, u.email AS officer_email,
  coalesce(m.to_address, CASE t.channel WHEN 'email' THEN b.email ELSE b.phone END) AS to_address,
  b.phone, b.mailing_zip, b.mailing_state, b.do_not_call,
  coalesce(br.mode, 'off') AS mode,
  d.halted_at, d.halted_because, d.texts_attested_at, coalesce(d.lender_ceiling, 1500) AS lender_ceiling,
  coalesce(oo.ceiling, d.officer_ceiling, 40) AS officer_ceiling,
  s.since AS suppressed_since, s.reason AS suppression_reason, s.doubtful, s.id AS suppression_id,
  c.at AS consent_at, c.source AS consent_source, c.act AS consent_act, c.id AS consent_id,
  k.expires_on AS license_until, k.id AS license_id,
  (SELECT count(*) FROM accounts_license WHERE officer_id = t.officer_id) AS licenses,
  tv.id AS version_id, tv.number AS version_number, tv.state AS version_state, tv.content_hash, tv.subject, tv.body, tv.text,
  tm.slug AS template, tm.channel AS template_channel, ap.name AS approved_by,
  sd.verified_at AS domain_verified_at,
  p.sentence AS pause_sentence, p.id AS pause_id,
  (SELECT max(r.at) FROM outreach_reply r WHERE r.sender_lookup = t.address_lookup AND r.channel = t.channel) AS wrote_at,
  (SELECT max(x.claimed_at) FROM outreach_touch x WHERE x.id <> t.id AND x.kind = 'sequence' AND x.state IN ({_COUNTED})
    AND x.channel <> 'call' AND (x.opportunity_id = t.opportunity_id OR x.address_lookup = t.address_lookup)) AS last_touch_at,
  (SELECT count(*) FROM outreach_touch x WHERE x.officer_id = t.officer_id AND x.claimed_at >= %(day)s
    AND (x.claimed_at, x.id) < (t.claimed_at, t.id) AND x.kind = 'sequence' AND x.channel <> 'call'
    AND x.state IN ({_COUNTED})) AS officer_sent,
  (SELECT count(*) FROM outreach_touch x WHERE x.claimed_at >= %(day)s
    AND (x.claimed_at, x.id) < (t.claimed_at, t.id) AND x.kind = 'sequence' AND x.channel <> 'call'
    AND x.state IN ({_COUNTED})) AS lender_sent
FROM outreach_touch t
JOIN loans_opportunity o ON o.id = t.opportunity_id
JOIN loans_loan l ON l.id = o.loan_id
JOIN loans_borrower b ON b.id = t.borrower_id
JOIN accounts_user u ON u.id = t.officer_id
LEFT JOIN outreach_message m ON m.touch_id = t.id
LEFT JOIN outreach_enrollment e ON e.id = t.enrollment_id
LEFT JOIN outreach_sequenceversion v ON v.id = e.version_id
LEFT JOIN outreach_branchoutreach br ON br.branch_id = t.branch_id
LEFT JOIN outreach_desk d ON d.id = 1
LEFT JOIN outreach_officeroutreach oo ON oo.officer_id = t.officer_id
LEFT JOIN outreach_suppression s ON s.channel = t.channel AND s.lookup = t.address_lookup
LEFT JOIN LATERAL (SELECT * FROM outreach_consent c WHERE c.lookup = t.address_lookup AND c.channel = t.channel
  ORDER BY c.at DESC, c.id DESC LIMIT 1) c ON true
LEFT JOIN accounts_license k ON k.officer_id = t.officer_id AND k.state = l.property_state
LEFT JOIN outreach_templateversion tv ON tv.id = t.template_version_id
LEFT JOIN outreach_template tm ON tm.id = tv.template_id
LEFT JOIN accounts_user ap ON ap.id = tv.decided_by_id
LEFT JOIN outreach_senderdomain sd ON sd.domain = split_part(lower(u.email), '@', 2)
LEFT JOIN outreach_providerpause p ON p.provider = %(provider)s
WHERE t.id = ANY(%(touches)s)"""  # noqa: S608  constants of this house only

OPEN_TO_TOUCHES = ("new", "contacting")
"""A sequence speaks only until the borrower has answered, in whatever way; a person may write on."""


@dataclass(frozen=True)
class Reading:
    """The facts, and what the sender needs beside them: addresses in the clear, and whether the claim still holds."""

    facts: Facts
    claim_holds: bool
    claim_token: Any
    to_address: str


def read(touch_id: Any, *, now: datetime, day: datetime, provider: str, hash_of: Any) -> Reading:
    """The row as it stands. `day` is when the lender's day began; `hash_of` hashes a template's source."""
    row = _rows([touch_id], day, provider)[0]
    return _reading(row, now=now, day=day, provider=provider, hash_of=hash_of)


def read_many(
    touch_ids: list[Any], *, at: Mapping[Any, datetime], day: datetime, provider: str, hash_of: Any
) -> dict[Any, Facts]:
    """The facts of touches of one channel, each as at its own instant. No locks are held: it is only a look ahead."""
    rows = _rows(touch_ids, day, provider) if touch_ids else []
    known = ((row, at[row["touch_id"]]) for row in rows)
    return {row["touch_id"]: _reading(row, now=now, day=day, provider=provider, hash_of=hash_of).facts for row, now in known}


def _rows(touch_ids: list[Any], day: datetime, provider: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL, {"touches": touch_ids, "day": day, "provider": provider})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _reading(row: dict[str, Any], *, now: datetime, day: datetime, provider: str, hash_of: Any) -> Reading:
    keys = settings.FIELD_KEYS
    # The address of the message itself: `address_lookup` is its look-up value, whatever a file has said meanwhile.
    to_address, phone = keys.decrypt(row["to_address"] or b""), keys.decrypt(row["phone"] or b"")
    places = zones.plausible_zones(row["property_zip"], row["mailing_zip"], row["property_state"], row["mailing_state"], phone)
    states = {state for state in (row["property_state"], row["mailing_state"]) if state}
    by_hand = row["kind"] != "sequence"
    has_consent = row["channel"] == "sms" and row["consent_act"] == "granted"
    facts = Facts(
        now=now,
        kind=row["kind"],
        channel=row["channel"],
        kill_switch=row["halted_because"] or "halted" if row["halted_at"] else "",
        mode=row["mode"],
        released=row["released"],
        provider=provider,
        provider_paused=_paused(provider, row),
        # Until a sweep has paused it, a snooze already holds.
        enrollment_state="paused" if row["status"] == "snoozed" else row["enrollment_state"] or "",
        stop_reason="snoozed" if row["status"] == "snoozed" else (row["stop_reason"] or "").replace("_", " "),
        opportunity_status=row["status"],
        opportunity_open=row["status"] in OPEN_TO_TOUCHES,
        officer_name=row["officer_name"] or row["officer_email"],
        officer_active=bool(row["is_active"] and row["still_theirs"]),
        review=row["review"],
        suppressed_since=row["suppressed_since"],
        suppression_reason=(row["suppression_reason"] or "").replace("_", " "),
        suppression_in_doubt=bool(row["doubtful"]),
        has_address=bool(to_address),
        address_hint=_hint(row["channel"], to_address),
        sms_consent_at=row["consent_at"] if has_consent else None,
        sms_consent_source=(row["consent_source"] or "").replace("_", " ") if has_consent else "",
        borrower_wrote_at=row["wrote_at"],
        do_not_call=row["do_not_call"],
        do_not_call_source="the lender's file" if row["do_not_call"] is not None else "",
        licensed=None if not row["licenses"] or not row["property_state"] else row["license_id"] is not None,
        license_state=row["property_state"],
        license_until=row["license_until"],
        template=row["template"] or "",
        template_version=row["version_number"],
        template_approved=row["version_state"] == "approved",
        template_approved_by=row["approved_by"] or "",
        hash_equal=row["version_id"] is not None and hash_of(row) == row["content_hash"],
        sender_domain=row["officer_email"].partition("@")[2].lower(),
        domain_verified=None if provider == "sandbox" else row["domain_verified_at"] is not None,
        window=windows.may_send(row["channel"], by_hand, now, places, states),
        last_touch_at=row["last_touch_at"],
        cap_hours=int(row["cap_hours"] or 48),
        hot_signal=False,
        officer_sent=row["officer_sent"],
        officer_ceiling=row["officer_ceiling"],
        lender_sent=row["lender_sent"],
        lender_ceiling=row["lender_ceiling"],
        ceiling_resets_at=_tomorrow(day),
        due_at=row["due_at"],
        not_after=row["not_after"],
        evidence=_evidence(row),
    )
    return Reading(
        facts=facts,
        claim_holds=bool(row["claim_holds"]) and row["state"] == TouchState.SENDING,
        claim_token=row["claim_token"],
        to_address=to_address,
    )


def _paused(provider: str, row: dict[str, Any]) -> str:
    """Why nothing goes through the provider. Carriers take loan content only from whoever has attested to lend directly."""
    if provider == "twilio" and row["texts_attested_at"] is None:
        return str(row["pause_sentence"] or "texts are not attested")
    return str(row["pause_sentence"] or "")


def _tomorrow(day: datetime) -> datetime:
    following: date = day.date() + timedelta(days=1)
    return datetime.combine(following, day.timetz()).astimezone(UTC)


def _hint(channel: str, address: str) -> str:
    if not address:
        return ""
    if channel != "email":
        return address[-4:]
    name, _, domain = address.partition("@")
    return f"{name[:1]}…@{domain}"


def _evidence(row: dict[str, Any]) -> dict[str, str]:
    """Where each fact is written down."""
    known = {
        "enrollment_stopped": row["enrollment_id"] and f"enrollment {row['enrollment_id']}",
        "opportunity_closed": f"opportunity {row['opportunity_id']}",
        "suppressed": row["suppression_id"] and f"suppression {row['suppression_id']}",
        "consent_missing": row["consent_id"] and f"consent {row['consent_id']}",
        "license": row["license_id"] and f"license {row['license_id']}",
        "template_not_approved": row["version_id"] and f"template version {row['version_id']}",
        "provider_paused": row["pause_id"] and f"pause {row['pause_id']}",
    }
    return {reason: place for reason, place in known.items() if place}
