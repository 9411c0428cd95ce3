"""A desk is copied, lost and put back; what may not be put back is refused with everything as it was."""

import io
import json
import stat
import tarfile

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from loans.models import Borrower, Loan
from loans.queries import opportunities
from outreach.models import Consent, ConsentSource, Desk, Suppression, Touch
from outreach.services import consent, sending, sweeping
from refidetect.kit import crypto
from refidetect.management.backup import making
from tests.loans.rows import make_loan, set_market
from tests.outreach.rows import FRIDAY, borrower_of, open_desk, worth_writing_to

pytestmark = pytest.mark.django_db(transaction=True)
OTHER_KEY = "B" * 43 + "="


@pytest.fixture
def desk(olivia, cora):
    """Three borrowers, of whom one was written to and one opted out."""
    set_market()
    open_desk(olivia.branch, approver=cora)
    rows = [worth_writing_to(olivia, f"HP-{n}", email=f"person{n}@example.com") for n in range(3)]
    lookup = bytes(borrower_of(rows[2].loan).email_lookup)
    consent.revoke({"email": lookup}, at=FRIDAY, source=ConsentSource.PAGE, words="Please stop")
    first = Touch.objects.get(pk__in=sweeping.sweep(FRIDAY).ready, opportunity=rows[0])
    assert sending.send(first.pk, now=FRIDAY) == "accepted"
    return olivia


@pytest.fixture
def backup(desk, tmp_path):
    path = tmp_path / "copy.tar"
    call_command("backup", path, stdout=io.StringIO())
    return path


def state(officer):
    """What somebody would miss: the queue in its order, the ledger in the borrowers' words, every number of rows."""
    queue = [(row.loan_number, row.total_interest_savings) for row in opportunities.queue(officer)]
    ledger = [(one.channel, one.act, bytes(one.lookup), one.words, one.at) for one in Consent.objects.order_by("pk")]
    people = [(one.loan.loan_number, one.email, one.phone) for one in Borrower.objects.order_by("pk")]
    closed = list(Suppression.objects.values_list("channel", "reason"))
    counts = {name: rows for name, rows in making.counts().items() if name != "outreach_desk"}
    return queue, ledger, people, closed, counts


def ruin():
    """An administrator's bad morning."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE loans_loan, outreach_consent CASCADE")
        cursor.execute("DROP TABLE outreach_suppression CASCADE")


def restore(path, *words):
    out = io.StringIO()
    call_command("restore", path, *words, stdout=out)
    return out.getvalue()


def test_what_was_lost_comes_back_as_it_was(desk, backup):
    before = state(desk)
    assert len(before[0]) == 3
    assert [words for *_, words, _ in before[1]].count("Please stop") == 1
    assert Touch.objects.filter(state="accepted").count() == 1
    ruin()
    assert Loan.objects.count() == 0

    said = restore(backup, "--replace")
    assert state(desk) == before
    assert "counted and readable" in said
    # What the schema refuses, it refuses again; numbers go on where they were.
    with pytest.raises(psycopg.Error), connection.connection.cursor() as cursor:
        cursor.execute("UPDATE outreach_consent SET channel = 'sms'")
    highest = max(Loan.objects.values_list("pk", flat=True))
    assert make_loan("NEW").pk > highest


def test_a_restored_desk_sends_nothing_until_somebody_lets_it(desk, backup):
    """What went out since the backup is not known: the same message must not go twice."""
    waiting = Touch.objects.filter(state="ready").values_list("pk", flat=True)
    assert waiting
    assert not Desk.current().halted
    restore(backup, "--replace")
    assert Desk.current().halted_because.startswith("Restored from the backup of 20")
    for touch_id in waiting:
        assert sending.send(touch_id, now=FRIDAY) == "scheduled"
    assert Touch.objects.filter(state="accepted").count() == 1


def test_a_desk_is_not_replaced_unless_one_says_so(desk, backup):
    Loan.objects.update(property_city="Boulder")
    with pytest.raises(CommandError, match=r"has a desk of its own, with [\d,]+ rows. With --replace it is lost"):
        restore(backup)
    assert set(Loan.objects.values_list("property_city", flat=True)) == {"Boulder"}


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (f"1:{OTHER_KEY}", "FIELD_KEYS does not open what the key with the id 1 wrote"),
        (f"2:{OTHER_KEY}", "FIELD_KEYS does not open what the key with the id 1 wrote"),
        (f"1:{'A' * 43}=,2:{OTHER_KEY}", "opt-outs would not be found"),
    ],
)
def test_keys_that_do_not_open_it_are_refused_before_anything_changes(desk, backup, settings, keys, sentence):
    before = making.counts()
    settings.FIELD_KEYS = crypto.parse_field_keys(keys)
    with pytest.raises(CommandError, match=sentence):
        restore(backup, "--replace")
    assert making.counts() == before
    assert not Desk.current().halted


def test_a_key_that_was_added_since_does_no_harm(desk, backup, settings):
    before = state(desk)
    settings.FIELD_KEYS = crypto.parse_field_keys(f"2:{OTHER_KEY},1:{'A' * 43}=")
    assert "could be put back" in restore(backup, "--replace", "--check")
    assert not Desk.current().halted
    restore(backup, "--replace")
    assert state(desk) == before


def test_another_secret_key_is_said(desk, backup, settings):
    settings.SECRET_KEY = "another"
    assert "everybody signs in anew" in restore(backup, "--replace")


def test_the_file_is_private_and_holds_no_key_and_no_address(desk, backup, settings):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    content = backup.read_bytes()
    assert b"A" * 43 not in content
    assert settings.SECRET_KEY.encode() not in content
    assert b"person0@example.com" not in content
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["manifest.json", "database.dump"]
        manifest = json.load(tar.extractfile("manifest.json"))
    assert manifest["field_key_ids"] == [1]
    assert manifest["counts"]["loans_loan"] == 3
    assert [path.name for path in backup.parent.iterdir()] == ["copy.tar"]


def test_a_backup_replaces_no_other(desk, backup):
    before = backup.read_bytes()
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", backup)
    assert backup.read_bytes() == before


@pytest.mark.parametrize("harm", ["half", "flipped", "empty", "no tar"])
def test_a_damaged_file_is_refused_before_anything_changes(desk, backup, harm):
    before, content = making.counts(), bytearray(backup.read_bytes())
    content[-40_000] ^= 255
    harmed = {"half": content[: len(content) // 2], "flipped": content, "empty": b"", "no tar": b"loan_number,upb\n" * 9000}
    backup.write_bytes(harmed[harm])
    with pytest.raises(CommandError, match=r"damaged|no backup of this desk"):
        restore(backup, "--replace")
    assert making.counts() == before


def test_a_desk_that_is_at_work_is_not_replaced(desk, backup):
    to = connection.connection.info
    refusal = "1 other connections use this database: stop web, workers and clock"
    with psycopg.connect(to.dsn, password=to.password), pytest.raises(CommandError, match=refusal):
        restore(backup, "--replace")
    assert not Desk.current().halted


def test_what_fails_in_the_middle_leaves_everything_as_it_was(desk, backup):
    before = making.counts()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA aside")
        cursor.execute(
            "CREATE FUNCTION aside.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'No index today.'; END $$"
        )
        cursor.execute(
            "CREATE EVENT TRIGGER no_index ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION aside.refuse()"
        )
    try:
        with pytest.raises(CommandError, match=r"^psql: No index today\.$"):
            restore(backup, "--replace")
        assert making.counts() == before
        assert not Desk.current().halted
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA aside CASCADE")
