"""What a command line starts, and how it says what is wrong: one sentence on stderr and status 1."""

import os
import subprocess
import sys

import pytest

from refidetect import engines
from refidetect.management import schema
from tests.desks import ROOT, environment_for, processes_in


def manage(home, *words, **variables):
    environment = environment_for(home) | {"PYTHON_DOTENV_DISABLED": "1"} | variables
    environment = {name: value for name, value in environment.items() if value}
    command = [sys.executable, ROOT / "manage.py", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("words", [(), ("help",), ("match", "--help"), ("check",), ("version",)], ids=" ".join)
def test_commands_without_a_database_start_none(words, tmp_path):
    manage(tmp_path / "data", *words)
    assert not (tmp_path / "data/postgres").exists()


def test_a_command_with_a_database_starts_it_and_stops_it(new_desk):
    desk = new_desk()
    done = manage(desk.home, "showmigrations", "--plan")
    assert done.returncode == 0, done.stderr
    assert "[ ]  accounts.0001_initial" in done.stdout
    assert (desk.home / "postgres").exists()
    assert processes_in(desk.home) == []


def test_a_reader_that_has_enough_is_no_error(new_desk):
    desk = new_desk()
    command = f"{sys.executable} {ROOT}/manage.py demo | head -n 1"
    environment = environment_for(desk.home) | {"PYTHON_DOTENV_DISABLED": "1", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert processes_in(desk.home) == []


def test_a_command_of_ours_finds_its_tables_on_a_fresh_clone(new_desk):
    desk = new_desk()
    done = manage(desk.home, "pull_rates", "--file", "/nowhere.csv")
    assert done.returncode == 1
    assert "Preparing the database" in done.stderr
    assert "Traceback" not in done.stderr
    plan = manage(desk.home, "showmigrations", "--plan")
    assert "[ ]" not in plan.stdout


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "perhaps"}, "DEBUG='perhaps': write true or false.\n"),
        ({"DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk", "SECRET_KEY": ""}, "SECRET_KEY is not set."),
        (
            {"DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk"},
            "The database does not answer: connection failed: connection to server at",
        ),
        ({"DATABASE_URL": "mysql://desk@127.0.0.1/desk"}, "DATABASE_URL: write postgresql://user:password@host:5432/name"),
        ({"REDIS_URL": "127.0.0.1:6379"}, "REDIS_URL: write redis://host:6379/0"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR: can't write /proc/nowhere: "),
    ],
)
def test_a_bad_environment_is_one_sentence(variables, sentence, new_desk):
    done = manage(new_desk().home, "pull_rates", **variables)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_database_that_is_not_ours_is_never_migrated_without_a_word(new_desk):
    desk = new_desk()
    desk.use()
    # The same server under another name of its database: for us it is somebody else's.
    with desk.connect("postgres") as connection:
        connection.execute("CREATE DATABASE lender")
    address = f"postgresql://refidetect@{str(desk.sockets).replace('/', '%2F')}:5432/lender"
    done = manage(desk.home, "pull_rates", DATABASE_URL=address)
    assert done.returncode == 1
    assert done.stderr.startswith("The database of DATABASE_URL is ")
    assert "run `python manage.py migrate`" in done.stderr
    with desk.connect("lender") as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


@pytest.mark.django_db
def test_the_tests_own_database_lacks_no_migration():
    assert schema.pending() == 0


def test_ends_by_exit_on_sigterm():
    command = [sys.executable, "-c", "import os, signal; from refidetect import engines; engines.end_by_exit(); "]
    command[-1] += "import atexit; atexit.register(print, 'orderly'); os.kill(os.getpid(), signal.SIGTERM)"
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))
    assert (done.returncode, done.stdout) == (143, "orderly\n")
    assert engines.ENDING_SIGNALS == ("SIGTERM", "SIGHUP")
