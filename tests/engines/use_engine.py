"""A process that uses an embedded engine until its input ends or a signal comes; the tests of the engines run several at once.

use_engine.py ENGINE [UID]
"""

import os
import sys

import psycopg

from refidetect import engines


def main() -> None:
    engines.end_by_exit()
    if len(sys.argv) > 2:
        become(int(sys.argv[2]))
    try:
        if sys.argv[1] == "postgres":
            engines.start_postgres(durable=False)
        else:
            engines.start_valkey()
    except engines.EngineError as error:
        sys.exit(str(error))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()


def become(uid: int) -> None:
    """Give up root after everything is imported: the user need not be able to read Python's own files."""
    try:
        psycopg.connect("host=/nowhere connect_timeout=1")
    except psycopg.OperationalError:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


if __name__ == "__main__":
    main()
