"""A day as somebody writes it after a command."""

import re
from datetime import date

from django.core.management.base import CommandError


def asked(text: str | None) -> date | None:
    """The day that `--as-of` names, if it is given."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of {text} is not a date; write 2026-04-23.") from error
