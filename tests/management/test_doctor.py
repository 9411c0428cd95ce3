"""The doctor says what is ready and what is not, in sentences with a remedy; its status says whether something blocks."""

import io
import json
import os
import shutil
from datetime import timedelta

import pytest
import redis
from django.core.management import call_command

from accounts.models import Lender, License
from outreach.models import BranchOutreach, Desk, SenderDomain
from refidetect import engines
from refidetect.health import beats
from refidetect.kit import clock, crypto
from tests.loans.rows import make_loan
from tests.outreach.rows import open_desk

pytestmark = pytest.mark.django_db
LONG = "a secret of more than thirty-two characters"


@pytest.fixture
def well(valkey, settings, olivia, cora):
    """A desk of which nobody has to say anything that blocks."""
    settings.REDIS_URL = valkey
    settings.SECRET_KEY, settings.SECOND_FACTOR_REQUIRED = LONG, True
    settings.PUBLIC_BASE_URL, settings.HTTPS = "https://desk.example.com", True
    open_desk(olivia.branch, approver=cora, now=clock.now())
    for queue in beats.QUEUES:
        beats.leave(queue, clock.now())
    yield
    redis.Redis.from_url(valkey).flushdb()


def doctor():
    out, status = io.StringIO(), 0
    try:
        call_command("doctor", "--json", stdout=out)
    except SystemExit as end:
        status = end.code
    said = json.loads(out.getvalue())
    assert said["ready"] == (status == 0)
    return status, said["findings"]


def blocking():
    return [found["sentence"] for found in doctor()[1] if found["grade"] == "blocks"]


def test_a_desk_that_is_well_says_so(well):
    status, found = doctor()
    assert blocking() == []
    assert status == 0
    assert {one["part"] for one in found} >= {
        "keys",
        "address",
        "mail",
        "disk",
        "database",
        "connections",
        "at work",
        "outreach",
    }
    assert all(one["remedy"] for one in found if one["grade"] != "well")
    assert not any(one["remedy"] for one in found if one["grade"] == "well")


def test_a_person_reads_what_to_do(well, settings):
    settings.SECRET_KEY = "short"
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    said = out.getvalue()
    assert "BLOCKS  keys" in said
    assert "> Make one with: python -c" in said
    assert said.endswith("\n1 thing blocks.\n")
    assert "short" not in said


def test_plain_http_blocks_elsewhere_and_not_on_ones_own_machine(well, settings):
    settings.PUBLIC_BASE_URL, settings.HTTPS = "http://desk.example.com", False
    assert any("without HTTPS" in sentence for sentence in blocking())
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    assert blocking() == []


def test_a_second_factor_that_is_not_required_blocks_in_public(well, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    assert blocking() == ["A second factor is not required."]


def test_keys_that_do_not_open_what_is_stored_block(well, settings):
    make_loan(email="person@example.com")
    settings.FIELD_KEYS = crypto.parse_field_keys("1:" + "B" * 43 + "=")
    assert blocking() == ["FIELD_KEYS lacks the key 1, with which stored addresses and numbers were written."]


def test_a_key_file_that_others_can_read_blocks(well):
    path = engines.data_dir() / "field_keys"
    path.write_text("1:key")
    try:
        path.chmod(0o644)
        assert blocking() == [f"{path} can be read by others on this machine."]
        path.chmod(0o600)
        assert blocking() == []
    finally:
        path.unlink()


def test_workers_that_gave_no_sign_block(well):
    beats.leave("send", clock.now() - timedelta(minutes=10))
    assert [sentence[:29] for sentence in blocking()] == ["The senders gave a sign 600 s"]


def test_a_broker_that_is_away_blocks(well, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert blocking() == ["The broker does not answer."]


def test_more_threads_than_connections_block(well, monkeypatch):
    monkeypatch.setattr("refidetect.serving.workers", 20)
    (sentence,) = blocking()
    assert sentence.startswith("One host needs up to 90 connections (80 threads of the web, 2 workers, 4 senders, 4 besides)")


def test_a_full_disk_blocks(well, monkeypatch):
    usage = shutil.disk_usage(os.curdir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=500 * 1024**2))
    assert blocking() == [f"Only 0.5 GB are free in {engines.data_dir()}."]


def test_what_keeps_a_branchs_messages_blocks_only_where_it_is_switched_on(well, olivia, settings):
    Lender.objects.update(street="")
    assert blocking() == ["The lender's postal address is missing."]
    BranchOutreach.objects.update(mode="off")
    assert blocking() == []
    sentences = [one["sentence"] for one in doctor()[1]]
    assert "Outreach is off in every branch: nobody is written to." in sentences


def test_sender_domains_count_once_sendgrid_is_set(well, settings):
    SenderDomain.objects.all().delete()
    assert blocking() == []
    settings.SENDGRID_API_KEY, settings.SENDGRID_WEBHOOK_PUBLIC_KEY = "SG.key", "key"
    assert blocking() == ["The sender domain example.com is not verified."]
    settings.SENDGRID_WEBHOOK_PUBLIC_KEY = ""
    assert any(sentence.startswith("SendGrid's events are refused") for sentence in blocking())


def test_licenses_and_a_halt_are_told(well, olivia):
    sentences = [one["sentence"] for one in doctor()[1]]
    assert "No licenses on file for Olivia Hart." in sentences
    License.objects.create(officer=olivia, state="CO", expires_on=clock.now().date() + timedelta(days=9))
    Desk.objects.update_or_create(pk=1, defaults={"halted_at": clock.now(), "halted_because": "A test"})
    assert blocking() == ["Everything is halted."]
    assert "No licenses on file for Olivia Hart." not in [one["sentence"] for one in doctor()[1]]


def test_no_secret_is_ever_said(well, settings):
    settings.SENDGRID_API_KEY, settings.DEBUG = "SG.never-shown", True
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    assert "never-shown" not in out.getvalue()
    assert LONG not in out.getvalue()
    assert "A" * 43 not in out.getvalue()


def test_what_nobody_has_verified_is_noted_and_blocks_nothing(well):
    found = [one for one in doctor()[1] if one["part"] == "verified"]
    assert [one["grade"] for one in found] == ["note", "note"]
    assert "numbers of the programs are not verified" in found[0]["sentence"]
    assert "Rules, Program numbers" in found[0]["remedy"]
    assert "states come from summaries" in found[1]["sentence"]
