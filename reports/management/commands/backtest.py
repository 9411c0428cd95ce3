"""`manage.py backtest`: replays the rules of the match over a published history of loans."""

import json
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reports.domain.backtest_criteria import SPREADS
from reports.domain.backtest_histories import BadHistory
from reports.models import BacktestRun
from reports.queries import backtest_pages
from reports.services import backtesting

ROW = "  {:<22} {:>13} {:>7} {:>19} {:>19} {:>19} {:>9} {:>9}"
HEADING = ROW.format("", "flagged early", "median", "3 months, flagged", "not flagged", "lift", "false 12", "false 24")


class Command(BaseCommand):
    help = (
        "Replays the rules of the match month by month over Fannie Mae's or Freddie Mac's loan-level files, and reports for "
        "each threshold and rule which prepaid loans were flagged, how early, and at what cost in false alarms. The run is "
        "stored and shown under Back-tests."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--loans",
            type=Path,
            nargs="+",
            required=True,
            metavar="FILE",
            help="the file of loans and the file of their months, as published (.txt, .csv, .gz or .zip); of a file of loans "
            "alone, the months are looked for beside it",
        )
        parser.add_argument(
            "--rates", type=Path, required=True, metavar="FILE", help="PMMS history, FRED's CSV, or as_of, product, rate"
        )
        parser.add_argument(
            "--threshold",
            nargs="+",
            action="extend",
            metavar="X",
            help=f"spreads to try, in percentage points (default: {' '.join(map(str, SPREADS))})",
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        loans = options["loans"]
        try:
            thresholds = [Decimal(text) for text in options["threshold"] or SPREADS]
        except InvalidOperation as error:
            raise CommandError("A threshold is a number of percentage points, such as 0.625.") from error
        report = None if options["json"] else self._progress
        try:
            stored = backtesting.run(
                loans if isinstance(loans, list) else [loans], options["rates"], thresholds=thresholds, report=report
            )
        except BadHistory as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps({"run": stored.pk, **stored.result}))
        else:
            self._tell(stored)

    def _progress(self, read: int) -> None:
        self.stderr.write(f"{read:,} months read")

    def _tell(self, stored: BacktestRun) -> None:
        histories = stored.result["histories"]
        self.stdout.write(
            f"Back-test {stored.pk}: {stored.loans:,} loans of {histories['publisher']}, {stored.months:,} months at risk from "
            f"{stored.first_month:%Y-%m} to {stored.last_month:%Y-%m}, {stored.result['seconds']} s."
        )
        ends = ", ".join(f"{histories[name]:,} {name.replace('_', ' ')}" for name in backtesting.ENDS[1:])
        self.stdout.write(f"{ends} at their last line.")
        for family in backtest_pages.families(stored.result):
            self.stdout.write("")
            self.stdout.write(f"{family.label}. {family.sentence}")
            self.stdout.write(HEADING)
            for row in family.rows:
                self.stdout.write(
                    ROW.format(
                        row.label,
                        row.flagged,
                        row.lead,
                        row.hazard_flagged,
                        row.hazard_unflagged,
                        row.lift,
                        row.false_12,
                        row.false_24,
                    )
                )
        self.stdout.write("")
        for sentence in stored.result["meaning"]:
            self.stdout.write(sentence)
