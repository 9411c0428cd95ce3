"""However many sweeps and senders run at once, a touch goes out once; what died on the way is unknown, and not sent again."""

import subprocess
import sys
import threading
import time
import uuid
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db import IntegrityError, connection, connections, transaction

from accounts.models import Lender
from outreach import tasks
from outreach.models import Attempt, Enrollment, Touch
from outreach.queries import planning as queries
from outreach.queries import touch_reading
from outreach.services import filling, planning, sending, settling, sweeping
from refidetect import celery
from refidetect.kit import queue
from tests.stand_ins import Behavior

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_sweeps_and_two_senders_send_each_touch_once(ready, sendgrid, in_threads):
    ids, now = ready(60)
    Touch.objects.filter(pk__in=ids).update(queued_at=None)
    start = threading.Barrier(2)
    found: list[uuid.UUID] = []

    def sweep_and_send(_) -> None:
        start.wait()
        mine = sweeping.sweep(now).ready
        found.extend(mine)
        for touch_id in [*mine, *ids]:
            sending.send(touch_id, now=now)

    in_threads(2, range(2), sweep_and_send)
    calls = [call.touch_id for call in sendgrid.calls]
    assert sorted(calls) == sorted(str(one) for one in ids)
    assert len(found) == len(set(found))
    assert Touch.objects.filter(pk__in=ids, state="accepted").count() == 60
    assert Attempt.objects.filter(touch__in=ids).count() == 60


def test_sweeps_at_once_plan_each_step_once(ready, sendgrid, in_threads):
    ids, now = ready(40)
    for touch_id in ids:
        sending.send(touch_id, now=now)
    before = Touch.objects.count()
    start = threading.Barrier(5)

    def sweep(_) -> None:
        start.wait()
        sweeping.sweep(now + timedelta(minutes=1))

    in_threads(5, range(5), sweep)
    assert Touch.objects.count() == before + 40
    assert Touch.objects.filter(step_n=2).values("enrollment").distinct().count() == 40


def test_what_another_sweep_has_just_planned_is_not_planned_over(ready):
    ids, now = ready(2)
    for touch_id in ids:
        sending.send(touch_id, now=now)
    with transaction.atomic():
        seen = queries.without_next(100)
        assert len(seen) >= 2
        planned = planning.plan(now)
        before = Touch.objects.count()
        # The rows as they were seen before: the other sweep has planned them meanwhile.
        assert planning.plan_rows(seen, now) == 0
        assert (Touch.objects.count(), planned) == (before, len(seen))


def test_a_step_that_is_planned_again_stays_one_touch(ready):
    ids, _ = ready(1)
    touch = Touch.objects.get(pk=ids[0])
    touch.pk, touch.link_token = uuid.uuid4(), planning.link_token()
    with pytest.raises(IntegrityError), transaction.atomic():
        touch.save(force_insert=True)
    Touch.objects.bulk_create([touch], ignore_conflicts=True)
    assert Touch.objects.filter(enrollment=touch.enrollment_id).count() == 1


def test_a_late_worker_does_not_undo_the_claim_of_another(ready):
    ids, now = ready(1)
    touch = touch_reading.touch(ids[0])
    first = settling.claim(touch, "sandbox", filling.fill_best(touch, Lender.current()), now=now)
    settling.give_back(first, "ready", reason="busy")
    second = settling.claim(touch_reading.touch(ids[0]), "sandbox", None, now=now)
    assert settling.give_back(first, "ready", reason="busy") == "ready"
    row = Touch.objects.get(pk=ids[0])
    assert (row.state, row.claim_token) == ("sending", second.token)


def test_a_worker_killed_between_the_answer_and_its_note_leaves_one_unknown(ready, sendgrid, for_a_child):
    ids, now = ready(1)
    sendgrid.always = Behavior(delay=60)
    child = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", _SEND.format(touch=ids[0], now=now.isoformat())],
        cwd=settings.BASE_DIR,
        env=for_a_child | {"SENDGRID_API_KEY": "SG.test", "SENDGRID_BASE_URL": sendgrid.base_url},
    )
    _until(lambda: sendgrid.calls)
    child.kill()
    child.wait()
    assert Touch.objects.get(pk=ids[0]).state == "sending"
    sendgrid.always = Behavior()

    assert sweeping.sweep(now + timedelta(seconds=30)).counts["unknown"] == 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outreach_touch SET claim_until = clock_timestamp() - interval '1 second' WHERE state = 'sending'"
        )
    assert sweeping.sweep(now + timedelta(minutes=2)).counts["unknown"] == 1
    for hours in (0, 1, 25, 50):
        later = now + timedelta(hours=hours)
        for touch_id in {*sweeping.sweep(later).ready, *ids}:
            sending.send(touch_id, now=later)
    assert len([call for call in sendgrid.calls if call.touch_id == str(ids[0])]) == 1
    assert Touch.objects.get(pk=ids[0]).state == "abandoned"
    assert Attempt.objects.get(touch=ids[0]).outcome == "unknown"


def test_with_the_broker_emptied_nothing_is_lost_and_nothing_goes_twice(ready, sendgrid, valkey):
    ids, now = ready(10)
    Touch.objects.filter(pk__in=ids).update(queued_at=None)
    broker = redis.Redis.from_url(valkey)
    assert celery.app.conf.task_routes["outreach.tasks.send_touch"] == {"queue": "send"}
    hinted = sweeping.sweep(now).ready
    for touch_id in hinted:
        queue.hand_over(tasks.send_touch, str(touch_id))
    assert broker.llen("send") == len(hinted) >= 10
    for touch_id in hinted[:5]:
        sending.send(touch_id, now=now)
    broker.flushall()
    assert broker.llen("send") == 0

    assert sweeping.sweep(now + timedelta(minutes=1)).ready == []
    again = sweeping.sweep(now + timedelta(minutes=3)).ready
    assert set(again) & set(hinted) == set(hinted[5:])
    # A message of the old queue that turns up late finds its touch sent.
    for touch_id in [*again, *hinted]:
        sending.send(touch_id, now=now + timedelta(minutes=3))
    calls = [call.touch_id for call in sendgrid.calls]
    assert {str(touch_id) for touch_id in hinted} <= set(calls)
    assert len(calls) == len(set(calls))


def test_the_others_go_on_while_one_is_unknown(ready, sendgrid):
    ids, now = ready(3)
    sendgrid.then(Behavior(drop=True))
    assert [sending.send(touch_id, now=now) for touch_id in ids] == ["unknown", "accepted", "accepted"]
    assert Enrollment.objects.filter(state="active").count() >= 3


_SEND = """
import uuid
from datetime import datetime
from outreach.services import sending
sending.send(uuid.UUID("{touch}"), now=datetime.fromisoformat("{now}"))
"""


def _until(what, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)
    connections.close_all()
