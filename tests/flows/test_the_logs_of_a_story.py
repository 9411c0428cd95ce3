"""What the desk writes to its log while a borrower is spoken with: ids and kinds, and nothing that says who it is."""

import logging
import re

import pytest
from django.test import Client
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from outreach.models import Touch
from outreach.services import alerting, sending, sweeping
from tests.loans.rows import set_market
from tests.outreach.rows import FRIDAY, open_desk, worth_writing_to
from tests.stand_ins import Behavior, SendGridStandIn

pytestmark = pytest.mark.django_db
PERSON = {"name": ("Marisol", "Veganova"), "email": "marisol.v@example.com", "phone": "+13035550142"}
# They show rows at DEBUG, and do not run anywhere else.
OF_THE_TESTS = {"factory.generate", "django.db.backends"}
PRIVATE = ("marisol", "veganova", "example.com", "5550142", "555-0142", "closing costs")


@pytest.fixture
def said(caplog):
    """All lines so far as the console would show them."""
    console = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, ProcessorFormatter))
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(console.format(record) for record in caplog.records if record.name not in OF_THE_TESTS)


def test_a_whole_conversation_leaves_no_name_address_number_or_link(olivia, cora, settings, said):
    with SendGridStandIn() as vendor:
        settings.SENDGRID_API_KEY, settings.SENDGRID_BASE_URL = "SG.secret-key", vendor.base_url
        set_market()
        open_desk(olivia.branch, approver=cora)
        worth_writing_to(olivia, "HP-1", **PERSON)
        vendor.then(Behavior(status=400, fault="personalizations.0.to.0.email"))
        for touch_id in sweeping.sweep(FRIDAY).ready:
            sending.send(touch_id, now=FRIDAY)
        alerting.mail_waiting(FRIDAY)
        assert len(vendor.requests) == 1
        touch = Touch.objects.get()
        page = reverse("borrower:estimate", args=[touch.link_token])
        Client().get(page)
        Client().post(page + "ask/", {"question": "What are the closing costs?", "name": "Marisol"})
        Client().get("/queue/?q=veganova")
        Client().get(page + "nowhere/")

    lines = said()
    assert "request_finished" in lines
    assert "send failed" in lines
    for private in (*PRIVATE, touch.link_token, "SG.secret-key"):
        assert private.lower() not in lines.lower(), [line for line in lines.splitlines() if private.lower() in line.lower()]


def test_an_error_is_told_by_its_kind_and_place_without_its_message(said):
    def fail() -> None:
        raise ValueError("Key (email)=(marisol.v@example.com) already exists")

    try:
        fail()
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /m/Zk3l-9aBcDeFgHiJ/")
    line = said()
    assert "ValueError" in line
    assert re.search(r"at='test_the_logs_of_a_story.py:\d+ fail < ", line)
    assert "marisol" not in line
    assert "Zk3l" not in line
    assert "Internal Server Error: /m/…/" in line
