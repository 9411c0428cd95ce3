"""Filling a template with what is known today: the message exactly as it will be handed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from accounts.models import Lender
from loans.domain import apr
from outreach.domain import linter, liquid, mail_frame, merge_fields, sequences, text_frame
from outreach.models import TemplateVersion
from outreach.queries import message_reading


@dataclass(frozen=True)
class Filled:
    """A message ready to be handed over. `basis` tells what it was filled from; nothing in it names the borrower."""

    subject: str
    html: str
    text: str
    basis: dict[str, Any]
    from_name: str
    from_address: str
    reply_to: str
    to_name: str


def step_of(touch: Any) -> sequences.Step | None:
    """The step of the sequence that a touch is."""
    if touch.enrollment_id is None or touch.step_n is None:
        return None
    steps = sequence_of(touch.enrollment.version_id).steps
    return next((step for step in steps if step.n == touch.step_n), None)


@lru_cache(maxsize=256)
def sequence_of(version_id: int) -> sequences.Sequence:
    """The sequence of a version, read once: a version never changes."""
    return sequences.from_json(message_reading.sequence_steps(version_id))


def template_slugs(touch: Any) -> tuple[str, ...]:
    """The templates that a touch may be filled from, best first; of a call, its script."""
    step = step_of(touch)
    if step is None:
        return ()
    if touch.channel == "call" and step.channel != "call":
        return (step.call_script,) if step.call_script else ()
    return step.templates


def fill_best(touch: Any, lender: Lender) -> Filled | None:
    """The message from the first approved template that what is known can fill; the touch then names that version.

    None where no template is approved. Raises liquid.CannotRender, with the last one's reason, where none can be filled.
    """
    versions = message_reading.approved(template_slugs(touch), touch.approved)
    for version in versions:
        touch.template_version = version
        try:
            return fill(touch, version, lender)
        except liquid.CannotRender:
            if version is versions[-1]:
                raise
    return None


def fill(touch: Any, version: TemplateVersion, lender: Lender) -> Filled:
    """The message of a touch that `touch_reading.touch` gave. Raises liquid.CannotRender, naming what is missing."""
    facts = facts_of(touch, lender)
    values = merge_fields.values(facts)
    source = (version.subject, version.body, version.text)
    subject, html, text = "", "", ""
    if touch.channel == "email":
        mail = mail_frame.render(mail_frame.compiled(*source), values)
        subject, html, text = mail.subject, mail.html, mail.text
    elif touch.channel == "sms":
        text = text_frame.render(version.body, values)
    else:
        text = liquid.render(version.body, values, html=False)
    return Filled(
        subject=subject,
        html=html,
        text=text,
        basis=basis_of(touch, facts, version),
        from_name=touch.officer.name or touch.officer.email,
        from_address=touch.officer.email,
        reply_to=reply_address(touch),
        to_name=touch.borrower.name,
    )


def facts_of(touch: Any, lender: Lender) -> merge_fields.MessageFacts:
    """Everything the merge fields may need, from the figures of the newest match."""
    row, loan, officer, borrower = touch.opportunity, touch.opportunity.loan, touch.officer, touch.borrower
    market = message_reading.market(touch)
    base = settings.PUBLIC_BASE_URL.rstrip("/")
    enrollment = touch.enrollment if touch.enrollment_id else None
    return merge_fields.MessageFacts(
        first_name=borrower.first_name,
        last_name=borrower.last_name,
        officer_name=officer.name or officer.email,
        officer_phone=officer.phone,
        officer_email=officer.email,
        officer_nmls=officer.nmls_id,
        officer_arranged=not touch.handed_over,
        licensed_in=touch.licensed_in or "",
        lender_name=lender.name,
        lender_nmls=lender.nmls_id,
        postal_address=lender.postal_address,
        property_city=loan.property_city,
        property_state=loan.property_state,
        closed_on=loan.origination_date,
        loan_type=market.product,
        note_rate=row.note_rate,
        current_payment=row.current_payment,
        months_left=row.months_remaining,
        balance=row.upb,
        balance_estimated=row.upb_estimated,
        market_rate=market.rate,
        market_owner=market.owner,
        market_date=market.on,
        market_product=market.product,
        market_daily=market.daily,
        quotable=market.quotable,
        new_payment=row.new_payment,
        monthly_savings=row.monthly_savings,
        apr=_apr(row),
        closing_costs=row.closing_costs,
        break_even_months=row.break_even_months,
        estimate_link=f"{base}/m/{touch.link_token}/",
        booking_link=f"{base}/m/{touch.link_token}/",
        unsubscribe_link=unsubscribe_url(touch),
        preferences_link=f"{base}/p/{touch.link_token}/",
        # Nobody is told of an e-mail that did not reach them: a text that would, is a call instead.
        day_one=enrollment.day_one if enrollment and not touch.mail_lost else None,
    )


def basis_of(touch: Any, facts: merge_fields.MessageFacts, version: TemplateVersion | None) -> dict[str, Any]:
    """What an examiner needs to redo the message: versions, rates and figures, as text."""
    row = touch.opportunity
    return {
        "template": version.template.slug if version else "",
        "template_version": version.number if version else None,
        "content_hash": version.content_hash if version else "",
        "as_of": row.as_of.isoformat(),
        "note_rate": str(row.note_rate),
        "market_rate": str(facts.market_rate),
        "market_owner": facts.market_owner,
        "market_date": facts.market_date.isoformat() if facts.market_date else None,
        "spread": str(row.spread),
        "threshold": str(row.threshold),
        "monthly_savings": str(row.monthly_savings),
    }


def reply_address(touch: Any) -> str:
    """Where an answer goes: an address of ours that knows the touch, or the officer's own."""
    return f"r+{touch.link_token}@{settings.REPLY_DOMAIN}" if settings.REPLY_DOMAIN else touch.officer.email


def unsubscribe_url(touch: Any) -> str:
    """The address of the one-click unsubscribe (RFC 8058)."""
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}/u/{touch.link_token}/"


def unsubscribe_mailto(touch: Any) -> str:
    """The same by mail; empty without a domain for replies."""
    return f"u+{touch.link_token}@{settings.REPLY_DOMAIN}" if settings.REPLY_DOMAIN else ""


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash of a template's content as it stands, whatever its column says: template, channel, subject, body, text."""
    return _hash(row["template"], row["template_channel"], row["subject"], row["body"], row["text"])


@lru_cache(maxsize=512)
def _hash(slug: str, channel: Any, subject: str, body: str, text: str) -> str:
    return linter.content_hash(linter.TemplateSource(slug, channel, subject, body, text))


def _apr(row: Any) -> Any:
    if None in (row.upb, row.new_payment, row.closing_costs, row.months_to_run):
        return None
    return apr.annual_percentage_rate(row.upb, row.closing_costs, row.new_payment, row.months_to_run)
