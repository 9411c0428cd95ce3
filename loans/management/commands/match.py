"""`manage.py match`: compares the portfolio with a day's market."""

import dataclasses
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loans.domain import eligibility
from loans.services import matching
from refidetect.kit import days


class Command(BaseCommand):
    help = "Compares every loan with the market of a day: opens, refreshes and expires opportunities."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", metavar="DATE", help="the day, such as 2026-04-23 (default: today)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = matching.run(days.asked(options["as_of"]))
        except matching.NoRun as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            as_json = dataclasses.asdict(result)
            self.stdout.write(json.dumps(as_json | {"as_of": result.as_of.isoformat()}))
            return
        self._tell(result)

    def _tell(self, result: matching.MatchResult) -> None:
        kind = "Preview, nothing stored" if result.preview else "Live" if result.live else "Stored, not live"
        self.stdout.write(f"Match as of {result.as_of}. {kind}. {result.seconds} s.")
        for product, rate in sorted(result.rates.items()):
            stands_in = ", standing in" if rate["proxy"] else ""
            self.stdout.write(f"  {product:<16} {rate['rate']}  {rate['source']}, {rate['as_of']}{stands_in}")
        if not result.rates:
            self.stdout.write("  No current rate: nothing new opens. Pull rates with `manage.py pull_rates`.")
        self.stdout.write(
            f"{result.loans:,} loans, {result.matched:,} eligible: {result.opened:,} opened, {result.updated:,} updated, "
            f"{result.expired:,} expired."
        )
        for rule in eligibility.RULES:
            if result.excluded[rule.name]:
                self.stdout.write(f"  {result.excluded[rule.name]:>9,} out by {rule.label}")
        if result.held:
            self.stdout.write("Held: more opened than usual. Nothing is enrolled until somebody releases the run.")
