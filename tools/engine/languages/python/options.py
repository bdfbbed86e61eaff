"""The options of pytest and its usual plugins, sorted by what dropping or keeping them would do to a measurement."""

from typing import Final

# Dropped together with their value: they report, stop early, or spread over processes.
DROPPED_WITH_VALUE: Final = frozenset(
    {
        "--tb", "--durations", "--durations-min", "--junitxml", "--junit-xml", "--junit-prefix", "--html", "--css", "--report-log",
        "--json-report-file", "--color", "--code-highlight", "--show-capture", "--verbosity", "-r", "--pastebin", "--log-file", "--cov-report",
        "--cov-config", "--cov-fail-under", "--cov-context", "--randomly-seed", "--random-order-bucket", "--random-order-seed", "--maxfail", "-n",
        "--numprocesses", "--dist", "--cache-show", "--lfnf", "--last-failed-no-failures", "--csv",
    }
)  # fmt: skip

# Dropped; they stand alone, or carry their value after `=`.
DROPPED: Final = frozenset(
    {
        "-v", "-vv", "-vvv", "--verbose", "-q", "-qq", "--quiet", "-x", "--exitfirst", "--showlocals", "-l", "--no-header", "--no-summary",
        "--cov", "--cov-branch", "--cov-append", "--no-cov", "--no-cov-on-fail", "--cov-reset", "--lf", "--last-failed", "--ff", "--failed-first",
        "--nf", "--new-first", "--sw", "--stepwise", "--sw-skip", "--stepwise-skip", "--sw-reset", "--stepwise-reset", "--cache-clear",
        "--force-sugar", "--self-contained-html", "--json-report", "--random-order", "--randomly-dont-reset-seed", "--randomly-dont-reorganize",
        "--full-trace", "--pdb", "--trace", "--fulltrace", "--setup-show", "--looponfail", "-f", "--co", "--collect-only", "--collectonly",
        "--fixtures", "--markers", "--version", "-h", "--help",
    }
)  # fmt: skip

# Kept with the value that follows them.
KEPT_WITH_VALUE: Final = frozenset(
    {"-k", "-m", "-p", "-o", "-W", "--ignore", "--ignore-glob", "--deselect", "--import-mode", "--rootdir", "-c", "--confcutdir", "--asyncio-mode"}
)
