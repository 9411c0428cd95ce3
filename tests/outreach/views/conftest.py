"""A Friday in April, and Maria's link."""

import pytest
import time_machine
from django.test import Client

from tests.outreach import links


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(links.NOW, tick=False):
        yield


@pytest.fixture
def jonah(denver):
    links.make_lender()
    return links.make_officer(denver)


@pytest.fixture
def link(jonah):
    """The touch that Maria's link belongs to."""
    return links.make_link(jonah)


@pytest.fixture
def address(link):
    return f"/m/{link.link_token}/"


@pytest.fixture
def borrower():
    """A browser without cookies that insists on a token where a form needs one."""
    return Client(enforce_csrf_checks=True)
