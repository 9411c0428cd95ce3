"""`manage.py pull_rates`: fetches market rates, or loads them from a file."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rates.domain import products, sources
from rates.services import pulling
from rates.services.pulling import PullResult
from refidetect.kit import days

COUNTS = ("read", "added", "revised", "unchanged", "held", "rejected")
SHOWN_ERRORS = 20


class Command(BaseCommand):
    help = (
        "Fetches market rates from the enabled sources, or from one of them, or loads a file. "
        "Values that fail the guard are held for a person. Repeating it changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--source", metavar="NAME", help=f"one of {', '.join(sources.ORDER)}")
        parser.add_argument(
            "--file", type=Path, metavar="PATH", help="a rate sheet, or a saved file of --source pmms or fredgraph"
        )
        parser.add_argument("--as-of", metavar="DATE", help="drop values after that date, such as 2026-04-23")
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of, path, source = days.asked(options["as_of"]), options["file"], options["source"]
        if source is None and path is None:
            self._pull_all(as_of, as_json=options["json"])
            return
        try:
            result = pulling.pull(source or "file", now=timezone.now(), file=path, as_of=as_of)
        except pulling.UnknownSource as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(_document(result), default=str))
        elif not result.failed:
            self._tell(result)
        if result.failed:
            raise CommandError(result.message)

    def _pull_all(self, as_of: date | None, *, as_json: bool) -> None:
        tell = None if as_json else self._tell
        daily = pulling.pull_daily(timezone.now(), as_of=as_of, tell=tell)
        if as_json:
            pulls = [_document(result) for result in daily.results]
            self.stdout.write(json.dumps({"pulls": pulls, "day_in": daily.day_in}, default=str))
        if not daily.results or all(result.failed for result in daily.results):
            raise CommandError(daily.message)
        if not as_json:
            for sentence in daily.skipped:
                self.stdout.write(sentence)
            self.stdout.write("The day's rate is in." if daily.day_in else "The day's rate is not out yet.")

    def _tell(self, result: PullResult) -> None:
        if result.failed:
            self.stderr.write(f"{result.source}: {result.message}")
            return
        counts = ", ".join(f"{getattr(result, count):,} {count}" for count in COUNTS)
        self.stdout.write(f"{result.source}: {counts} in {result.seconds:.2f} s")
        for product, newest in result.newest.items():
            label = products.LABELS[product]
            self.stdout.write(f"  {label:<9} {newest.rate:>7}%  {newest.as_of.isoformat()}  {newest.status}")
        for refused in result.refused[:SHOWN_ERRORS]:
            self.stdout.write(f"  rejected: {refused}")
        if result.rejected > SHOWN_ERRORS:
            self.stdout.write(f"  and {result.rejected - SHOWN_ERRORS:,} more rejected")
        if result.held:
            self.stdout.write("  Held values wait for a person on the rates page; the old rate stands.")


def _document(result: PullResult) -> dict[str, Any]:
    """Rates as strings, dates in ISO form; unknown is null."""
    return {
        "source": result.source,
        "outcome": result.outcome,
        "message": result.message,
        **{count: getattr(result, count) for count in COUNTS},
        "newest": {product: asdict(newest) for product, newest in result.newest.items()},
        "errors": [asdict(refused) for refused in result.refused],
        "seconds": result.seconds,
    }
