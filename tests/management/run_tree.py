"""A process tree of two programs of the shell, without the desk: the tests of `processes` run it."""

import sys

from refidetect.management.processes import Printer, ProcessTree, Program

SAYS_GOODBYE = 'trap "echo goodbye; exit" TERM; echo "here $$"; while true; do sleep 0.05; done'


def main() -> None:
    programs = [Program(name, ["/bin/sh", "-c", sys.argv[1] if len(sys.argv) > 1 else SAYS_GOODBYE]) for name in ("one", "two")]
    tree = ProcessTree(programs, Printer(sys.stdout, ["up", "one", "two"]), {}, tell=lambda line: None)
    tree.run(each_tick=lambda: None)


if __name__ == "__main__":
    main()
