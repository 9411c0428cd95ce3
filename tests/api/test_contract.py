"""The API does what its own schema says, whatever it is sent: generated requests by a branch's key and the lender's.

The cases are the same in each run. A request that breaks the schema need not be refused: of a list of loans the good ones land.
"""

from datetime import UTC, datetime

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from loans.models import Opportunity
from loans.services import matching
from tests.loans.rows import AS_OF, make_loan, set_market

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
)
OPERATIONS = 18
CASES_EACH = 8
QUICKLY = settings(
    max_examples=CASES_EACH,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def book(olivia, carl):
    """Two loans with opportunities, one in each branch."""
    set_market()
    make_loan("HP-1", officer=olivia, branch=olivia.branch, name=("Ana", "Ames"), email="ana@example.com")
    make_loan("TP-4", officer=carl, branch=carl.branch, name=("Di", "Dunn"))
    matching.run(AS_OF)
    return {"loan_number": "HP-1", "id": Opportunity.objects.get(loan_number="HP-1").pk}


@pytest.fixture
def application():
    """The server's way in. It would give the connection back before each request, and with it the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def requests_to(operation, known):
    """Requests that fit the schema and that don't, at random addresses and at those of rows that are there."""
    there = {name: value for name, value in known.items() if f"{{{name}}}" in operation.path}
    kinds = [(mode, path) for mode in GenerationMode for path in ([None, there] if there else [None])]
    return one_of(*(operation.as_strategy(mode, path_parameters=path) for mode, path in kinds))


def failure_of(case, headers) -> str:
    """What the answer breaks, with the request that brought it; empty where it holds."""
    answer = case.call(headers=headers)
    try:
        case.validate_response(answer, checks=list(CHECKS), headers=headers)
    except BaseExceptionGroup as broken:
        return f"{broken.exceptions!r} of {case.as_curl_command()}"
    return ""


def answers_of(operation, known, headers) -> list[str]:
    """What each of the generated requests came to."""
    answers = []

    @QUICKLY
    @given(case=requests_to(operation, known))
    def ask(case):
        answers.append(failure_of(case, headers))

    ask()
    return answers


@pytest.mark.parametrize("whose", ["branch_key", "lender_key"])
def test_every_operation_answers_as_the_schema_says(request, application, book, whose):
    headers = {"Authorization": f"Api-Key {request.getfixturevalue(whose)}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", application, headers=headers)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == OPERATIONS
    answers = [(operation.label, answers_of(operation, book, headers)) for operation in operations]
    assert [label for label, given in answers if not given] == []
    assert [f"{label}: {failure}" for label, given in answers for failure in given if failure] == []
