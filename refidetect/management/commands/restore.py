"""Puts a backup back, all of it or nothing. The desk comes back halted: what happened since the backup, it does not know."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from refidetect.management.backup import archive, programs, putting_back
from refidetect.management.backup.archive import Manifest


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="give up what the database holds now")
        parser.add_argument("--check", action="store_true", help="only look whether it could be put back here")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path, replace: bool, check: bool, json: bool, **options: Any) -> None:
        try:
            with archive.opened(file) as (manifest, dump):
                warnings = putting_back.check(manifest, replace=replace)
                if not check:
                    putting_back.put_back(manifest, dump)
        except (archive.NoBackup, putting_back.Refused, programs.Failed) as error:
            raise CommandError(str(error)) from error
        self._tell(manifest, warnings, done=not check, as_json=json)

    def _tell(self, manifest: Manifest, warnings: list[str], *, done: bool, as_json: bool) -> None:
        if as_json:
            said = {"made_at": manifest.made_at, "restored": done, "rows": manifest.rows, "warnings": warnings}
            self.stdout.write(json.dumps(said))
            return
        for warning in warnings:
            self.stdout.write(warning)
        if not done:
            self.stdout.write(f"The backup of {manifest.made_at} with {manifest.rows:,} rows could be put back here.")
            return
        self.stdout.write(f"The desk is as it was at {manifest.made_at}: {manifest.rows:,} rows, counted and readable.")
        self.stdout.write(
            "Everything is halted. Opt-outs and messages since then are not known here: see docs/operate/backup.md, "
            "then let sending go on under Outreach."
        )
