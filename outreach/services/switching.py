"""Switching: halting everything, and deciding for a branch, an officer or the lender how the desk speaks.

Whoever switches off closes the gate's lock first: a send that is on its way is waited for, and none begins after the switch has
returned. Every decision leaves a line of history with its person and time.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog
from django.db import connection, transaction

from accounts.models import Branch, User
from outreach.models import (
    BranchOutreach,
    Change,
    ChangeKind,
    Desk,
    Enrolls,
    Mode,
    OfficerOutreach,
    ProviderPause,
    SenderDomain,
    Sequence,
    Touch,
    TouchState,
)
from outreach.queries import switching as statements
from outreach.services import enrolling
from refidetect.kit import contact_locks

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class BranchChoice:
    """How a branch is to speak; capacity is new conversations an officer a day, no sequence is the desk's own."""

    mode: Mode
    enrolls: Enrolls
    capacity: int
    sequence: Sequence | None


@dataclass(frozen=True)
class Preview:
    """What switching on would begin: all that may be, how many of them today, and for how many officers."""

    conversations: int
    today: int
    officers: int


def halt(*, by: User, because: str, now: datetime) -> bool:
    """Nothing goes out any more once this has returned; False where everything was halted already."""
    with transaction.atomic():
        contact_locks.close(contact_locks.DESK)
        desk = _desk()
        if desk.halted:
            return False
        desk.halted_at, desk.halted_by, desk.halted_because = now, by, because[:200]
        desk.save(update_fields=["halted_at", "halted_by", "halted_because"])
        _note(ChangeKind.HALTED, because, by=by, now=now)
    log.warning("everything halted by=%s", by.pk)
    return True


def resume(*, by: User, now: datetime) -> bool:
    """Sending goes on, and what waited for it is asked about at once; False where nothing was halted."""
    with transaction.atomic():
        desk = _desk()
        if not desk.halted:
            return False
        desk.halted_at, desk.halted_by, desk.halted_because = None, None, ""
        desk.save(update_fields=["halted_at", "halted_by", "halted_because"])
        asked = _ask_again(now, reason="kill_switch")
        _note(ChangeKind.RESUMED, f"{asked} waiting messages are asked about again", by=by, now=now)
    log.warning("sending goes on by=%s", by.pk)
    return True


def set_branch(branch: Branch, choice: BranchChoice, *, by: User, now: datetime) -> str:
    """How a branch speaks from now on; returns what changed in a sentence, empty where nothing did."""
    with transaction.atomic():
        if choice.mode == Mode.OFF:
            contact_locks.close(contact_locks.DESK)
        row, _ = BranchOutreach.objects.select_for_update().get_or_create(branch=branch)
        said = _said(
            ("Mode", Mode(row.mode).label, choice.mode.label),
            ("begins", Enrolls(row.enrolls).label, choice.enrolls.label),
            ("new conversations an officer a day", row.capacity, choice.capacity),
            ("sequence", row.sequence or "the usual one", choice.sequence or "the usual one"),
        )
        if not said:
            return ""
        row.mode, row.enrolls, row.capacity, row.sequence = choice.mode, choice.enrolls, choice.capacity, choice.sequence
        row.changed_by, row.changed_at = by, now
        row.save()
        if choice.mode != Mode.OFF:
            _ask_again(now, reason="outreach_mode", branch=branch)
        _note(ChangeKind.BRANCH, said, about=branch.name, branch=branch, by=by, now=now)
    log.info("outreach of a branch set branch=%s mode=%s by=%s", branch.pk, choice.mode, by.pk)
    return said


def preview(branch: Branch, choice: BranchChoice, *, now: datetime) -> Preview:
    """What the choice would begin, by the very statement that begins it, all of it taken back."""
    with transaction.atomic():
        BranchOutreach.objects.update_or_create(
            branch=branch,
            # No capacity holds back anybody here: the whole of what waits is counted, then today's share of it.
            defaults={"mode": choice.mode, "enrolls": choice.enrolls, "capacity": 30_000, "sequence": choice.sequence},
        )
        with connection.cursor() as cursor:
            if choice.mode != Mode.OFF:
                enrolling.enroll(now)
            cursor.execute(statements.BEGUN_BY_OFFICER, {"branch": branch.pk, "now": now, "day": enrolling.day_began(now)})
            rows = cursor.fetchall()
        transaction.set_rollback(True)
    today = sum(min(new, max(0, choice.capacity - begun)) for new, begun in rows)
    return Preview(conversations=sum(new for new, _ in rows), today=today, officers=len(rows))


def set_officer(officer: User, *, calls_only: bool, ceiling: int | None, by: User, now: datetime) -> str:
    """Calls only, and the most messages a day in this name; what waits already becomes a call."""
    with transaction.atomic():
        contact_locks.close(contact_locks.officer(officer.pk))
        row, _ = OfficerOutreach.objects.select_for_update().get_or_create(officer=officer)
        said = _said(
            ("Calls only", _yes(row.calls_only), _yes(calls_only)),
            ("most messages a day", row.ceiling or "as the lender", ceiling or "as the lender"),
        )
        if not said:
            return ""
        row.calls_only, row.ceiling = calls_only, ceiling
        row.save()
        if calls_only:
            with connection.cursor() as cursor:
                cursor.execute(statements.INTO_CALLS, {"officer": officer.pk})
        _note(ChangeKind.OFFICER, said, about=str(officer), branch=officer.branch, by=by, now=now)
    return said


def set_ceilings(*, lender: int, officer: int, by: User, now: datetime) -> str:
    """The most messages a day, of the lender and in one officer's name."""
    with transaction.atomic():
        desk = _desk()
        said = _said(
            ("Most messages a day", desk.lender_ceiling, lender), ("in one officer's name", desk.officer_ceiling, officer)
        )
        if said:
            desk.lender_ceiling, desk.officer_ceiling = lender, officer
            desk.save(update_fields=["lender_ceiling", "officer_ceiling"])
            _note(ChangeKind.DESK, said, by=by, now=now)
    return said


def attest_texts(campaign_id: str, *, by: User, now: datetime) -> None:
    """Somebody says that the lender lends directly and that this campaign is registered: texts may go through the carrier."""
    with transaction.atomic():
        desk = _desk()
        desk.texts_attested_at, desk.texts_attested_by, desk.campaign_id = now, by, campaign_id
        desk.save(update_fields=["texts_attested_at", "texts_attested_by", "campaign_id"])
        _ask_again(now, reason="provider_paused", channel="sms")
        _note(ChangeKind.TEXTS, f"Attested, campaign {campaign_id}", by=by, now=now)


def withdraw_texts(*, by: User, now: datetime) -> None:
    """Texts are held again, from the moment this returns."""
    with transaction.atomic():
        contact_locks.close(contact_locks.DESK)
        desk = _desk()
        if desk.texts_attested_at is None:
            return
        desk.texts_attested_at = desk.texts_attested_by = None
        desk.save(update_fields=["texts_attested_at", "texts_attested_by"])
        _note(ChangeKind.TEXTS, f"Withdrawn, campaign {desk.campaign_id}", by=by, now=now)


def verify_domain(domain: str, *, by: User, now: datetime) -> None:
    """Somebody has looked at SPF, DKIM and DMARC of this domain: e-mail may go out from it."""
    with transaction.atomic():
        SenderDomain.objects.update_or_create(domain=domain, defaults={"verified_at": now, "verified_by": by})
        _ask_again(now, reason="sender_domain_not_verified")
        _note(ChangeKind.DOMAIN, "Verified: SPF, DKIM and DMARC", about=domain, by=by, now=now)


def distrust_domain(domain: str, *, by: User, now: datetime) -> None:
    """No e-mail goes out from it once this has returned, until somebody has looked again."""
    with transaction.atomic():
        contact_locks.close(contact_locks.DESK)
        rows = SenderDomain.objects.filter(domain=domain, verified_at__isnull=False)
        if rows.update(verified_at=None, verified_by=None):
            _note(ChangeKind.DOMAIN, "No longer verified", about=domain, by=by, now=now)


def resume_provider(provider: str, *, by: User, now: datetime) -> bool:
    """Somebody has put right why the provider refused us; False where it was not paused."""
    with transaction.atomic():
        pause = ProviderPause.objects.select_for_update().filter(provider=provider).first()
        if pause is None:
            return False
        said = f"Resumed; paused since {pause.since:%Y-%m-%d}: {pause.sentence}"
        pause.delete()
        _ask_again(now, reason="provider_paused")
        _note(ChangeKind.PROVIDER, said, about=provider, by=by, now=now)
    return True


def _desk() -> Desk:
    Desk.objects.get_or_create(pk=1)
    return Desk.objects.select_for_update().get(pk=1)


def _ask_again(now: datetime, *, reason: str, branch: Branch | None = None, channel: str = "") -> int:
    """Those that wait for this reason are due now: the next sweep takes them to the gate."""
    rows = Touch.objects.filter(state=TouchState.SCHEDULED, reason=reason, due_at__gt=now)
    rows = rows.filter(branch=branch) if branch else rows
    rows = rows.filter(channel=channel) if channel else rows
    return rows.update(due_at=now)


def _said(*parts: tuple[str, object, object]) -> str:
    changes = [f"{name} {before} → {after}" for name, before, after in parts if before != after]
    return "; ".join(changes)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _note(kind: ChangeKind, sentence: str, *, by: User, now: datetime, about: str = "", branch: Branch | None = None) -> None:
    Change.objects.create(kind=kind, sentence=sentence[:400], about=about[:160], branch=branch, by=by, at=now)
