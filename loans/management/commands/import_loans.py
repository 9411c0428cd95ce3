"""`manage.py import_loans`: a portfolio file into the portfolio."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loans.domain.portfolio_file import UnreadableFile
from loans.models import ImportBatch
from loans.services import importing


class Command(BaseCommand):
    help = "Imports a portfolio file (CSV with the canonical columns): new loans are added, changed ones updated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file")
        parser.add_argument("--format", choices=("auto", "csv"), default="auto", help="what the file is (default: auto)")
        parser.add_argument("--complete", action="store_true", help="the file is the whole book: mark loans that it lacks")
        parser.add_argument("--dry-run", action="store_true", help="check and count, change nothing")
        parser.add_argument("--json", action="store_true", help="print the result as JSON, no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        batch = importing.open_batch(path.name, complete=options["complete"])
        report = None if options["json"] else self._progress
        try:
            importing.import_file(
                path,
                batch=batch,
                options=importing.ImportOptions(complete=options["complete"], dry_run=options["dry_run"]),
                report=report,
            )
        except UnreadableFile as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(self._as_json(batch)))
            return
        self._tell(batch, dry_run=options["dry_run"])

    def _progress(self, batch: ImportBatch) -> None:
        share = batch.bytes_read / max(1, batch.bytes_total)
        end = "\r" if sys.stderr.isatty() else "\n"
        self.stderr.write(f"  {batch.rows:>9,} rows read, {share:4.0%}", ending=end)

    def _as_json(self, batch: ImportBatch) -> dict[str, Any]:
        errors = importing.errors_folder() / batch.errors_file if batch.errors_file else None
        return {
            "batch": batch.pk,
            "rows": batch.rows,
            "created": batch.created,
            "updated": batch.updated,
            "unchanged": batch.unchanged,
            "rejected": batch.rejected,
            "errors_file": str(errors) if errors else None,
            "seconds": float(batch.seconds or 0),
        }

    def _tell(self, batch: ImportBatch, *, dry_run: bool) -> None:
        verb = "would be" if dry_run else "were"
        self.stdout.write(
            f"{batch.rows:,} rows in {batch.seconds} s: {batch.created:,} {verb} created, {batch.updated:,} updated, "
            f"{batch.unchanged:,} unchanged, {batch.rejected:,} rejected."
        )
        if batch.complete:
            self.stdout.write(f"{batch.not_in_file:,} loans of the portfolio are not in the file.")
        if batch.message:
            self.stdout.write(batch.message)
        if batch.errors_file:
            self.stdout.write(
                f"{batch.warnings:,} warnings. Every rejected row and warning: {importing.errors_folder() / batch.errors_file}"
            )
