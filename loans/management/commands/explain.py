"""`manage.py explain LOAN_NUMBER`: why a loan is in the queue or not."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Lender
from loans.models import Loan
from loans.queries import as_json, explaining
from refidetect.kit import days

NAMES = {"today": "Today", "same_term": "Same term", "new_30_year": "New 30-year"}
MARKS = {True: "pass", False: "FAIL", None: "unknown"}


class Command(BaseCommand):
    help = "Says for one loan, rule by rule, why it is in the queue or not, with its figures."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("loan_number")
        parser.add_argument("--as-of", metavar="DATE", help="the day, such as 2026-04-23 (default: today)")
        parser.add_argument("--json", action="store_true", help="print the explanation as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        loan = Loan.objects.select_related("officer").filter(loan_number=options["loan_number"]).first()
        if loan is None:
            raise CommandError(f"No loan has the number {options['loan_number']}.")
        explained = explaining.explain(loan, days.asked(options["as_of"]) or Lender.current().today())
        if options["json"]:
            row = loan.opportunities.open().first()
            self.stdout.write(json.dumps(as_json.explanation(explained, row)))
            return
        self._tell(explained)

    def _tell(self, explained: explaining.Explanation) -> None:
        verdict = "is eligible" if explained.eligible else "is not eligible"
        self.stdout.write(f"Loan {explained.loan} {verdict} as of {explained.as_of}.")
        for rule in explained.rules:
            turns = f" Opens on {rule.opens_on}." if rule.opens_on else ""
            if rule.opens_at_rate is not None:
                turns = f" Opens at a market rate of {rule.opens_at_rate:.3f}% or less."
            self.stdout.write(f"  {MARKS[rule.passed]:<7} {rule.label:<18} {rule.sentence}{turns}")
        if explained.timing:
            verdict = explained.timing.verdict.replace("_", " ")
            self.stdout.write(f"  Timing: {verdict}; worth acting from a spread of {explained.timing.threshold_bp / 100:.2f}.")
        for scenario in explained.scenarios:
            name = NAMES.get(scenario.name, scenario.name)
            if scenario.payment is None:
                self.stdout.write(f"  {name}: can't be figured.")
                continue
            saved = scenario.total_interest_savings
            change = "" if saved is None else f", interest ${abs(saved):,.2f} {'less' if saved >= 0 else 'more'}"
            self.stdout.write(
                f"  {name:<12} {scenario.rate:.3f}% over {scenario.months:g} months: "
                f"${scenario.payment:,.2f} a month{change}. {scenario.note}"
            )
