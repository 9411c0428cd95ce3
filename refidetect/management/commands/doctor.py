"""Says what is ready, what is not, and what to do about it. Ends with status 1 where something blocks."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from refidetect.management.doctor import database, frame, speaking
from refidetect.management.doctor.findings import Finding, Grade

SIGNS = {Grade.WELL: "ok", Grade.NOTE: "note", Grade.BLOCKS: "BLOCKS"}


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, json: bool, **options: Any) -> None:
        found = [*frame.look(), *database.look()]
        # Without tables there is nothing to ask about.
        if not any(one.part == "database" and one.grade is Grade.BLOCKS for one in found):
            found += speaking.look()
        self._tell(found, as_json=json)
        if any(one.grade is Grade.BLOCKS for one in found):
            sys.exit(1)

    def _tell(self, found: list[Finding], *, as_json: bool) -> None:
        blocks = sum(one.grade is Grade.BLOCKS for one in found)
        if as_json:
            self.stdout.write(json.dumps({"ready": not blocks, "findings": [asdict(one) for one in found]}))
            return
        width = max(len(one.part) for one in found)
        for one in found:
            self.stdout.write(f"{SIGNS[one.grade]:<7} {one.part:<{width}}  {one.sentence}")
            if one.remedy:
                self.stdout.write(f"{'':<{width + 9}} > {one.remedy}")
        what = "thing blocks" if blocks == 1 else "things block"
        self.stdout.write(f"\n{blocks} {what}." if blocks else "\nNothing blocks.")
