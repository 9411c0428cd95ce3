"""Whether the worker on this host answers: `python -m refidetect.management.answering`, for a container's own check."""

import socket
import sys

from refidetect.celery import app

QUEUES = ("work", "send")
PATIENCE_SECONDS = 10


def main() -> int:
    """0 where it answers, 1 where it does not."""
    names = [f"{queue}@{socket.gethostname()}" for queue in QUEUES]
    return 0 if app.control.ping(destination=names, timeout=PATIENCE_SECONDS, limit=1) else 1


if __name__ == "__main__":
    sys.exit(main())
