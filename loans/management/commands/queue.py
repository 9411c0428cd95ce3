"""`manage.py queue`: the ranked queue, of one officer or of everybody."""

import itertools
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from loans.queries import as_json, opportunities


class Command(BaseCommand):
    help = "Prints the ranked queue: open opportunities, less snoozed ones and applications."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--officer", metavar="EMAIL", help="of one officer only")
        parser.add_argument("--order", choices=sorted(opportunities.ORDERS), default="total_interest")
        parser.add_argument("--limit", type=int, default=0, metavar="N", help="the first N rows only")
        parser.add_argument("--json", action="store_true", help="print the rows as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        officer = options["officer"]
        if officer and not User.objects.filter(email__iexact=officer).exists():
            raise CommandError(f"Nobody has the e-mail {officer}.")
        if options["limit"] < 0:
            raise CommandError("--limit takes a number of rows.")
        rows = opportunities.ordered(opportunities.system_queue(officer), options["order"])
        shown = (rows[: options["limit"]] if options["limit"] else rows).iterator(chunk_size=2000)
        numbered = (as_json.queue_row(row, rank) for rank, row in enumerate(shown, start=1))
        if options["json"]:
            self.stdout.write(json.dumps(list(numbered)))
            return
        first = next(numbered, None)
        if first is None:
            self.stdout.write("The queue is empty.")
            return
        self.stdout.write(
            f"{'#':>5}  {'Loan':<14} {'Client':<24} {'Rate':>6} {'Market':>6} {'Monthly':>12} {'Total interest':>15}"
        )
        for row in itertools.chain([first], numbered):
            self.stdout.write(
                f"{row['rank']:>5}  {row['loan_number']:<14} {row['borrower'][:24]:<24} {row['note_rate']:>6} "
                f"{row['market_rate'] or '':>6} {row['monthly_savings'] or '':>12} {row['total_interest_savings'] or '':>15}"
            )
