"""What machines ask of the desk: whether it lives, whether it can work, and its numbers."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
import redis
import sentry_sdk
from django.db import connection
from django.test import Client

from outreach.models import InboxItem, ProviderPause
from refidetect.celery import app
from refidetect.health import beats, readiness, tasks
from refidetect.kit import clock, sentry
from tests.desks import ROOT
from tests.outreach import conversations

ELSEWHERE = {"REMOTE_ADDR": "8.8.8.8"}


@pytest.fixture
def broker(valkey, settings):
    """A Valkey that runs and has no signs of earlier tests."""
    settings.REDIS_URL = valkey
    connection = redis.Redis.from_url(valkey)
    connection.flushdb()
    yield connection
    connection.flushdb()


@pytest.fixture
def alive(broker, db):
    """Every worker gave a sign just now."""
    for queue in beats.QUEUES:
        tasks.beat(queue)


def readyz(**extra):
    response = Client(**extra).get("/readyz")
    return response.status_code, response.json()


def bad(answer) -> list[str]:
    return [name for name, check in answer["checks"].items() if not check["ok"]]


def test_the_desk_is_ready_when_everything_answers(alive):
    status, answer = readyz()
    assert (status, answer["status"]) == (200, "ready")
    assert set(answer["checks"]) == {"database", "migrations", "broker", "beat_work", "beat_send", "touches", "inbox"}
    assert bad(answer) == []


def test_a_clock_that_nobody_has_seen_makes_it_not_ready(broker, db):
    status, answer = readyz()
    assert (status, bad(answer)) == (503, ["beat_work", "beat_send"])


@pytest.mark.parametrize(("seconds", "well"), [(170, True), (190, False)])
def test_a_sign_counts_for_three_minutes(alive, seconds, well):
    beats.leave("send", clock.now() - timedelta(seconds=seconds))
    status, answer = readyz()
    assert (status == 200, bad(answer)) == (well, [] if well else ["beat_send"])


def test_a_broker_that_is_away_is_said_and_the_rest_still_answers(alive, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, answer = readyz()
    assert (status, bad(answer)) == (503, ["broker"])
    assert answer["checks"]["database"]["ok"]


def test_a_database_that_is_away_is_said():
    code = "from refidetect.health import readiness; print([c.name for c in readiness.checks() if not c.ok])"
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "['database', 'broker']\n", done.stderr


def test_a_schema_that_is_behind_makes_it_not_ready(alive):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'outreach' AND name LIKE '0004%%'")
    status, answer = readyz()
    assert (status, bad(answer)) == (503, ["migrations"])
    assert answer["checks"]["migrations"]["is"] == "The database is 1 migrations behind."


def test_a_message_that_waits_for_a_sender_too_long_makes_it_not_ready(alive, olivia):
    row = conversations.opportunity(olivia)
    conversations.touch(row, state="scheduled", due_at=clock.now() - timedelta(days=3))
    assert bad(readyz()[1]) == []
    conversations.touch(row, state="ready", due_at=clock.now() - timedelta(minutes=14))
    assert bad(readyz()[1]) == []
    conversations.touch(row, state="ready", due_at=clock.now() - timedelta(minutes=16))
    status, answer = readyz()
    assert (status, bad(answer)) == (503, ["touches"])
    assert 960 <= answer["checks"]["touches"]["seconds"] < 1000


def test_a_post_that_nobody_acted_on_makes_it_not_ready(alive):
    now = clock.now()
    waiting = InboxItem.objects.create(
        source="twilio", kind="replied", dedupe_key="1", payload="words", received_at=now - timedelta(minutes=6)
    )
    assert bad(readyz()[1]) == ["inbox"]
    waiting.try_after = now + timedelta(minutes=1)
    waiting.save()
    assert bad(readyz()[1]) == []
    waiting.try_after, waiting.applied_at = None, now
    waiting.save()
    assert bad(readyz()[1]) == []


def test_what_is_wrong_is_told_to_the_own_network_and_to_whoever_has_the_token(alive, settings):
    settings.METRICS_TOKEN = "a-token"
    assert readyz(**ELSEWHERE) == (200, {"status": "ready"})
    assert readyz(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="127.0.0.1") == (200, {"status": "ready"})
    assert "checks" in readyz(REMOTE_ADDR="10.1.2.3")[1]
    assert "checks" in readyz(REMOTE_ADDR="::ffff:192.168.1.2")[1]
    assert "checks" in readyz(**ELSEWHERE, HTTP_AUTHORIZATION="Bearer a-token")[1]


def test_the_numbers_are_refused_to_strangers(alive, settings):
    def status(**extra) -> int:
        return Client(**extra).get("/metrics").status_code

    assert status() == 200
    assert status(**ELSEWHERE) == 401
    assert status(**ELSEWHERE, HTTP_AUTHORIZATION="Bearer ") == 401
    settings.METRICS_TOKEN = "a-token"
    assert status(**ELSEWHERE, HTTP_AUTHORIZATION="Bearer another") == 401
    assert status(**ELSEWHERE, HTTP_AUTHORIZATION="Bearer a-token") == 200
    settings.BEHIND_PROXY = True
    assert status() == 401
    assert status(HTTP_AUTHORIZATION="Bearer a-token") == 200


def test_the_numbers_count_rows_lags_and_requests_and_name_nobody(alive, broker, olivia):
    row = conversations.opportunity(olivia, email="marisol.vega@example.com", phone="+13035550142", name=("Marisol", "Vega"))
    conversations.touch(row, state="unknown")
    conversations.touch(row, "sms", state="ready", due_at=clock.now() - timedelta(seconds=90))
    ProviderPause.objects.create(provider="twilio", since=clock.now(), sentence="Refused.")
    broker.rpush("send", "a message")
    Client().get("/healthz")
    Client().get("/m/abcdefghijklmnop/")

    said = Client().get("/metrics").content.decode()
    numbers = dict(line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#"))
    assert numbers['refidetect_touches{channel="email",state="unknown"}'] == "1.0"
    assert numbers['refidetect_opportunities{status="contacting"}'] == "1.0"
    assert numbers['refidetect_paused{provider="twilio"}'] == "1.0"
    assert numbers['refidetect_queue_length{queue="send"}'] == "1.0"
    assert 90 <= float(numbers["refidetect_touch_lag_seconds"]) < 120
    assert float(numbers['refidetect_beat_age_seconds{queue="work"}']) < 60
    assert numbers['refidetect_answers{part="database"}'] == numbers['refidetect_answers{part="broker"}'] == "1.0"
    assert numbers["refidetect_halted"] == "0.0"
    assert float(numbers['refidetect_http_requests_total{method="GET",status="200",view="healthz"}']) >= 1
    assert 'view="borrower:estimate"' in said
    for private in ("marisol", "vega", "5550142", "abcdefgh", row.loan_number, "Olivia", olivia.email):
        assert private.lower() not in said.lower()


def test_processes_of_the_web_add_up_what_they_count(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "refidetect.settings"}
    count = "from refidetect.health import metrics; metrics.REQUESTS.labels('home', 'GET', '200').inc()"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", count], cwd=ROOT, env=environment, check=True)
    show = "from refidetect.health import metrics; print(metrics.generate_latest(metrics._requests()).decode())"
    done = subprocess.run([sys.executable, "-c", show], cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    assert re.search(r'refidetect_http_requests_total\{.*view="home"\} 2\.0', done.stdout)


def test_made_up_methods_are_one_number(db):
    Client().generic("BREW", "/healthz")
    said = Client().get("/metrics").content.decode()
    assert "BREW" not in said
    assert 'method="other"' in said


def test_the_clock_asks_each_queue_for_a_sign_every_minute():
    asked = {
        entry["args"][0]: (entry["schedule"], entry["options"]["queue"])
        for entry in app.conf.beat_schedule.values()
        if entry["task"] == tasks.beat.name
    }
    assert asked == {"work": (60.0, "work"), "send": (60.0, "send")}
    assert asked.keys() == readiness.WHO.keys()


def test_without_an_address_no_error_leaves_the_house():
    assert not sentry_sdk.get_client().is_active()
    sentry.start("")
    assert not sentry_sdk.get_client().is_active()


def test_an_error_that_is_told_holds_nobodys_data():
    code = """
import json, sentry_sdk
from refidetect.kit import sentry
seen = []
class Kept(sentry_sdk.transport.Transport):
    def capture_envelope(self, envelope):
        seen.extend(item.payload.json for item in envelope.items)
start = sentry_sdk.init
sentry_sdk.init = lambda **given: start(**given, transport=Kept)
sentry.start("https://key@127.0.0.1/1")
def fail(email="marisol.vega@example.com"):
    sentry_sdk.set_user({"email": email}); sentry_sdk.set_extra("phone", "+13035550142")
    raise ValueError(f"Key (email)=({email}) already exists")
try:
    fail()
except ValueError:
    sentry_sdk.capture_exception()
sentry_sdk.flush()
print(json.dumps(seen))
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "refidetect.settings"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    (event,) = json.loads(done.stdout)
    (error,) = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"] == "fail"
    assert "marisol" not in done.stdout
    assert "5550142" not in done.stdout
