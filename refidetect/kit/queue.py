"""Handing work to the workers from a page, where somebody waits for the answer."""

from typing import Any

from celery import Task
from kombu.exceptions import OperationalError

# Celery tries for some six seconds to reach a broker that is down; a page can say so at once.
IMPATIENT = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}


class QueueDown(Exception):
    """The broker can't be reached: nothing was handed over."""


def hand_over(task: Task[Any, Any], *args: object) -> None:
    """Queues a task, or raises QueueDown within a second."""
    with task.app.connection_for_write(transport_options=IMPATIENT) as connection:
        try:
            task.apply_async(args=args, connection=connection, retry=False)
        except OperationalError as error:
            raise QueueDown from error
