"""One story through all floors: a file and a rate sheet become a ranked queue, the market moves, and each sees the own rows."""

import json
from datetime import datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from loans.models import DailyCycle, ImportBatch, Opportunity
from loans.services import acting
from loans.tasks import run_import
from rates.services import pulling
from refidetect import daily
from tests.loans.rows import set_market

NEW_YORK = ZoneInfo("America/New_York")
BOOK = """loan_number,first name,last name,email,rate,closing date,term,loan amount,lo email,branch
HP-1,Marisol,Vega,marisol.vega@example.com,7.5,2024-04-17,360,456000,olivia.hart@example.com,Denver
HP-2,Theo,Winslow,theo.winslow@example.com,7.375,2024-02-02,360,1400000,oscar.lind@example.com,Denver
HP-3,Orla,Tanaka,orla.tanaka@example.com,7.25,2024-03-11,360,610000,carl.reyes@example.com,Tampa
HP-4,Hana,Kowalczyk,hana.kowalczyk@example.com,6.5,2024-03-11,360,500000,olivia.hart@example.com,Denver
HP-5,Felix,Sauer,felix.sauer@example.com,not a rate,2024-03-11,360,500000,olivia.hart@example.com,Denver
"""

pytestmark = pytest.mark.django_db


def clock(day: int, hour: int, minute: int = 0):
    return time_machine.travel(datetime(2026, 4, day, hour, minute, tzinfo=NEW_YORK), tick=True)


def sheet(day: int, rate: str) -> None:
    content = f"as_of,product,rate\n2026-04-{day},conventional_30,{rate}\n".encode()
    pulling.pull("file", now=timezone.now(), file=pulling.Document("sheet.csv", content))


def queue_of(client) -> list[str]:
    """Loan numbers on the page, in order."""
    page = client.get(reverse("loans:queue")).content.decode()
    return sorted((number for number in ("HP-1", "HP-2", "HP-3", "HP-4") if number in page), key=page.index)


def test_a_book_becomes_a_queue_and_lives_with_the_market(
    olivia, oscar, ben, carl, cora, ada, as_user, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    set_market()  # the survey stands behind the lender's own sheet

    with clock(24, 9):
        # The administrator uploads the book; a worker imports it and says what is wrong with the fifth row.
        upload = SimpleUploadedFile("book.csv", BOOK.encode(), content_type="text/csv")
        as_user(ada).post(reverse("loans:import_new"), {"file": upload, "complete": "on"})
        batch = ImportBatch.objects.get()
        run_import(batch.pk)
        batch.refresh_from_db()
        assert (batch.state, batch.created, batch.rejected) == ("done", 4, 1)
        errors = as_user(ada).get(reverse("loans:import_errors", args=[batch.pk]))
        assert b"not a rate" in b"".join(errors.streaming_content if errors.streaming else [errors.content])

        # The rate sheet is in; before half past ten nothing runs, then exactly one cycle does, whoever asks.
        sheet(24, "6.230")
        assert daily.run_due(timezone.now()) is False
    with clock(24, 10, 31):
        assert daily.run_due(timezone.now()) is True
        assert daily.run_due(timezone.now()) is False
        assert DailyCycle.objects.get().run.opened == 3

        # Each sees the own rows, ranked by the interest to be saved.
        assert queue_of(as_user(olivia)) == ["HP-1"]
        assert queue_of(as_user(oscar)) == ["HP-2"]
        assert queue_of(as_user(ben)) == ["HP-2", "HP-1"]
        assert queue_of(as_user(carl)) == ["HP-3"]
        assert queue_of(as_user(cora)) == ["HP-2", "HP-3", "HP-1"]
        foreign = Opportunity.objects.get(loan_number="HP-3")
        assert as_user(olivia).get(reverse("loans:opportunity", args=[foreign.pk])).status_code == 404

        # The command, the explanation and the row say the same to the cent.
        out = StringIO()
        call_command("explain", "HP-1", "--json", stdout=out)
        explained = json.loads(out.getvalue())
        row = Opportunity.objects.get(loan_number="HP-1")
        assert explained["eligible"] is True
        assert explained["figures"]["total_interest_savings"] == str(row.total_interest_savings)
        assert {rule["name"]: rule["passed"] for rule in explained["rules"]}["spread"] is True

        # A loan that is out says at which rate it would open.
        out = StringIO()
        call_command("explain", "HP-4", "--json", stdout=out)
        spread = next(rule for rule in json.loads(out.getvalue())["rules"] if rule["name"] == "spread")
        assert (spread["passed"], spread["opens_at_rate"]) == (False, "5.875")

    with clock(27, 10, 31):
        # The market rises: what nobody has spoken to expires, nothing new opens, what a person archived stays so.
        acting.archive(row, reason="not_now", by=olivia, today=row.opened_on)
        Opportunity.objects.filter(loan_number="HP-2").update(status="contacting")
        sheet(27, "6.900")
        assert daily.run_due(timezone.now()) is True
        assert dict(Opportunity.objects.values_list("loan_number", "status")) == {
            "HP-1": "archived",
            "HP-2": "contacting",
            "HP-3": "expired",
        }

    with clock(28, 10, 31):
        # It seems to fall by a whole point: the guard holds that value for a person, and nothing opens on it.
        sheet(28, "5.870")
        assert daily.run_due(timezone.now()) is True
        assert queue_of(as_user(cora)) == ["HP-2"]
        # The sheet is corrected.
        sheet(28, "6.200")
    with clock(28, 13, 1):
        assert daily.run_due(timezone.now()) is True
        assert queue_of(as_user(cora)) == ["HP-2", "HP-3"]
