"""`manage.py load_limits`: puts a published list of conforming limits in place of a year's, or the shipped ones back."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rates.services import limits


class Command(BaseCommand):
    help = (
        "Loads FHFA's conforming loan limits by county (its XLSX, the same as CSV, or the CFPB's) in place of that year's. "
        "Without a file, the limits that come with this version are put back. Repeating it changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, metavar="FILE", help="an XLSX or CSV with every county and its one-unit limit"
        )
        parser.add_argument("--year", type=int, help="the calendar year, where neither a title line nor the file's name has it")
        parser.add_argument("--json", action="store_true", help="print one JSON document instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["file"] is None and options["year"]:
            raise CommandError("--year needs a file.")
        try:
            loaded = [limits.load(options["file"], year=options["year"])] if options["file"] else limits.restore()
        except limits.NotLoaded as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in loaded], default=str))
            return
        for one in loaded:
            self.stdout.write(
                f"{one.year}: baseline ${one.baseline:,.0f}; states and counties with another limit: {one.above:,}."
            )
        self.stdout.write("The next match goes by them.")
