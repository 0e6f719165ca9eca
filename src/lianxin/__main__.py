"""Management commands: `lianxin COMMAND …`, or `python -m lianxin COMMAND …`."""

import os
import sys


def main() -> None:
    """Run a management command; `demo-data` and `demo_data` are the same."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")
    from django.core.management import execute_from_command_line

    command = [argument.replace("-", "_") for argument in sys.argv[1:2] if not argument.startswith("-")]
    execute_from_command_line(["lianxin", *(command or sys.argv[1:2]), *sys.argv[2:]])


if __name__ == "__main__":
    main()
