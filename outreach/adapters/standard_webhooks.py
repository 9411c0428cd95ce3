"""Standard Webhooks, in which a loan origination system or CRM signs what it posts to us."""

from collections.abc import Mapping

from standardwebhooks import Webhook
from standardwebhooks.webhooks import EmptyWebhookSecretError, WebhookVerificationError


def verify(secret: str, body: bytes, headers: Mapping[str, str]) -> tuple[bool, str]:
    """Whether the sender signed these bytes within the last five minutes, and its id of the message; else False and nothing.

    `secret` starts with `whsec_`; several, parted by spaces, all count while they are being changed.
    """
    plain = {name.lower(): value for name, value in headers.items()}
    for each in secret.split():
        try:
            Webhook(each).verify(body, plain, json_parse=False)
        except (WebhookVerificationError, EmptyWebhookSecretError, ValueError, TypeError):
            continue
        return True, plain["webhook-id"]
    return False, ""
