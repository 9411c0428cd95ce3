"""Installs the sequences and templates that ship with the product; `up` does so at each start. Safe to repeat."""

from typing import Any

from django.core.management.base import BaseCommand

from outreach.services import presets
from refidetect.kit import clock


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:
        installed = presets.install(clock.now())
        self.stdout.write(
            f"New: {installed.sequences} versions of sequences, {installed.templates} of templates. "
            "Templates wait for compliance before anything is sent with them."
        )
