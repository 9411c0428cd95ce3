"""`manage.py benchmark`: measures the desk's heavy work as ratios, in a database of its own."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from refidetect.management.benchmark import import_, inbox, match, queue, send

BENCHMARKS = {"match": match.run, "import": import_.run, "send": send.run, "queue": queue.run, "inbox": inbox.run}
ROWS = {"match": 1_000_000, "import": 1_000_000, "send": send.ROWS, "queue": queue.ROWS, "inbox": inbox.ROWS}


class Command(BaseCommand):
    help = "Measures heavy work beside the least it can cost, in one run and in a scratch database that is dropped afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", nargs="?", choices=sorted(BENCHMARKS), help="one of them; all of them if left out")
        parser.add_argument(
            "--rows",
            type=int,
            help="loans, rows, touches or events (default: 1,000,000; send 1,500; queue 200,000; inbox 20,000)",
        )
        parser.add_argument("--rounds", type=int, default=3, help="rounds of each measurement; the median counts (default: 3)")
        parser.add_argument("--json", action="store_true", help="print the results as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["rows"] or 1000) < 1000 or options["rounds"] < 1:
            raise CommandError("--rows takes 1000 or more, --rounds 1 or more.")
        results = []
        own_name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            for what in [options["what"]] if options["what"] else BENCHMARKS:
                for measured in BENCHMARKS[what](options["rows"] or ROWS[what], options["rounds"], self._say):
                    results.append(measured)
                    self._say(measured.sentence())
        finally:
            connection.creation.destroy_test_db(own_name, verbosity=0)
        if options["json"]:
            self.stdout.write(json.dumps([measured.as_json() for measured in results]))
        if not all(measured.kept for measured in results):
            raise CommandError("A budget is not kept.")

    def _say(self, text: str) -> None:
        self.stderr.write(text)
