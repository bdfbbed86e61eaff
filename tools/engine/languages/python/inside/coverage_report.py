"""Write what coverage saw as JSON, in a process that imports nothing of the project.

usage: coverage_report.py DATA CONFIG OUT; CONFIG may be empty. Standard library and coverage only, Python 3.9 or later.
"""

import glob
import sys


def main() -> int:
    """Write the report."""
    data, config, out = sys.argv[1:]
    del sys.path[0]  # this script's own folder
    import coverage  # noqa: PLC0415 - not to be looked for beside this script

    measured = coverage.Coverage(data_file=data, data_suffix=False, config_file=config or False, messages=False)
    measured.set_option("report:ignore_errors", True)  # noqa: FBT003 - a file that does not parse is counted by whoever reads this
    measured.load()
    if glob.glob(data + ".*"):  # noqa: PTH207 - children that measured themselves left files of their own
        measured.combine([data, *glob.glob(data + ".*")])  # noqa: PTH207 - likewise
    measured.json_report(outfile=out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
