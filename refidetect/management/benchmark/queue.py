"""The queue at many open opportunities beside itself at 1,000: the page, a filter, an order, and a page deep inside."""

import contextlib
import logging
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import Lender, Role, User
from loans.services import matching
from refidetect.management.benchmark import match, measuring, portfolio

BUDGET, DEEP_MILLISECONDS, MOST_QUERIES = 1.5, 300.0, 10.0
ROWS = 200_000
FEW = 1000
LOANS_AN_OPPORTUNITY = 5
"""About a fifth of the generated loans opens."""
LOOKS_A_ROUND = 5
DEEP_LOOKS = 20
PAGES = {"page": "", "filter": "?spread=1.5&program=conventional", "search": "?q=BM-00000012", "order": "?order=spread"}
PLAIN_FILES = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@dataclass(frozen=True)
class Within(measuring.Measured):
    """One figure against a limit of its own kind, in `unit`; both stand where a ratio has seconds."""

    unit: str = ""

    def sentence(self) -> str:
        return f"{self.name}: {self.ours[0]:,.0f} {self.unit}, budget {self.floor[0]:,.0f}."

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, self.unit: round(self.ours[0]), "budget": self.floor[0], "kept": self.kept}


def run(opportunities: int, rounds: int, say: Callable[[str], None]) -> Iterator[measuring.Measured]:
    """Each page so many times with few rows, then with many, as an administrator sees them: all."""
    today = Lender.current().today()
    match.set_market(today)
    person = User.objects.create_user("queue@example.com", name="Benchmark", role=Role.ADMINISTRATOR)
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    # A page needs no collected files here.
    storages = settings.STORAGES | {"staticfiles": PLAIN_FILES}
    with override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=storages, SECOND_FACTOR_REQUIRED=False), _quietly():
        _open(1, FEW * LOANS_AN_OPPORTUNITY)
        few = {name: _looks(client, address, rounds) for name, address in PAGES.items()}
        _open(FEW * LOANS_AN_OPPORTUNITY + 1, opportunities * LOANS_AN_OPPORTUNITY)
        count = _count()
        for name, address in PAGES.items():
            cache.clear()
            first = measuring.seconds(lambda address=address: _look(client, address))
            say(f"queue {name}, {count:,} open: {first * 1000:,.0f} ms where nothing is remembered yet.")
            yield measuring.Measured(f"queue {name}, {count:,} open", _looks(client, address, rounds), few[name], BUDGET)
        # The middle is the deepest: the far half is read from the end.
        deep = f"?page={max(1, count // 100)}"
        milliseconds = _p95(client, deep) * 1000
        yield Within(f"queue deep page, {count:,} open, p95", (milliseconds,), (DEEP_MILLISECONDS,), 1.0, "milliseconds")
        queries = max(_queries(client, address) for address in (*PAGES.values(), deep))
    yield Within("queue, any of these pages", (float(queries),), (MOST_QUERIES,), 1.0, "queries")


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Without a line for each look."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _open(first: int, last: int) -> None:
    if last >= first:
        portfolio.generate(first, last, Lender.current().today().isoformat())
    matching.run(Lender.current().today())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE loans_opportunity")


def _looks(client: Client, address: str, rounds: int) -> tuple[float, ...]:
    """The quickest look of each round: what else the machine does only adds to it."""
    _look(client, address)
    return tuple(min(measuring.seconds(lambda: _look(client, address)) for _ in range(LOOKS_A_ROUND)) for _ in range(rounds))


def _look(client: Client, address: str) -> None:
    if client.get(f"/queue/{address}").status_code != 200:
        raise RuntimeError(f"The queue did not answer {address}.")


def _p95(client: Client, address: str) -> float:
    times = sorted(measuring.seconds(lambda: _look(client, address)) for _ in range(DEEP_LOOKS))
    return times[math.ceil(0.95 * DEEP_LOOKS) - 1]


def _queries(client: Client, address: str) -> int:
    """With nothing remembered, which is the most."""
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        _look(client, address)
    return len(captured)


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loans_opportunity WHERE closed_on IS NULL")
        return int(cursor.fetchone()[0])
