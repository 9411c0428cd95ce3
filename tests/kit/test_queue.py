import json
import time

import pytest
from redis import Redis

from refidetect import celery
from refidetect.kit import queue


@pytest.fixture
def errand(settings):
    """A task of the desk's own app; no worker runs in tests."""

    @celery.app.task(name="tests.errand", shared=False)
    def errand(word: str) -> None:
        raise AssertionError("nobody runs it")

    yield errand
    celery.app.tasks.pop("tests.errand")


def test_a_task_lands_in_its_queue(valkey, errand):
    queue.hand_over(errand, "hello")
    with Redis.from_url(valkey) as client:
        headers = [json.loads(message)["headers"] for message in client.lrange("work", 0, -1)]
    assert [found["argsrepr"] for found in headers if found["task"] == "tests.errand"] == ["('hello',)"]


def test_a_broker_that_is_down_is_told_at_once(errand, broker_down):
    started = time.monotonic()
    with pytest.raises(queue.QueueDown):
        queue.hand_over(errand, "hello")
    assert time.monotonic() - started < 2
