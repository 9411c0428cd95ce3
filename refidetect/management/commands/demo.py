"""`manage.py demo`: a believable lender to look at. Safe to repeat; refuses to touch a real lender's data."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Lender
from loans.queries import books
from loans.services import importing, matching
from rates.services import pulling
from refidetect.management.demo import book, conversations, moments, people, survey


class Command(BaseCommand):
    help = "Loads the demo lender: 3 branches, 8 officers, 300 invented loans, real survey rates replayed, three weeks of talk."

    def handle(self, *args: Any, **options: Any) -> None:
        # Whoever has written the lender's name has begun in earnest, before any loan.
        if Lender.objects.filter(demo=False).exists() or (not Lender.current().demo and not books.is_empty()):
            raise CommandError(
                "This database is a lender's own; the demo leaves it alone. Point DATA_DIR or DATABASE_URL elsewhere."
            )
        now = timezone.now()
        today = Lender.current().today(now)
        people.ensure(survey.notice(today))
        with tempfile.TemporaryDirectory() as folder:
            self._rates(Path(folder))
            is_new = books.is_empty()
            # All of it or nothing, so that an interrupted demo can be begun again.
            with transaction.atomic(), _without_a_line_a_message():
                self._book(Path(folder), now)
                if is_new:
                    conversations.unfold(now)
                result = matching.run()
                said = conversations.catch_up(now) if is_new else "Conversations: there already."
        self.stdout.write(
            f"Match: {result.loans} loans, {result.matched} worth refinancing, {result.opened} opened, "
            f"{result.updated} updated."
        )
        self.stdout.write(said)
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

    def _book(self, folder: Path, now: datetime) -> None:
        # Dates count back from the day of the first demo: a book made anew on another day would be another book.
        if not books.is_empty():
            self.stdout.write("Book: there already.")
            return
        path = folder / "demo-portfolio.csv"
        lender = Lender.current()
        book.write(path, lender.today(now))
        # The day before the first conversation.
        came = datetime.combine(lender.today(now) - timedelta(weeks=conversations.WEEKS, days=1), time(15), lender.zone)
        with moments.at(came):
            batch = importing.import_file(path, batch=importing.open_batch(path.name, complete=True))
        self.stdout.write(f"Book: {batch.created} loans, {batch.rejected} rejected.")

    def _sign_ins(self) -> None:
        self.stdout.write(f"\nSign in with the pass phrase: {people.PASS_PHRASE}")
        for person in people.PEOPLE:
            place = f", {person.branch}" if person.branch else ""
            self.stdout.write(f"  {person.email:<32} {person.role.label}{place}")


@contextmanager
def _without_a_line_a_message() -> Iterator[None]:
    """Three weeks of a desk's log would bury what the demo has to say; warnings still come through."""
    talkative = logging.getLogger("outreach.services")
    before = talkative.level
    talkative.setLevel(logging.WARNING)
    try:
        yield
    finally:
        talkative.setLevel(before)
