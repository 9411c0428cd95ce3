"""Desks with many touches ready, senders on threads, and a SendGrid on this machine that keeps a ledger."""

import os
import queue
import threading
from collections.abc import Callable, Iterable
from urllib.parse import quote

import pytest
from django.db import connection, connections

from accounts.models import Lender
from rates.models import ConformingLimit
from refidetect.management.benchmark import conversations, match
from tests.stand_ins import SendGridStandIn


@pytest.fixture
def sendgrid(settings):
    """The real client pointed at a stand-in; its ledger says what went out."""
    with SendGridStandIn() as stand_in:
        settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL = "SG.test", stand_in.base_url
        yield stand_in


@pytest.fixture
def ready(transactional_db):
    """`ready(100)` gives a hundred ready Day 1 e-mails and the business hour at which they may go."""

    def make(count: int):
        # A test that commits empties the tables of what migrations loaded.
        ConformingLimit.objects.get_or_create(year=2026, area="", defaults={"amount": 832_750})
        match.set_market(Lender.current().today())
        return conversations.generate(count)

    return make


@pytest.fixture
def in_threads():
    """`in_threads(4, ids, act)`: so many threads share the work; an error in one fails the test."""

    def run(threads: int, items: Iterable, act: Callable) -> None:
        waiting, errors = queue.SimpleQueue(), []
        for item in items:
            waiting.put(item)

        def work() -> None:
            try:
                while True:
                    act(waiting.get_nowait())
            except queue.Empty:
                pass
            except BaseException as error:  # told in the test's own thread
                errors.append(error)
            finally:
                connections.close_all()

        running = [threading.Thread(target=work) for _ in range(threads)]
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
        if errors:
            raise errors[0]

    return run


@pytest.fixture
def for_a_child() -> dict[str, str]:
    """The environment in which another process works on the database of this test."""
    to = connection.settings_dict
    address = f"postgresql://{to['USER']}:{to['PASSWORD']}@{quote(to['HOST'], safe='')}:{to['PORT'] or 5432}/{to['NAME']}"
    return os.environ | {"DATABASE_URL": address, "PYTHON_DOTENV_DISABLED": "1", "LOG_LEVEL": "ERROR"}
