"""The fixtures that many tests share; the engine below them is in the conftest.py beside manage.py."""

import pytest
from django.test import Client

from accounts.models import Branch, Role, User
from refidetect.celery import app
from tests.factories import BranchFactory, UserFactory

# The cast. Olivia and Oscar are officers in Denver, Ben manages them, Pia processes there. Carl and Mona work in Tampa and must
# not see Denver. Cora (compliance) and Ada (administrator) belong to no branch and see every one.


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """A password of a test needs no half second of hashing."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def broker_down(monkeypatch) -> None:
    """Nobody answers where tasks are queued. Only this address: the others are read from it, and would be kept wrong."""
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:9/0")


@pytest.fixture
def denver(db) -> Branch:
    return BranchFactory(name="Denver", time_zone="America/Denver")


@pytest.fixture
def tampa(db) -> Branch:
    return BranchFactory(name="Tampa", time_zone="America/New_York")


@pytest.fixture
def olivia(denver) -> User:
    return UserFactory(name="Olivia Hart", branch=denver, nmls_id="9900417")


@pytest.fixture
def oscar(denver) -> User:
    return UserFactory(name="Oscar Lind", branch=denver, nmls_id="9900418")


@pytest.fixture
def ben(denver) -> User:
    return UserFactory(name="Ben Castellano", branch=denver, role=Role.MANAGER)


@pytest.fixture
def pia(denver) -> User:
    return UserFactory(name="Pia Novak", branch=denver, role=Role.PROCESSOR)


@pytest.fixture
def carl(tampa) -> User:
    return UserFactory(name="Carl Reyes", branch=tampa, nmls_id="9900501")


@pytest.fixture
def mona(tampa) -> User:
    return UserFactory(name="Mona Bell", branch=tampa, role=Role.MANAGER)


@pytest.fixture
def cora(db) -> User:
    return UserFactory(name="Cora Shah", branch=None, role=Role.COMPLIANCE)


@pytest.fixture
def ada(db) -> User:
    return UserFactory(name="Ada Whitfield", branch=None, role=Role.ADMINISTRATOR)


@pytest.fixture
def as_user():
    """A browser of Django's own that is signed in: `as_user(olivia).get("/")`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in
