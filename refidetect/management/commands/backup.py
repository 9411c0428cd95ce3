"""Copies the whole desk into one file, while it works. The keys are not in it: keep them apart, or nothing can be read."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from refidetect import engines
from refidetect.kit import clock
from refidetect.management.backup import making, programs
from refidetect.management.backup.archive import Manifest


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: backups/ in DATA_DIR, by date and time")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, file: Path | None, json: bool, **options: Any) -> None:
        path = file or engines.data_dir() / "backups" / f"refidetect-{clock.now():%Y%m%dT%H%M%SZ}.tar"
        if path.exists():
            raise CommandError(f"{path} is there already, and a backup replaces nothing: choose another name.")
        try:
            manifest = making.make(path)
        except programs.Failed as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"Can't write {error.filename or path}: {error.strerror}.") from error
        self._tell(path, manifest, as_json=json)

    def _tell(self, path: Path, manifest: Manifest, *, as_json: bool) -> None:
        size = path.stat().st_size
        if as_json:
            said = {name: value for name, value in asdict(manifest).items() if name not in {"samples", "migrations"}}
            self.stdout.write(json.dumps({"file": str(path), "bytes": size, **said}))
            return
        self.stdout.write(f"{path}: {manifest.rows:,} rows in {len(manifest.counts)} tables, {size:,} bytes.")
        if manifest.field_key_ids:
            ids = ", ".join(map(str, manifest.field_key_ids))
            self.stdout.write(f"It can be read with the key {ids} of FIELD_KEYS alone, which is not in it: keep it elsewhere.")
