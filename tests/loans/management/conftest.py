"""A book, a market, and commands as somebody types them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from loans.services import matching
from tests.loans.rows import AS_OF, make_loan, set_market


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{AS_OF}T16:00Z", tick=True):
        yield


@pytest.fixture
def book(db, olivia, carl, denver, tampa) -> None:
    """Three loans in the queue, one below the threshold; the first and the last are Olivia's."""
    make_loan("Q-1", officer=olivia, branch=denver, name=("Marisol", "Vega"))
    make_loan("Q-2", officer=carl, branch=tampa, original_amount=600_000, name=("Theo", "Strand"))
    make_loan("Q-3", original_amount=300_000, name=("Una", "Finch"))
    make_loan("Q-4", officer=olivia, branch=denver, note_rate="6.500")
    set_market()
    matching.run()


@pytest.fixture
def run(capfd) -> Callable[..., str]:
    """What a command says; with --json, what it means. Standard error is in `run.err`."""

    def run(*words: str) -> Any:
        capfd.readouterr()
        call_command(*words)
        said, run.err = capfd.readouterr()
        return json.loads(said) if "--json" in words else said

    return run
