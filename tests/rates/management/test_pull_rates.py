import io
import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command

from rates.models import Pull, Rate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_friday():
    with time_machine.travel(datetime(2026, 4, 24, 15, 0, tzinfo=UTC), tick=False):
        yield


def run(*args: object) -> str:
    out = io.StringIO()
    call_command("pull_rates", *(str(arg) for arg in args), stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path, sample):
    def copy(name: str, content: bytes | None = None):
        path = tmp_path / name
        path.write_bytes(sample(name) if content is None else content)
        return path

    return copy


def test_json_says_what_was_read_and_the_newest_rate_of_each_product(file):
    document = json.loads(run("--source", "pmms", "--file", file("pmms_archive.csv"), "--json"))
    assert {key: document[key] for key in ("source", "read", "added", "revised", "unchanged", "held", "rejected")} == {
        "source": "pmms",
        "read": 9,
        "added": 9,
        "revised": 0,
        "unchanged": 0,
        "held": 0,
        "rejected": 0,
    }
    assert document["newest"] == {
        "conventional_30": {"rate": "6.230", "as_of": "2026-04-23", "status": "accepted"},
        "conventional_15": {"rate": "5.580", "as_of": "2026-04-23", "status": "accepted"},
    }
    assert document["seconds"] >= 0


def test_a_second_run_changes_nothing(file):
    path = file("pmms_publisher.csv")
    run("--source", "pmms", "--file", path)
    again = json.loads(run("--source", "pmms", "--file", path, "--json"))
    assert (again["added"], again["revised"], again["unchanged"]) == (0, 0, 12)
    assert Rate.objects.count() == 12


def test_as_of_drops_later_values(file):
    document = json.loads(run("--source", "pmms", "--file", file("pmms_publisher.csv"), "--as-of", "2022-11-10", "--json"))
    assert document["newest"]["conventional_30"]["as_of"] == "2022-11-10"
    assert not Rate.objects.filter(as_of__gt="2022-11-10").exists()


def test_a_saved_chart_file_of_fred_loads(file):
    assert json.loads(run("--source", "fredgraph", "--file", file("fredgraph.csv"), "--json"))["added"] == 4


def test_a_file_without_a_source_is_a_rate_sheet_and_its_bad_lines_are_told(file):
    told = run("--file", file("sheet.csv"))
    assert "4 added" in told
    assert "5 rejected" in told
    assert "line 8, rate: 'six': is not a number" in told


def test_a_held_value_is_told_with_what_to_do(file):
    run("--file", file("a.csv", b"as_of,product,rate\n2026-04-22,fha_30,6.1\n"))
    told = run("--file", file("b.csv", b"as_of,product,rate\n2026-04-23,fha_30,0.61\n"))
    assert "1 held" in told
    assert "the old rate stands" in told


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("down.csv", b"<!doctype html><html>down</html>", "web page"),
        ("empty.csv", b"", "empty"),
        ("sheet.pdf", b"%PDF-1.7", "PDF"),
        ("latin.csv", "date,frm30\n2026-04-23,6.23\nZürich,1".encode("latin-1"), "UTF-8"),
        ("other.csv", b"a,b\n1,2\n", "no heading"),
    ],
)
def test_a_bad_file_ends_with_a_sentence(file, name, content, sentence):
    with pytest.raises(CommandError, match=sentence):
        run("--source", "pmms", "--file", file(name, content))
    assert Rate.objects.count() == 0


def test_a_missing_file_and_a_directory_end_with_a_sentence(tmp_path):
    with pytest.raises(CommandError, match="does not exist"):
        run("--source", "pmms", "--file", tmp_path / "absent.csv")
    with pytest.raises(CommandError, match="is a directory"):
        run("--source", "pmms", "--file", tmp_path)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--source", "bloomberg"], "known are file, api, fred, pmms, fredgraph"),
        (["--source", "file"], "name a file"),
        (["--source", "pmms", "--as-of", "yesterday"], "is not a date"),
        (["--source", "pmms", "--as-of", "2026-02-30"], "is not a date"),
        (["--source", "fred", "--file", "x.json"], "not read from a file"),
    ],
)
def test_a_bad_argument_ends_with_a_sentence(args, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*args)


def test_fred_without_a_key_ends_with_a_sentence(settings):
    settings.FRED_API_KEY = ""
    with pytest.raises(CommandError, match="FRED_API_KEY is not set"):
        run("--source", "fred")


def test_without_a_source_every_feed_that_can_run_is_asked(publisher, sample, settings):
    settings.FRED_API_KEY = ""
    publisher.says("/pmms/docs/PMMS_history.csv", sample("pmms_publisher.csv"))
    publisher.says("/graph/fredgraph.csv", "<html>", status=200)
    told = run()
    assert "pmms: 12 read, 12 added" in told
    assert "fredgraph: FRED's answer is a web page" in told
    assert "fred: skipped, FRED_API_KEY is not set." in told
    assert "The day's rate is in." in told


def test_without_a_source_it_ends_badly_where_every_feed_failed(publisher):
    with pytest.raises(CommandError, match="404"):
        run("--json")
    assert set(Pull.objects.values_list("outcome", flat=True)) == {"failed"}
