"""What the tests stand on before Django reads its settings: a data directory to throw away, and an engine on demand.

It is here and not in `tests/`, because pytest loads it first, and `tests/conftest.py` may then import models. PostgreSQL starts
with the first test that needs a database; each xdist worker holds a share in it, and the last one stops it.
"""

import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest

from refidetect import engines

IS_XDIST_WORKER = "PYTEST_XDIST_WORKER" in os.environ

if not IS_XDIST_WORKER:
    # The developer's own .env and data stay out of it; only a DATABASE_URL of the environment itself is followed.
    os.environ["PYTHON_DOTENV_DISABLED"] = "1"
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="refidetect-tests-")
    os.environ["SECRET_KEY"] = "only for tests"
    os.environ["FIELD_KEYS"] = "1:" + "A" * 43 + "="
    os.environ["LOG_LEVEL"] = "WARNING"
    os.environ["DJANGO_SETTINGS_MODULE"] = "refidetect.settings"

engines.end_by_exit()
django.setup()


def pytest_unconfigure() -> None:
    if not IS_XDIST_WORKER:
        engines.stop_valkey()
        engines.stop_postgres()
        shutil.rmtree(os.environ["DATA_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """pytest-django's hook before it makes the test database."""
    if engines.is_embedded():
        engines.start_postgres(durable=False)


@pytest.fixture(scope="session")
def valkey() -> str:
    """The address of a Valkey that runs, for the few tests that need a broker."""
    if engines.has_embedded_broker():
        engines.start_valkey()
    return engines.redis_url()


@pytest.fixture(autouse=True, scope="session")
def _static_files_without_manifest():
    """Pages render without collectstatic; that it works is a test of its own."""
    Path(os.environ["DATA_DIR"], "static").mkdir(exist_ok=True)
    storages = django.conf.settings.STORAGES
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with django.test.override_settings(STORAGES=storages | {"staticfiles": plain}):
        yield
