"""What the benchmark measures with: the memory of a database process."""

import sys

import pytest
from django.conf import settings
from django.db import connection

from refidetect.management.benchmark import memory

MEGABYTES = 120


@pytest.mark.skipif(not settings.EMBEDDED or sys.platform != "linux", reason="the server's process can't be looked at")
@pytest.mark.django_db(transaction=True)
def test_the_memory_of_a_database_process_is_seen_from_its_beginning_to_its_highest() -> None:
    idle, busy = memory.Watch(), memory.Watch()
    with idle.watching(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")
    with busy.watching(), connection.cursor() as cursor:
        cursor.execute("SELECT length(t), pg_sleep(0.2) FROM (SELECT repeat('x', %s) AS t OFFSET 0) AS long", [MEGABYTES << 20])
    assert 0 < idle.peak < MEGABYTES
    assert busy.peak > idle.peak + MEGABYTES / 2
