"""`manage.py weekly_report`: the week of the lender or of a branch."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Branch
from reports.domain import printing, weeks
from reports.domain.weeks import NotAWeek, Week
from reports.queries import scope as scoping
from reports.queries import weekly
from reports.queries.scope import Asked


class Command(BaseCommand):
    help = "Prints the weekly report: the newest complete week, or the one that --week names."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--week", metavar="2026-W47")
        parser.add_argument("--branch", metavar="NAME", help="of one branch only")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now, name = timezone.now(), options["branch"]
        branch = Branch.objects.filter(name__iexact=name).first() if name else None
        if name and branch is None:
            raise CommandError(f"No branch is called {name}.")
        zone = scoping.zone_of(branch.pk if branch else None)
        try:
            week = Week.named(options["week"]) if options["week"] else weeks.last_complete(now, zone)
        except NotAWeek as refusal:
            raise CommandError(f"--week {refusal}") from refusal
        scope = scoping.of_desk(Asked(week, branch=branch.pk if branch else None))
        report = weekly.report(scope, now=now)
        self.stdout.write(json.dumps(printing.as_json(report)) if options["json"] else printing.as_text(report))
