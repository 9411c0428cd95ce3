"""One minute's work: due steps become touches; with --send this process delivers them, too."""

import json
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from outreach.services import sending, sweeping
from refidetect.kit import clock


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--send", action="store_true", help="deliver what is ready in this process")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, send: bool, json: bool, **options: Any) -> None:
        swept = sweeping.sweep(clock.now())
        outcomes: Counter[str] = Counter()
        if send:
            for touch_id in swept.ready:
                outcomes[sending.send(touch_id, now=clock.now())] += 1
        self._tell(swept.counts | {"waiting": len(swept.ready)}, dict(outcomes), as_json=json)

    def _tell(self, counts: dict[str, int], outcomes: dict[str, int], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({**counts, "outcomes": outcomes}))
            return
        done = ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "nothing was due"
        self.stdout.write(f"Sweep: {done}.")
        if outcomes:
            self.stdout.write("Sent here: " + ", ".join(f"{number} {state}" for state, number in outcomes.items()) + ".")
