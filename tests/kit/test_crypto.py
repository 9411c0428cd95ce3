"""Encrypted values and the keys they are written with."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refidetect.kit import crypto, env


def key(letter: str) -> str:
    return base64.b64encode(letter.encode() * 32).decode()


OLD = crypto.parse_field_keys(f"1:{key('a')}")
ROTATED = crypto.parse_field_keys(f"2:{key('b')}, 1:{key('a')}")
OTHER = crypto.parse_field_keys(f"1:{key('c')}")


@given(st.text())
def test_what_was_encrypted_is_read_again(text):
    assert OLD.decrypt(OLD.encrypt(text)) == text


@given(st.text(min_size=1))
def test_a_value_shows_nothing_of_its_text_and_is_never_the_same_twice(text):
    first, second = OLD.encrypt(text), OLD.encrypt(text)
    assert first != second
    assert len(first) == 1 + 12 + len(text.encode()) + 16


def test_empty_stays_empty_and_matches_nothing():
    assert OLD.encrypt("") == b""
    assert OLD.decrypt(b"") == ""
    assert OLD.lookup("") is None


def test_after_a_rotation_old_values_open_and_new_ones_take_the_new_key():
    assert ROTATED.decrypt(OLD.encrypt("555-0100")) == "555-0100"
    new = ROTATED.encrypt("555-0100")
    assert new[0] == 2
    with pytest.raises(crypto.CannotDecrypt, match="no key with the id 2"):
        OLD.decrypt(new)


def test_look_ups_survive_a_rotation_and_differ_by_key():
    assert OLD.lookup("a@example.com") == ROTATED.lookup("a@example.com")
    assert OLD.lookup("a@example.com") != OLD.lookup("b@example.com")
    assert OLD.lookup("a@example.com") != OTHER.lookup("a@example.com")
    assert len(OLD.lookup("a@example.com")) == 16


@pytest.mark.parametrize("position", [1, 12, 13, -1])
def test_a_changed_byte_is_noticed(position):
    value = bytearray(OLD.encrypt("12 Main Street"))
    value[position] ^= 1
    with pytest.raises(crypto.CannotDecrypt, match="does not open this value"):
        OLD.decrypt(bytes(value))


def test_a_value_cut_short_is_noticed():
    with pytest.raises(crypto.CannotDecrypt):
        OLD.decrypt(OLD.encrypt("12 Main Street")[:20])


def test_another_key_with_the_same_id_does_not_open_it():
    with pytest.raises(crypto.CannotDecrypt):
        OTHER.decrypt(OLD.encrypt("12 Main Street"))


def test_a_value_from_a_database_cursor_opens_too():
    assert OLD.decrypt(memoryview(OLD.encrypt("12 Main Street"))) == "12 Main Street"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("nonsense", "write id:base64"),
        (f"x:{key('a')}", "write id:base64"),
        ("1:c2hvcnQ=", "32 bytes"),
        (f"0:{key('a')}", "from 1 to 255"),
        (f"256:{key('a')}", "from 1 to 255"),
        (f"1:{key('a')},1:{key('b')}", "the same id"),
    ],
)
def test_bad_keys_are_refused_with_a_sentence_that_does_not_show_them(text, sentence):
    with pytest.raises(env.BadEnvironment, match=sentence) as caught:
        crypto.parse_field_keys(text)
    assert key("a") not in str(caught.value)


@pytest.fixture
def no_keys(monkeypatch):
    for name in ("SECRET_KEY", "FIELD_KEYS", "SECRET_KEY_FILE", "FIELD_KEYS_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_keys")
def test_generated_keys_are_kept_for_their_owner_alone(tmp_path):
    home = tmp_path / "data"
    with ThreadPoolExecutor() as threads:
        found = set(threads.map(lambda _: crypto.secret_key(home, generate=True), range(8)))
    assert len(found) == 1
    assert crypto.field_keys(home, generate=True) == crypto.field_keys(home, generate=True)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {
        "secret_key": 0o600,
        "field_keys": 0o600,
    }


@pytest.mark.usefixtures("no_keys")
def test_without_generation_a_missing_key_is_named(tmp_path):
    with pytest.raises(env.BadEnvironment, match=r"^FIELD_KEYS is not set"):
        crypto.field_keys(tmp_path, generate=False)
    assert list(tmp_path.iterdir()) == []
