"""`manage.py demo`: a believable lender to look at. Safe to repeat; refuses to touch a real lender's data."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Lender
from loans.queries import books
from loans.services import importing, matching
from rates.services import pulling
from refidetect.management.demo import book, people, survey


class Command(BaseCommand):
    help = "Loads the demo lender: 3 branches, 8 officers, 300 invented loans, real survey rates replayed; then matches."

    def handle(self, *args: Any, **options: Any) -> None:
        # Whoever has written the lender's name has begun in earnest, before any loan.
        if Lender.objects.filter(demo=False).exists() or (not Lender.current().demo and not books.is_empty()):
            raise CommandError(
                "This database is a lender's own; the demo leaves it alone. Point DATA_DIR or DATABASE_URL elsewhere."
            )
        today = Lender.current().today()
        people.ensure(survey.notice(today))
        with tempfile.TemporaryDirectory() as folder:
            self._rates(Path(folder))
            self._book(Path(folder))
        result = matching.run()
        self.stdout.write(
            f"Match: {result.loans} loans, {result.matched} worth refinancing, {result.opened} opened, "
            f"{result.updated} updated."
        )
        self._sign_ins()

    def _rates(self, folder: Path) -> None:
        path = folder / "survey.csv"
        survey.write(path, Lender.current().today())
        pulled = pulling.pull("pmms", now=timezone.now(), file=path)
        if pulled.failed:
            raise CommandError(pulled.message)
        self.stdout.write(
            f"Rates: {pulled.added} added, {pulled.revised} moved, {pulled.unchanged} unchanged. Source: Freddie Mac PMMS."
        )

    def _book(self, folder: Path) -> None:
        # Dates count back from the day of the first demo: a book made anew on another day would be another book.
        if not books.is_empty():
            self.stdout.write("Book: there already.")
            return
        path = folder / "demo-portfolio.csv"
        book.write(path, Lender.current().today())
        batch = importing.import_file(path, batch=importing.open_batch(path.name, complete=True))
        self.stdout.write(f"Book: {batch.created} loans, {batch.rejected} rejected.")

    def _sign_ins(self) -> None:
        self.stdout.write(f"\nSign in with the pass phrase: {people.PASS_PHRASE}")
        for person in people.PEOPLE:
            place = f", {person.branch}" if person.branch else ""
            self.stdout.write(f"  {person.email:<32} {person.role.label}{place}")
