"""Checks of the files that changed: scope, what is protected, and fixed surfaces."""

from typing import Final

from state.answers import quoted
from state.patterns import Patterns
from tools.engine.gate.evidence import cut, passes_unless
from tools.engine.gate.facts import Check, Facts
from tools.engine.scope.surfaces import surfaces_of

PROTECTED: Final = ("/factory.md", "/.factory", "/eval/", ".gitmodules")
BEYOND: Final = "not among the files of the hypothesis: "
SYMLINK, SUBMODULE = "120000", "160000"


def scope(facts: Facts) -> Check:
    """Every changed path lies in the modifiable scope of the base's factory.md; in research within the surfaces that are open at the cycle's level.

    Facts: the paths that differ from the base, and the level of the cycle.
    Results: pass, fail.
    """
    surfaces = surfaces_of(facts.configuration, facts.level)
    outside = [f"{quoted(each.path)} {why}" for each in facts.changes if (why := surfaces.closed_by(each.path))]
    return passes_unless("scope", outside) if outside else Check("scope", "pass", cut(_beyond_the_idea(facts)))


def _beyond_the_idea(facts: Facts) -> list[str]:
    """The changed files that the hypothesis does not name, where it names any."""
    named = Patterns(facts.hypothesis.files)
    beyond = [quoted(each.path) for each in facts.changes if not named.matches(each.path)] if facts.hypothesis.files else []
    return [f"{BEYOND}{path}" for path in beyond]


def protected(facts: Facts) -> Check:
    """No protected or read-only path changed, and no symbolic link or submodule came in.

    Facts: the paths that differ from the base, and their modes.
    Results: pass, fail.
    """
    ours, theirs = Patterns(PROTECTED), Patterns(facts.configuration.read_only)  # apart: a `!` in theirs must not open ours
    closed = [change.path for change in facts.changes if ours.matches(change.path) or theirs.matches(change.path)]
    lines = [f"{quoted(path)} is protected" for path in closed]
    held_out = Patterns(facts.configuration.holdout.paths if facts.configuration.holdout else ())
    lines += [f"{quoted(change.path)} is held out" for change in facts.changes if held_out.matches(change.path)]
    lines += [f"{quoted(change.path)} became a symbolic link or a submodule" for change in facts.changes if change.new_mode in (SYMLINK, SUBMODULE)]
    return passes_unless("protected", lines)


def fixed_surfaces(facts: Facts) -> Check:
    """No file of the fixed surfaces changed, came or went.

    Facts: the paths that differ from the base.
    Results: pass, fail.
    """
    fixed = Patterns(facts.configuration.fixed_surfaces)
    return passes_unless(
        "fixed_surfaces",
        [f"{quoted(change.path)} is fixed ({quoted(pattern)})" for change in facts.changes if (pattern := fixed.explain(change.path))],
    )
