"""Two hosts share a database and a broker. One is cut off while it sends and comes back: nothing is lost, or sent twice."""

import hashlib
import json
import os
import sys
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections

from outreach.models import Message, Touch
from outreach.services import sweeping
from outreach.tasks import send_touch
from refidetect import engines
from refidetect.celery import app
from refidetect.health import beats, tasks
from refidetect.kit import clock, queue
from refidetect.kit.housing import Housing
from tests.hosts.network import Network, why_not
from tests.outreach.races.conftest import ready

__all__ = ["ready"]
REASON = why_not()
pytestmark = [pytest.mark.skipif(bool(REASON), reason=REASON), pytest.mark.django_db(transaction=True)]

MESSAGES, LATER, BEFORE_THE_CUT = 80, 16, 12
THREADS = 4
ANSWERS_AFTER_SECONDS = "0.4"
DARK_SECONDS = 7


@pytest.fixture
def written_by_hand(ready):
    """Messages that go whatever the hour: typed by an officer."""

    def make(count: int) -> set[str]:
        ids, _ = ready(count)
        now = clock.now()
        Touch.objects.exclude(pk__in=ids).filter(state__in=("scheduled", "ready")).update(state="skipped")
        Touch.objects.filter(pk__in=ids).update(
            kind="by_hand",
            enrollment=None,
            step_n=None,
            day=None,
            due_at=now,
            not_after=now + timedelta(hours=1),
            queued_at=now,
        )
        for touch in Touch.objects.filter(pk__in=ids).select_related("borrower", "officer"):
            Message.objects.create(
                touch=touch, to_name=touch.borrower.name, to_address=touch.borrower.email, from_name=touch.officer.name,
                from_address=touch.officer.email, subject="A question", text="Shall we talk?", html="<p>Shall we talk?</p>",
                content_hash=hashlib.sha256(str(touch.pk).encode()).hexdigest(),
            )  # fmt: skip
        return {str(one) for one in ids}

    return make


@pytest.fixture
def network(valkey, transactional_db):
    sockets = Housing(engines.data_dir()).sockets
    with Network("a", "b") as network:
        words = ["5432", f"{connection.settings_dict['HOST']}/.s.PGSQL.5432", "6379", str(sockets / "valkey.sock")]
        network.relay = network.python("store", "relay.py", network.address["store"], *words)
        network.vendor = network.python("store", "vendor.py", network.address["store"], "8025", ANSWERS_AFTER_SECONDS)
        until(lambda: network.relay.lines and network.vendor.lines)
        yield network
        connections.close_all()


def start(network, host: str, home, *, web: bool) -> list:
    """A worker, a sender and perhaps the web, as the services start them."""
    store, to = network.address["store"], connection.settings_dict
    home.mkdir()
    environment = os.environ | {
        "DATA_DIR": str(home),
        "DATABASE_URL": f"postgresql://{to['USER']}@{store}:5432/{to['NAME']}?tcp_user_timeout=3000&connect_timeout=3",
        "REDIS_URL": f"redis://{store}:6379/0",
        "SENDGRID_API_KEY": "SG.test",
        "SENDGRID_BASE_URL": f"http://{store}:8025",
        "ALLOWED_HOSTS": network.address[host],
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        "WEB_WORKERS": "1",
    }
    celery = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "refidetect.celery",
        "worker",
        "--without-gossip",
        "--without-mingle",
    ]
    loud = ["--loglevel", "INFO"]
    started = [
        network.run(host, [*celery, "-Q", "work", "-P", "solo", "-n", f"work@{host}", *loud], environment),
        network.run(
            host, [*celery, "-Q", "send", "-P", "threads", "-c", str(THREADS), "-n", f"send@{host}", *loud], environment
        ),
    ]
    if web:
        serve = [sys.executable, "-m", "gunicorn", "-c", "python:refidetect.serving", "--bind", f"{network.address[host]}:8000"]
        network.web = network.run(host, serve, environment)
    return started


def sent(network) -> list[tuple[str, str]]:
    """Touch and host, in the order in which SendGrid took them."""
    hosts = {address: name for name, address in network.address.items()}
    return [(line.split()[0], hosts[line.split()[1]]) for line in list(network.vendor.lines)[1:]]


def states(of: set[str]) -> Counter[str]:
    return Counter(Touch.objects.filter(pk__in=of).values_list("state", flat=True))


def hint() -> None:
    """What the clock's minute does, without waiting for it: claims that are over and hints that were lost are found again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_touch SET queued_at = NULL WHERE state = 'ready'")
    for touch_id in sweeping.sweep(clock.now()).ready:
        queue.hand_over(send_touch, str(touch_id))


def until(what, seconds: float = 60, between: float = 0.1) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(between)


def test_a_host_that_is_cut_off_and_comes_back_loses_nothing_and_sends_nothing_twice(network, written_by_hand, tmp_path):
    everything = written_by_hand(MESSAGES + LATER)
    later = set(sorted(everything)[:LATER])
    first = everything - later
    Touch.objects.filter(pk__in=later).update(state="scheduled", due_at=clock.now() + timedelta(minutes=50))
    workers = [*start(network, "a", tmp_path / "a", web=True), *start(network, "b", tmp_path / "b", web=False)]
    until(lambda: all(any("ready" in line for line in worker.lines) for worker in workers))

    for touch_id in sorted(first):
        queue.hand_over(send_touch, touch_id)
    # One may begin later than the other, on a machine that has much to do.
    until(lambda: {"a", "b"} <= {host for _, host in sent(network)} and len(sent(network)) >= BEFORE_THE_CUT)
    network.cut("b")
    dark_at = time.monotonic()
    until(lambda: len(sent(network)) < MESSAGES and time.monotonic() - dark_at > 1)
    in_the_dark = len(sent(network))
    until(lambda: time.monotonic() - dark_at > DARK_SECONDS)
    # The other host went on alone meanwhile.
    assert {host for _, host in sent(network)[in_the_dark:]} == {"a"}
    network.mend("b")

    def settled() -> bool:
        hint()
        return set(states(first)) <= {"accepted", "unknown"}

    # A claim whose host is gone holds for a while by the database's clock; here that while is over when both are idle.
    until(lambda: states(first)["ready"] == 0 or hint(), between=0.5)
    with connection.cursor() as cursor:
        time.sleep(2)
        cursor.execute("UPDATE outreach_touch SET claim_until = clock_timestamp() WHERE state = 'sending'")
    until(settled, between=0.5)

    # The host that came back works again.
    until(lambda: app.control.ping(destination=["send@b", "work@b"], timeout=2, limit=2), seconds=40)
    Touch.objects.filter(pk__in=later).update(due_at=clock.now())
    hint()
    until(lambda: settled() and set(states(later)) <= {"accepted", "unknown"}, between=0.5)
    assert {host for touch, host in sent(network) if touch in later} == {"a", "b"}

    taken = [touch for touch, _ in sent(network)]
    assert len(taken) == len(set(taken)), "a message went twice"
    assert set(taken) <= everything
    accepted = {str(one) for one in Touch.objects.filter(state="accepted", kind="by_hand").values_list("pk", flat=True)}
    unknown = {str(one) for one in Touch.objects.filter(state="unknown").values_list("pk", flat=True)}
    assert accepted | unknown == everything, "a message was lost"
    assert accepted <= set(taken)
    assert len(unknown) <= THREADS, "only what was under way on the host that was cut off may be unknown"

    for name in beats.QUEUES:
        tasks.beat.apply_async(args=(name,), queue=name)
    until(lambda: all(beats.seen().values()))
    address = f"http://{network.address['a']}:8000"
    assert json.loads(network.ask(f"{address}/readyz"))["status"] == "ready"
    assert f'refidetect_touches{{channel="email",state="accepted"}} {len(accepted)}.0' in network.ask(f"{address}/metrics")
