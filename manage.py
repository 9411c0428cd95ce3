#!/usr/bin/env python
"""Django's command line, with the engines a command needs started first."""

import os
import sys

from refidetect import engines
from refidetect.kit import env


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refidetect.settings")
    try:
        engines.start_for_command(sys.argv)
        from django.core.management import execute_from_command_line  # noqa: PLC0415  reads the settings

        from refidetect.management import schema  # noqa: PLC0415  reads the settings

        schema.prepare(sys.argv)
        execute_from_command_line(sys.argv)
    except (engines.EngineError, env.BadEnvironment) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever reads has enough, as `head` does; what Python still holds of the output goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
