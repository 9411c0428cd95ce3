"""Which provider a channel goes through: the vendor's where its keys are set, the sandbox otherwise and always in a demo."""

from functools import lru_cache

from django.conf import settings

from accounts.models import Lender
from outreach.adapters.channel import EmailChannel, TextChannel
from outreach.adapters.sandbox import SandboxEmail, SandboxText
from outreach.adapters.sendgrid import SendGridEmail
from outreach.adapters.twilio import TwilioText

SANDBOX, SENDGRID, TWILIO = "sandbox", "sendgrid", "twilio"
PEOPLE = "people"
"""Who makes the calls."""


def provider(channel: str, lender: Lender) -> str:
    """The name of what a channel goes through."""
    if channel == "call":
        return PEOPLE
    if lender.demo:
        return SANDBOX
    if channel == "email":
        return SENDGRID if settings.SENDGRID_API_KEY else SANDBOX
    has_keys = settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN and settings.TWILIO_MESSAGING_SERVICE_SID
    return TWILIO if has_keys else SANDBOX


def email(name: str) -> EmailChannel:
    """The provider of that name for e-mail; one object for all threads."""
    return _sendgrid(settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL) if name == SENDGRID else SandboxEmail()


def text(name: str) -> TextChannel:
    """The provider of that name for texts."""
    return twilio() if name == TWILIO else SandboxText()


def twilio() -> TwilioText:
    """Twilio with our keys, to ask what became of a message."""
    return _twilio(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        settings.TWILIO_MESSAGING_SERVICE_SID,
        settings.TWILIO_BASE_URL,
    )


@lru_cache(maxsize=4)
def _sendgrid(key: str, base_url: str) -> SendGridEmail:
    return SendGridEmail(key, base_url)


@lru_cache(maxsize=4)
def _twilio(account: str, token: str, service: str, base_url: str) -> TwilioText:
    return TwilioText(account, token, service, base_url)
