"""How gunicorn serves the desk, the same under `up`, in a container and as a service: `gunicorn -c python:refidetect.serving`.

A listening address comes from its command line. Read by gunicorn's first process before the application is loaded.
"""

import os
import shutil
import tempfile
from typing import Any

from refidetect.kit import env

wsgi_app = "refidetect.wsgi:application"
worker_class = "gthread"
workers = env.integer("WEB_WORKERS", 2)
threads = env.integer("WEB_THREADS", 4)
preload_app = True
graceful_timeout = 8
timeout = 120
loglevel = "warning"
control_socket_disable = True

# The processes add up what they count in files that all of them see; gone with the server.
_counters = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="refidetect-metrics-")


def on_exit(_server: Any) -> None:
    shutil.rmtree(_counters, ignore_errors=True)
