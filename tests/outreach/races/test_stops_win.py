"""A stop that has committed wins: no call to the provider begins after it, whatever races it."""

import os
import random
import threading
import time

import pytest
from django.db import connections

from outreach.models import Enrollment, Touch
from outreach.services import sending, stopping

# Four thousand take a few minutes: `RACES=4000 pytest tests/outreach/races`.
RACES = int(os.environ.get("RACES", "200"))


@pytest.mark.django_db(transaction=True)
def test_no_call_starts_after_a_stop_has_committed(ready, sendgrid, in_threads):
    ids, now = ready(RACES)
    loans = dict(Touch.objects.filter(pk__in=ids).values_list("pk", "opportunity__loan_id"))
    stopped_at: dict[str, float] = {}
    dice = random.Random(4)

    def stop(touch_id) -> None:
        time.sleep(dice.random() * 0.01)
        stopping.stop([loans[touch_id]], stopping.Why.REPLY, at=now)
        stopped_at[str(touch_id)] = time.monotonic()

    stopper = threading.Thread(target=lambda: in_threads(3, ids, stop))
    stopper.start()
    in_threads(8, ids, lambda touch_id: sending.send(touch_id, now=now))
    stopper.join()
    connections.close_all()

    late = [call for call in sendgrid.calls if call.started > stopped_at[call.touch_id]]
    assert late == []
    calls = [call.touch_id for call in sendgrid.calls]
    assert len(set(calls)) == len(calls)
    # The race was one: some went out before their stop, some were stopped first.
    assert 0 < len(calls) < len(ids)
    assert set(Touch.objects.filter(state="accepted").values_list("pk", flat=True)) == {
        touch_id for touch_id in ids if str(touch_id) in set(calls)
    }
    assert Enrollment.objects.filter(state="active", loan_id__in=loans.values()).count() == 0
