"""The embedded Valkey: one for all its users, and nothing of it on disk."""

import os
import signal

from redis import Redis

from tests.desks import end, ready


def server_pid(fresh_desk):
    with Redis(unix_socket_path=str(fresh_desk.sockets / "valkey.sock")) as client:
        return client.info("server")["process_id"]


def test_it_is_shared_and_stops_with_its_last_user(fresh_desk):
    users = [fresh_desk.begin("valkey") for _ in range(3)]
    for user in users:
        ready(user)
    assert len([line for line in fresh_desk.processes() if "valkey-server" in line]) == 1
    assert end(users.pop()) == (0, "")
    assert fresh_desk.valkey_answers()
    assert [end(user) for user in users] == [(0, "")] * 2
    assert fresh_desk.processes() == []


def test_it_outlives_a_killed_user_and_a_killed_server_is_replaced(fresh_desk):
    first = fresh_desk.use("valkey")
    server = server_pid(fresh_desk)
    first.kill()
    end(first)
    second = fresh_desk.use("valkey")
    assert server_pid(fresh_desk) == server
    os.kill(server, signal.SIGKILL)
    third = fresh_desk.use("valkey")
    assert server_pid(fresh_desk) != server
    end(second)
    end(third)
    assert fresh_desk.processes() == []


def test_it_keeps_nothing_on_disk(fresh_desk):
    user = fresh_desk.use("valkey")
    with Redis(unix_socket_path=str(fresh_desk.sockets / "valkey.sock")) as client:
        client.set("borrower", "Somebody")
    end(user)
    assert {path.name for path in (fresh_desk.home / "valkey").iterdir()} <= {"server.log"}
    again = fresh_desk.use("valkey")
    with Redis(unix_socket_path=str(fresh_desk.sockets / "valkey.sock")) as client:
        assert client.keys() == []
    end(again)
