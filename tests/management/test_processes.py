"""The tree of processes under `up`, with the shell's programs in place of the desk's."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desks import ROOT


@pytest.fixture
def start():
    trees = []

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, Path(__file__).with_name("run_tree.py"), *words]
        trees.append(subprocess.Popen(command, env={"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True))
        return trees[-1]

    yield start
    for tree in trees:
        tree.kill()
        tree.communicate()


def test_every_line_has_its_program_in_front_and_the_last_started_ends_first(start):
    tree = start()
    assert {tree.stdout.readline().split(" here ")[0] for _ in range(2)} == {"one |", "two |"}
    tree.terminate()
    said, _ = tree.communicate(timeout=60)
    assert said == "two | goodbye\none | goodbye\n"
    assert tree.returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Other systems have no signal for a parent's death.")
def test_the_kernel_ends_them_with_a_killed_parent(start):
    tree = start()
    watched = [os.pidfd_open(int(tree.stdout.readline().split(" here ")[1])) for _ in range(2)]
    tree.kill()
    for process in watched:
        assert select.select([process], [], [], 60)[0]


def test_a_program_that_ends_is_started_again_after_a_growing_pause(start):
    tree = start("exit 3")
    lines = [tree.stdout.readline() for _ in range(4)]
    assert sorted(lines[:2]) == [f"up  | {name} ended (with status 3); it starts again in 1 s.\n" for name in ("one", "two")]
    assert sorted(lines[2:]) == [f"up  | {name} ended (with status 3); it starts again in 2 s.\n" for name in ("one", "two")]


def test_what_a_program_started_itself_ends_with_it(start):
    tree = start('sleep 600 & echo "here $!"; sleep 0.2; exit 1')
    lines = [tree.stdout.readline() for _ in range(2)]
    for line in lines:
        with contextlib.suppress(ProcessLookupError):
            assert select.select([os.pidfd_open(int(line.split(" here ")[1]))], [], [], 60)[0]


def test_a_second_signal_does_not_wait_for_one_that_is_deaf(start):
    tree = start('trap "echo deaf" TERM; echo here; while true; do sleep 0.05; done')
    for _ in range(2):
        tree.stdout.readline()
    tree.terminate()
    assert tree.stdout.readline() == "two | deaf\n"
    tree.send_signal(signal.SIGINT)
    assert tree.wait(timeout=60) == 0
