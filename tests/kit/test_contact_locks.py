"""The locks of contacts: one key in common is enough, whatever the order in which they were named."""

import random
import threading
import time

import pytest
from django.db import OperationalError, connection, connections, transaction

from refidetect.kit import contact_locks

pytestmark = pytest.mark.django_db(transaction=True)


class Holder:
    """Somebody who holds locks in a session of the own until told to let go."""

    def __init__(self, take) -> None:
        self._take = take
        self._held, self._done = threading.Event(), threading.Event()

    def __enter__(self):
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._held.wait(20)
        return self

    def __exit__(self, *_) -> None:
        self._done.set()
        self._thread.join(20)

    def _run(self) -> None:
        try:
            with transaction.atomic():
                self._take()
                self._held.set()
                self._done.wait(20)
        finally:
            connections.close_all()


def is_free(*ids: str) -> bool:
    try:
        with contact_locks.contact_lock(ids, wait_seconds=0.2):
            return True
    except OperationalError:
        return False


def test_one_key_in_common_is_enough_to_wait():
    with Holder(lambda: contact_locks.take(["loan:1", "loan:2"])):
        assert not is_free("loan:2", "loan:3")
        assert is_free("loan:3", "loan:4")
    assert is_free("loan:2", "loan:3")


def test_a_key_is_a_name_and_not_a_number():
    with Holder(lambda: contact_locks.take([contact_locks.loan(17)])):
        assert not is_free("loan:17")
        assert is_free(contact_locks.address(b"\x17"), "loan:1", "loan:7", "17")
    assert contact_locks.address(memoryview(b"\x00\xff")) == "address:00ff"


def test_no_keys_lock_nothing():
    with Holder(lambda: contact_locks.take([])):
        assert is_free("loan:1")
        with contact_locks.contact_lock([]):
            pass


def test_after_a_refusal_the_caller_goes_on():
    with Holder(lambda: contact_locks.take(["loan:1"])), transaction.atomic():
        assert not is_free("loan:1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            assert cursor.fetchone() == ("0",)


def test_patience_ends_with_the_locks_it_was_for():
    with transaction.atomic():
        contact_locks.take(["loan:1"], wait_seconds=1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            assert cursor.fetchone() == ("0",)


def test_a_send_waits_for_a_stop_and_a_stop_for_a_send():
    def send():
        contact_locks.for_sending([contact_locks.DESK, contact_locks.officer(3)], ["loan:1"], wait_seconds=0.2)

    with Holder(send):
        assert not is_free("loan:1")
    with Holder(lambda: contact_locks.take(["loan:1"])), pytest.raises(OperationalError), transaction.atomic():
        send()


def test_sends_share_a_switch_and_whoever_throws_it_waits_for_them():
    def send(loan: str):
        contact_locks.for_sending([contact_locks.DESK, contact_locks.officer(3)], [loan], wait_seconds=0.2)

    with Holder(lambda: send("loan:1")):
        with transaction.atomic():
            send("loan:2")
        for switch in (contact_locks.DESK, contact_locks.officer(3)):
            with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:  # noqa: PT012  both need it
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                contact_locks.close(switch)
        with transaction.atomic():
            contact_locks.close(contact_locks.officer(4))


def test_no_send_begins_while_a_switch_is_thrown():
    with Holder(lambda: contact_locks.close(contact_locks.DESK)):
        with pytest.raises(OperationalError), transaction.atomic():
            contact_locks.for_sending([contact_locks.DESK], ["loan:1"], wait_seconds=0.2)
        assert is_free("loan:1")


def test_eight_who_take_overlapping_keys_in_any_order_never_wait_for_each_other_forever():
    holding: dict[str, int] = {}
    together: list[str] = []
    errors: list[BaseException] = []
    names = [f"loan:{n}" for n in range(6)]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(25):
                mine = dice.sample(names, 3)
                with contact_locks.contact_lock(mine + mine[:1]):
                    # Nobody else may be at it between this line and the last: the database let only us through.
                    for name in mine:
                        if holding.get(name, 0):
                            together.append(name)
                        holding[name] = holding.get(name, 0) + 1
                    time.sleep(0.001)
                    for name in mine:
                        holding[name] -= 1
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []
    assert together == []
