"""`import_loans` as people and machines call it."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from loans.models import ImportBatch, Loan
from tests.desks import ROOT, environment_for, new_desk
from tests.loans import files

__all__ = ["new_desk"]
KEYS = ["batch", "rows", "created", "updated", "unchanged", "rejected", "errors_file", "seconds"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path) -> Path:
    return files.write(tmp_path / "book.csv", {}, {"note_rate": "0"}, {"email": "nobody"})


def test_json_is_one_object_with_the_contracts_keys_and_nothing_else(run, path):
    answer = run("import_loans", str(path), "--json")
    assert list(answer) == KEYS
    assert (answer["batch"], answer["rows"]) == (ImportBatch.objects.get().pk, 3)
    assert [answer[name] for name in KEYS[2:6]] == [2, 0, 0, 1]
    assert isinstance(answer["seconds"], float)
    errors = Path(answer["errors_file"])
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600
    assert stat.S_IMODE(errors.parent.stat().st_mode) == 0o700
    assert errors.read_text().splitlines()[1] == '3,note_rate,0,"is not a percentage above 0, at most 24.999",yes'
    assert run.err == ""


def test_a_clean_file_has_no_errors_file(run, tmp_path):
    answer = run("import_loans", str(files.write(tmp_path / "book.csv")), "--json")
    assert answer["errors_file"] is None
    assert not (tmp_path / "media").exists()


def test_people_get_sentences_and_progress_on_standard_error(run, path):
    said = run("import_loans", str(path))
    assert said.startswith("3 rows in ")
    assert "2 were created, 0 updated, 0 unchanged, 1 rejected.\n1 warnings. Every rejected row and warning: " in said
    assert "3 rows read, 100%" in run.err
    assert "not in the file" not in said


def test_a_whole_book_says_what_it_lacks(run, path, tmp_path):
    run("import_loans", str(path))
    said = run("import_loans", str(files.write(tmp_path / "less.csv")), "--complete")
    assert "1 loans of the portfolio are not in the file.\n" in said
    assert list(Loan.objects.filter(not_in_last_file=True).values_list("loan_number", flat=True)) == ["A-3"]


def test_a_dry_run_says_so_and_changes_nothing(run, path):
    dry = run("import_loans", str(path), "--dry-run", "--json")
    assert [dry[name] for name in KEYS[1:6]] == [3, 2, 0, 0, 1]
    assert Path(dry["errors_file"]).is_file()
    said = run("import_loans", str(path), "--dry-run")
    assert "2 would be created" in said
    assert "A dry run: nothing was changed." in said
    assert not Loan.objects.exists()


@pytest.mark.parametrize("options", [[], ["--json"], ["--dry-run"], ["--format", "csv"]], ids=" ".join)
def test_a_file_that_is_none_is_one_sentence(tmp_path, capfd, options):
    (tmp_path / "book.csv").write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match=r"^The file has no column loan_number.*\.md\.$") as refusal:
        call_command("import_loans", str(tmp_path / "book.csv"), *options)
    assert refusal.value.returncode == 1
    assert capfd.readouterr().out == ""
    assert ImportBatch.objects.get().state == ImportBatch.State.FAILED


def test_from_a_shell_json_is_all_of_standard_output_and_a_bad_file_is_status_1(new_desk, tmp_path, path):
    home = new_desk().home

    def shell(*words):
        environment = environment_for(home) | {"PYTHON_DOTENV_DISABLED": "1", "LOG_LEVEL": "DEBUG"}
        command = [sys.executable, ROOT / "manage.py", "import_loans", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)

    done = shell(path, "--json")
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)) == KEYS
    assert "Preparing the database" in done.stderr
    done = shell(tmp_path / "nowhere.csv", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1] == "CommandError: Can't read nowhere.csv: no such file or directory."
    assert "Traceback" not in done.stderr
