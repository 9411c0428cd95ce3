"""The programs work as a role that owns nothing: it writes rows, and can't even try to change what is kept for good."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote
from zoneinfo import ZoneInfo

import psycopg
import pytest

from refidetect.management.backup import programs
from tests.desks import ROOT, Desk, environment_for, new_desks

ROWS = """
from accounts.models import Lender
from refidetect.management.benchmark import conversations, match
match.set_market(Lender.current().today())
print(conversations.generate(6)[1].isoformat())
"""
STORY = """
from datetime import datetime
from outreach.models import Touch
from outreach.services import applying, consent, sending, sweeping
now = datetime.fromisoformat("{now}")
ids = list(Touch.objects.filter(state="ready").order_by("id").values_list("pk", flat=True)[:6])
print([str(sending.send(one, now=now)) for one in ids[:4]])
row = Touch.objects.get(pk=ids[5])
consent.revoke({"email": bytes(row.address_lookup)}, source=consent.ConsentSource.PAGE, at=now)
print([str(sending.send(one, now=now)) for one in ids[4:]])
sweeping.sweep(now)
applying.apply_waiting(now)
"""
DENIED = (
    "TRUNCATE outreach_touch CASCADE",
    "TRUNCATE outreach_consent CASCADE",
    "DROP TABLE outreach_consent",
    "ALTER TABLE outreach_consent DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "UPDATE outreach_consent SET act = 'granted'",
    "DELETE FROM outreach_consent",
    "UPDATE outreach_gateanswer SET send = true",
    "DELETE FROM outreach_gateanswer",
    "UPDATE outreach_touchevent SET machine = true",
    "UPDATE outreach_change SET sentence = ''",
    "DELETE FROM outreach_touch",
    "DELETE FROM outreach_message",
    "DELETE FROM outreach_inboxitem",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('loans', '9999', now())",
    "CREATE TABLE of_my_own (id integer)",
    "CREATE FUNCTION public.mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "COPY (SELECT 1) TO PROGRAM 'cat'",
    "CREATE ROLE another",
)
# Their numbers come before those of the generated book, which takes every later one for its own.
PORTFOLIO = """loan_number,borrower_first_name,borrower_last_name,email,note_rate,origination_date,term_months,original_amount
AA-1,Marisol,Vega,marisol@example.com,7.500,2023-04-17,360,456000
AA-2,Jon,Aarsen,jon@example.com,7.250,2023-05-02,360,390000
"""


@pytest.fixture(scope="module")
def lender():
    """A PostgreSQL that has run the script of the roles, migrated by the owner; gives commands and connections of a role."""
    with new_desks() as new_desk:
        desk = new_desk()
        desk.use()
        with desk.connect("postgres") as connection:
            to = f"--dbname={connection.info.dsn}"
        words = ["--set=ON_ERROR_STOP=1", "--set=owner_password=a", "--set=desk_password=b", "--set=database=lender"]
        script = [programs.find("psql"), to, "--quiet", *words, f"--file={ROOT / 'docker/roles.sql'}"]
        subprocess.run(script, check=True, capture_output=True)
        lender = Lender(desk)
        for words in (["migrate", "--no-input"], ["install_presets"], ["grant", "desk"]):
            done = lender.manage("desk_owner", *words)
            assert done.returncode == 0, done.stderr
        yield lender


@dataclass
class Lender:
    desk: Desk

    def manage(self, role: str, *words: str) -> subprocess.CompletedProcess[str]:
        sockets = quote(str(self.desk.sockets), safe="")
        address = {"DATABASE_URL": f"postgresql://{role}@{sockets}:5432/lender", "PYTHON_DOTENV_DISABLED": "1"}
        environment = environment_for(self.desk.home) | address
        command = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)

    def connect(self, role: str) -> psycopg.Connection:
        return psycopg.connect(host=str(self.desk.sockets), port=5432, user=role, dbname="lender", autocommit=True)


def test_the_programs_work_with_their_role(lender, tmp_path):
    portfolio, rates = tmp_path / "portfolio.csv", tmp_path / "rates.csv"
    portfolio.write_text(PORTFOLIO)
    # The lender's day, where it is set up without saying where: in UTC it may be tomorrow already.
    today = datetime.now(ZoneInfo("America/New_York")).date()
    rates.write_text(f"as_of,product,rate\n{today},conventional_30,6.230\n{today},conventional_15,5.580\n")
    for words in (["import_loans", str(portfolio)], ["pull_rates", "--file", str(rates)], ["match"]):
        done = lender.manage("desk", *words)
        assert done.returncode == 0, (words, done.stderr)
    done = lender.manage("desk", "queue", "--json")
    assert [row["loan_number"] for row in json.loads(done.stdout)] == ["AA-1", "AA-2"]

    # A book to write to, by the benchmark's generator, which empties tables first and so needs their owner.
    done = lender.manage("desk_owner", "shell", "-v", "0", "-c", ROWS)
    assert done.returncode == 0, done.stderr
    done = lender.manage("desk", "shell", "-v", "0", "-c", STORY.replace("{now}", done.stdout.strip()))
    assert done.returncode == 0, done.stderr
    sent, after_the_stop = done.stdout.splitlines()
    assert sent == str(["accepted"] * 4), done.stderr
    assert "accepted" in after_the_stop
    assert "skipped" in after_the_stop
    with lender.connect("desk") as connection:
        assert connection.execute("SELECT count(*) FROM outreach_touch WHERE state = 'accepted'").fetchone() == (5,)


def test_their_role_owns_nothing_and_changes_nothing_that_is_kept(lender):
    with lender.connect("desk") as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE tableowner = 'desk'").fetchone() == (0,)
        for statement in DENIED:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_table_that_a_later_migration_makes_is_granted_with_it(lender):
    with lender.connect("desk_owner") as owner, lender.connect("desk") as desk:
        owner.execute("CREATE TABLE later (id integer)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            desk.execute("SELECT * FROM later")
        assert lender.manage("desk_owner", "grant", "desk").returncode == 0
        desk.execute("INSERT INTO later VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            desk.execute("TRUNCATE later")
        owner.execute("DROP TABLE later")


def test_their_role_can_make_a_backup_and_not_grant(lender, tmp_path):
    done = lender.manage("desk", "backup", str(tmp_path / "copy.tar"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["django_migrations"] > 0
    done = lender.manage("desk", "grant", "desk")
    assert (done.returncode, "Only the owner of the tables" in done.stderr) == (1, True)
