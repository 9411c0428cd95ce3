"""The embedded PostgreSQL under every way in which a process that uses it can end."""

import os
import signal
import subprocess
from collections.abc import Callable

import pytest

from tests.desks import Desk, end, ready

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root needs a user for the engine.")


def remember(desk: Desk) -> None:
    with desk.connect() as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('kept')")
        connection.execute("CHECKPOINT")


def remembers(desk: Desk) -> bool:
    with desk.connect() as connection:
        return connection.execute("SELECT text FROM note").fetchall() == [("kept",)]


def test_it_stops_with_its_last_user(desk):
    first, second = desk.use(), desk.use()
    assert end(first) == (0, "")
    assert desk.answers()
    assert end(second) == (0, "")
    assert not desk.answers()
    assert desk.processes() == []


def test_it_listens_to_no_network_and_keeps_its_word(desk):
    desk.use()
    with desk.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SELECT version()").fetchone()[0].startswith("PostgreSQL 18.")
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    assert desk.sockets.stat().st_mode & 0o077 == 0
    assert (desk.home / "postgres").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_that_ends_the_last_user_ends_the_server(desk, number):
    user = desk.use()
    remember(desk)
    user.send_signal(number)
    end(user)
    assert desk.processes() == []
    again = desk.use()
    assert remembers(desk)
    end(again)


def test_after_a_sigkill_the_next_user_takes_over_the_server_and_stops_it(desk):
    user = desk.use()
    remember(desk)
    user.kill()
    end(user)
    left = desk.postmaster()
    again = desk.use()
    assert desk.postmaster() == left
    assert remembers(desk)
    end(again)
    assert desk.processes() == []


def test_after_kill_9_of_the_postmaster_the_next_user_finds_the_data(desk):
    user = desk.use()
    remember(desk)
    dead = desk.postmaster()
    os.kill(dead, signal.SIGKILL)
    again = desk.use()
    assert desk.postmaster() != dead
    assert remembers(desk)
    end(user)
    assert desk.answers()
    end(again)
    assert desk.processes() == []


def test_a_stale_pid_that_another_program_has_now_is_not_believed(desk):
    owner = (desk.home / "postgres").stat().st_uid
    stranger = subprocess.Popen(["sleep", "600"], user=owner if os.geteuid() == 0 else None)
    for lock in (desk.home / "postgres/postmaster.pid", desk.sockets / ".s.PGSQL.5432.lock"):
        lock.write_text(f"{stranger.pid}\n{desk.home}/postgres\n1700000000\n5432\n{desk.home}/sockets\n\n  1 1\nready   \n")
        os.chown(lock, owner, -1)
    try:
        user = desk.use()
        assert desk.answers()
        assert desk.postmaster() != stranger.pid
        end(user)
        assert desk.processes() == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_empty_pid_file_after_a_power_cut_is_no_obstacle(desk):
    (desk.home / "postgres/postmaster.pid").touch()
    (desk.sockets / ".s.PGSQL.5432.lock").touch()
    user = desk.use()
    assert desk.answers()
    end(user)
    assert desk.processes() == []


def test_four_that_start_at_once_share_one_server(fresh_desk):
    desk = fresh_desk
    users = [desk.begin() for _ in range(4)]
    for user in users:
        ready(user)
    assert len([line for line in desk.processes() if "/bin/postgres -D" in line]) == 1
    assert [end(user) for user in users] == [(0, "")] * 4
    assert desk.processes() == []


def test_what_a_killed_start_left_half_made_is_made_again(desk):
    files = desk.home / "postgres"
    files.rename(desk.home / "postgres.new")
    (desk.home / "postgres.new/PG_VERSION").unlink()
    assert end(desk.use()) == (0, "")
    assert not (desk.home / "postgres.new").exists()


def test_the_database_is_made_again_where_a_start_was_killed_before_it(desk):
    user = desk.use()
    with desk.connect("postgres") as connection:
        connection.execute("DROP DATABASE refidetect")
    assert not desk.answers()
    again = desk.use()
    assert desk.answers()
    end(user)
    end(again)


@pytest.mark.parametrize("uid", [None, pytest.param(65534, marks=as_root)])
def test_a_path_too_long_for_a_socket_gets_a_short_folder(new_desk: Callable[..., Desk], uid):
    desk = new_desk(name="a folder with a long name " * 5, uid=uid)
    user = desk.use()
    assert desk.answers()
    end(user)
    assert desk.processes() == []


@as_root
def test_a_short_folder_that_somebody_else_made_is_refused(new_desk: Callable[..., Desk]):
    desk = new_desk(name="x" * 100)
    end(desk.use())
    owner = desk.sockets.stat().st_uid
    os.chown(desk.sockets, 12345, 12345)
    status, said = end(desk.begin())
    assert status == 1
    assert said.startswith(f"{desk.sockets} is not a private folder of ")
    assert said.count("\n") == 1
    os.chown(desk.sockets, owner, owner)


@as_root
def test_a_parent_that_the_engines_user_may_not_enter_is_named_and_stays_closed(new_desk: Callable[..., Desk]):
    desk = new_desk(name="closed/data")
    closed = desk.home.parent
    closed.mkdir(mode=0o700)
    status, said = end(desk.begin())
    assert status == 1
    assert f"may not enter {closed}:" in said
    assert said.count("\n") == 1
    assert closed.stat().st_mode & 0o777 == 0o700
    closed.chmod(0o755)


def test_files_of_another_version_are_left_alone(desk):
    version = desk.home / "postgres/PG_VERSION"
    version.write_text("17\n")
    status, said = end(desk.begin())
    assert (status, said) == (1, f"{desk.home}/postgres was written by PostgreSQL 17, and this is 18.\n")
    version.write_text("18\n")


def test_a_server_that_can_not_start_says_why(desk):
    settings = desk.home / "postgres/postgresql.conf"
    good = settings.read_text()
    settings.write_text(good + "nonsense = 1\n")
    status, said = end(desk.begin())
    assert status == 1
    assert said.startswith(f"PostgreSQL does not start ({desk.home}/postgres): ")
    assert "nonsense" in said or "postgresql.conf" in said
    assert said.count("\n") == 1
    settings.write_text(good)
