"""Counting users by locks that the kernel frees."""

import os

import pytest

from refidetect.kit import locks


@pytest.fixture
def thing(tmp_path):
    return lambda: locks.Shared(tmp_path / "thing.lock", turn=tmp_path / "turn")


def test_the_first_switches_on_and_the_last_off(thing):
    first, second, calls = thing(), thing(), []
    first.enter(lambda: calls.append("on"))
    second.enter(lambda: calls.append("still on"))
    first.leave(lambda: calls.append("too early"))
    second.leave(lambda: calls.append("off"))
    assert calls == ["on", "still on", "off"]


def test_whoever_comes_without_a_share_cleans_up_only_after_the_last(thing):
    user, calls = thing(), []
    thing().leave(lambda: calls.append("never there"))
    user.enter(lambda: None)
    thing().leave(lambda: calls.append("in use"))
    user.leave(lambda: calls.append("off"))
    thing().leave(lambda: calls.append("cleaned"))
    assert calls == ["off", "cleaned"]


def test_a_share_whose_start_failed_still_counts_until_it_is_given_back(thing):
    user, calls = thing(), []
    with pytest.raises(ZeroDivisionError):
        user.enter(lambda: 1 / 0)
    thing().leave(lambda: calls.append("in use"))
    user.leave(lambda: calls.append("off"))
    assert calls == ["off"]


@pytest.mark.filterwarnings("ignore:This process")
def test_a_forked_child_does_not_give_back_its_parents_share(thing):
    user = thing()
    user.enter(lambda: None)
    child = os.fork()
    if child == 0:
        user.leave(lambda: os._exit(1))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    user.leave(lambda: None)


def test_an_exclusive_lock_is_refused_at_once_to_the_second(tmp_path):
    with locks.exclusive(tmp_path / "up.lock"), pytest.raises(locks.Taken):
        locks.exclusive(tmp_path / "up.lock")
    locks.exclusive(tmp_path / "up.lock").close()
