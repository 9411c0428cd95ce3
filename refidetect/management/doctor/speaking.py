"""Whether the desk can speak with borrowers: providers' keys, their webhooks, and what each branch lacks."""

from collections.abc import Iterator

from django.conf import settings

from accounts.models import Branch, Lender
from outreach.queries import readiness, sequence_preview
from outreach.services import channels, enrolling
from refidetect.management.doctor.findings import Finding, Grade, judged


def look() -> Iterator[Finding]:
    """Every finding; nothing here blocks while no branch speaks."""
    lender = Lender.current()
    if lender.demo:
        yield Finding("providers", Grade.NOTE, "This is a demo: nothing goes out, whatever keys are set.", "Use your own data.")
    providers = {channel: channels.provider(channel, lender) for channel in ("email", "sms")}
    yield from _providers(providers)
    yield from _branches(providers)
    yield from _unverified(lender)


def _unverified(lender: Lender) -> Iterator[Finding]:
    """What counts although nobody has read it in its source; it blocks nothing."""
    found = readiness.unverified(lender.today()).findings
    for one in found:
        yield Finding("verified", Grade.NOTE, one.sentence, one.remedy)
    if not found:
        yield Finding("verified", Grade.WELL, "Every number of the programs and the states' hours were read in their source.")


def _providers(providers: dict[str, str]) -> Iterator[Finding]:
    for channel, word, name in (("email", "E-mail", "SENDGRID_API_KEY"), ("sms", "Texts", "TWILIO_*")):
        real = providers[channel] != channels.SANDBOX
        yield judged(
            "providers",
            real,
            f"{word} go through {providers[channel].capitalize()}." if channel == "sms" else f"{word} goes through SendGrid.",
            f"{word} {'goes' if channel == 'email' else 'go'} to the sandbox: kept, shown, and sent to nobody.",
            f"Set {name}; see docs/integrate/messages.md.",
            Grade.NOTE,
        )
    if providers["email"] == channels.SENDGRID:
        yield judged(
            "webhooks",
            bool(settings.SENDGRID_WEBHOOK_PUBLIC_KEY),
            "SendGrid's events are verified.",
            "SendGrid's events are refused: bounces, complaints and unsubscribes are not learned of.",
            "Set SENDGRID_WEBHOOK_PUBLIC_KEY.",
        )
        replies = bool(settings.REPLY_DOMAIN)
        verified = bool(settings.SENDGRID_INBOUND_PASSWORD or settings.SENDGRID_WEBHOOK_PUBLIC_KEY)
        yield judged(
            "webhooks",
            replies and verified,
            f"Replies come in at {settings.REPLY_DOMAIN}.",
            "Replies to e-mail go to the officers' own mailboxes: the desk does not stop by itself when a borrower answers.",
            "Set REPLY_DOMAIN and SENDGRID_INBOUND_PASSWORD.",
            Grade.NOTE,
        )
    booked = settings.CALENDLY_SIGNING_KEY or settings.CALCOM_SECRET
    yield judged(
        "webhooks", bool(booked), "Bookings made elsewhere are verified.", "No secret of Calendly or Cal.com is set.",
        "Set CALENDLY_SIGNING_KEY or CALCOM_SECRET if borrowers book there.", Grade.NOTE,
    )  # fmt: skip
    yield judged(
        "webhooks", bool(settings.LOS_WEBHOOK_SECRET), "The LOS's posts are verified.", "LOS_WEBHOOK_SECRET is not set.",
        "Set it if your LOS posts to /webhooks/los/.", Grade.NOTE,
    )  # fmt: skip


def _branches(providers: dict[str, str]) -> Iterator[Finding]:
    """What holds a branch's messages blocks where the branch is switched on: somebody counts on them."""
    default = sequence_preview.listed().filter(slug=enrolling.DEFAULT_SEQUENCE).first()
    said: set[str] = set()
    on = 0
    for branch in Branch.objects.order_by("name"):
        row = readiness.outreach_of(branch)
        is_on = row.mode != "off"
        on += is_on
        for found in readiness.findings(branch, row.sequence or default, providers):
            if found.sentence not in said:
                said.add(found.sentence)
                grade = Grade.BLOCKS if is_on and found.blocks else Grade.NOTE
                yield Finding("outreach", grade, found.sentence, found.remedy)
    yield judged(
        "outreach",
        bool(on),
        f"Outreach is on in {on} {'branch' if on == 1 else 'branches'}.",
        "Outreach is off in every branch: nobody is written to.",
        "Switch it on under Outreach, Settings.",
        Grade.NOTE,
    )
