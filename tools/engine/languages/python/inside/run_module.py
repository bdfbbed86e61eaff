"""Run an installed module as `python -m` would, without the current folder in front of everything that it imports.

usage: run_module.py MODULE ARGUMENTS…
"""

import runpy
import sys


def main() -> None:
    """Run it."""
    del sys.argv[0]
    del sys.path[0]  # this script's own folder
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
