#!/usr/bin/env python
"""Django's command line, with the engines a command needs started first."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refidetect.settings")
    from refidetect import engines  # noqa: PLC0415  the path must be set up by Python itself first

    engines.start_for_command(sys.argv)
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
