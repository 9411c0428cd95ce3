"""The channels of a desk without vendors: they take everything at once, and nothing leaves the house."""

from outreach.adapters.channel import Accepted, OutgoingEmail, OutgoingText

NAME = "sandbox"


class SandboxEmail:
    """E-mail that is only kept, to be looked at in the browser."""

    name = NAME

    def send(self, message: OutgoingEmail) -> Accepted:
        """Never raises; the same touch always has the same id."""
        return Accepted(NAME, f"sandbox-{message.touch_id}")


class SandboxText:
    """Texts that are only kept, to be looked at in the browser."""

    name = NAME

    def send(self, message: OutgoingText) -> Accepted:
        """Never raises; the same touch always has the same id."""
        return Accepted(NAME, f"sandbox-{message.touch_id}")
