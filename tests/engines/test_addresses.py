"""Where the engines are found, with and without addresses in the environment."""

from pathlib import Path

import dj_database_url
import pytest
from kombu import Connection
from redis import Redis

from refidetect import engines
from tests.desks import environment_for


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "Some Data"))
    return monkeypatch


def test_without_an_address_both_are_embedded_and_their_sockets_follow_from_the_data_directory(environment):
    sockets = engines.data_dir() / "sockets"
    if len(str(sockets)) > 80:
        sockets = Path(dj_database_url.parse(engines.database_url())["HOST"])
    assert engines.is_embedded()
    assert engines.has_embedded_broker()
    assert dj_database_url.parse(engines.database_url())["HOST"] == str(sockets)
    assert Redis.from_url(engines.redis_url()).connection_pool.connection_kwargs["path"] == f"{sockets}/valkey.sock"
    assert not engines.data_dir().exists()


def test_celery_finds_the_same_broker(new_desk, monkeypatch):
    desk = new_desk(name="with a space")
    desk.use("valkey")
    for name, value in environment_for(desk.home).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("REDIS_URL", raising=False)
    with Connection(engines.broker_url()) as connection, Redis.from_url(engines.redis_url()) as client:
        connection.SimpleQueue("errands").put("call")
        assert client.llen("errands") == 1


@pytest.mark.parametrize(
    ("given", "broker"),
    [
        ("redis://cache:6379/2", "redis://cache:6379/2"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
    ],
)
def test_a_given_broker_is_used(environment, given, broker):
    environment.setenv("REDIS_URL", given)
    assert not engines.has_embedded_broker()
    assert engines.broker_url() == broker


def test_a_given_database_is_used(environment):
    environment.setenv("DATABASE_URL", "postgresql://desk@db/desk")
    assert not engines.is_embedded()
    assert engines.database_url() == "postgresql://desk@db/desk"


def test_the_address_that_up_hands_to_its_children_is_still_the_embedded_one(environment):
    environment.setenv("DATABASE_URL", engines.database_url())
    environment.setenv("REDIS_URL", engines.redis_url())
    assert engines.is_embedded()
    assert engines.has_embedded_broker()
