"""What answers show of factory.md: its problems, what its patterns match, how the checkout's differs, who approved it."""

import os
import stat
from collections.abc import Collection, Sequence
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from shutil import which
from typing import Any, Final

import prompts
from state.answers import quoted, short, untrusted
from state.baselines import newest_under
from state.configuration import Configuration
from state.measurement import Profile
from state.role_overrides import role_overrides
from tools.arguments import Detail
from tools.engine.contract import Contract, CountedPattern, Standing, patterns_at
from tools.engine.evaluation.commanded import EVAL_COMMAND
from tools.engine.experiment.comparing import contract_key
from tools.engine.experiment.outgrown import measurable_by_now
from tools.engine.process.environment import SYSTEM_PATH
from tools.engine.repository.location import head
from tools.engine.repository.objects import read_blob
from tools.engine.scope.files import TreeFiles, files_of
from tools.engine.scope.listed import listed_patterns
from tools.engine.scope.programs import begun_commands
from tools.engine.scope.protecting import FILE, read_as_far
from tools.engine.session import Session

PATTERNS_SHOWN: Final[dict[Detail, int]] = {"brief": 10, "full": 30}
PROBLEMS_SHOWN: Final = 20
DIFFERENCES_SHOWN: Final = 3
IDLE_SHOWN: Final = 3
BROKEN_SHOWN: Final = 10
LARGEST_FILE: Final = 256 * 1024  # bytes of the checkout's file that are compared
LINE_SHOWN: Final = 200  # characters


def config_shown(session: Session, where: Standing, detail: Detail) -> dict[str, Any] | None:
    """factory.md as project_status shows it; None where there is none. Reads the committed file, the tree and the checkout's file; runs nothing."""
    found = where.configuration
    if found is None and not where.problems:
        return _lying_there(session, where)
    limit = PATTERNS_SHOWN[detail]
    patterns = _telling_first(patterns_at(session.repository, where.tip)) if found else []
    overrides = role_overrides(session.views, prompts.names("roles"))
    return {
        "problems": [str(problem) for problem in where.problems[:PROBLEMS_SHOWN]],
        "more_problems": max(0, len(where.problems) - PROBLEMS_SHOWN) or None,
        "approved": _approved(where),
        "patterns": [_row(each) for each in patterns[:limit]],
        "more_patterns": max(0, len(patterns) - limit) or None,
        "broken_constraints": _broken_constraints(session, where),
        "differs": difference(session, where),
        "own_words": [quoted(f"{each.path}: {each.problem}" if each.problem else each.path) for each in overrides],
    }


def _lying_there(session: Session, where: Standing) -> dict[str, Any] | None:
    """What is wrong with a factory.md that lies in the checkout while none is committed; None where there is none, or nothing wrong."""
    lying = lying_file(session.repository.root / FILE) if where.lies_there else None
    return {"problems": _problems_of(session, where, lying)} if lying else None


def _problems_of(session: Session, where: Standing, text: bytes) -> list[str]:
    """What is wrong with a text of factory.md at the target's tip, by line; the first of it, and how much there is beyond."""
    _, problems = read_as_far(text, lambda: files_of(session.repository, where.tip))
    more = [f"and {len(problems) - PROBLEMS_SHOWN} more"] if len(problems) > PROBLEMS_SHOWN else []
    return [*map(str, problems[:PROBLEMS_SHOWN]), *more]


def idle_patterns(configuration: Configuration, files: TreeFiles) -> str:
    """A warning of patterns that match no file yet, though none of them protects; nothing where all match."""
    listed = [each for each in listed_patterns(configuration.model_dump()) if each.of.tracked and not each.protects]
    idle = [f"{quoted(each.pattern)} ({each.of.section})" for each in listed if not files.count(each.pattern)]
    if not idle:
        return ""
    more = f" and {len(idle) - IDLE_SHOWN} more" if len(idle) > IDLE_SHOWN else ""
    return f"no file matches yet: {', '.join(idle[:IDLE_SHOWN])}{more}"


UNFIXED: Final = (
    "## Research Target stands without ## Fixed Surfaces: name the benchmark and its data there (answers as `withheld:`), "
    "else an experiment may change what it is measured by"
)


def absent(configuration: Configuration, files: TreeFiles, variables: Collection[str]) -> list[str]:
    """Warnings of what factory.md names and is not there: cases without a committed file, unset variables; and of what research lacks."""
    paths = [each.cases.rstrip("/") for each in configuration.project_evaluations if each.cases]
    cases = [path for path in paths if not any(file == path or file.startswith(f"{path}/") for file in files.paths)]
    unset = [name for name in (configuration.setup.env if configuration.setup else ()) if name not in variables]
    return [
        *(f"no committed file is at {quoted(path)}, where cases are to be" for path in cases),
        *(f"{quoted(name)} is handed on by ## Setup, and is set neither here nor in a profile" for name in unset),
        *([UNFIXED] if configuration.research_target is not None and not configuration.fixed_surfaces else []),
    ]


def unfound_programs(session: Session, configuration: Configuration, profile: Profile) -> list[str]:
    """A warning of programs that commands of factory.md begin with and that stand in no folder where they are looked for when it is measured."""
    top = session.repository.root
    toolchains = [folder for root in profile.roots for folder in ((top / root.interpreter).parent, top / root.path / "node_modules" / ".bin")]
    searched = os.pathsep.join([*map(str, toolchains), str(top / "node_modules" / ".bin"), *SYSTEM_PATH])
    runs_as_told = any(each.name == EVAL_COMMAND for each in profile.dimensions)  # else its runner is started as a part of the toolchain
    begun = [each for each in begun_commands(configuration.model_dump()) if runs_as_told or each.place != (EVAL_COMMAND,)]
    names = [each.beginning.program for each in begun if "/" not in each.beginning.program]
    unfound = [name for name in dict.fromkeys(names) if which(name, path=searched) is None]
    if not unfound:
        return []
    more = f" and {len(unfound) - IDLE_SHOWN} more" if len(unfound) > IDLE_SHOWN else ""
    said = [f"{quoted(name)} (yours at {quoted(there)} is not seen)" if (there := which(name)) else quoted(name) for name in unfound[:IDLE_SHOWN]]
    where = f"{', '.join(SYSTEM_PATH)} and the project's own toolchain"
    return [f"commands of factory.md begin with programs that were not found: {', '.join(said)}{more}; they are looked for in {where}"]


def outgrown(session: Session, where: Standing) -> list[str]:
    """A warning where what an approved evaluation leaves out could be measured by now, with the calls that take it in."""
    if not where.is_ready:
        return []
    found = measurable_by_now(session, where)
    if not found:
        return []
    calls = 'discover_project {}, then request_approval {"what": "evaluation"}'
    return [f"can be measured by now, and the approved evaluation leaves it out: {', '.join(found)}. To take it in: {calls}"]


def difference(session: Session, where: Standing) -> dict[str, Any] | None:
    """How the checkout's factory.md differs from the committed one, which alone counts; None where it says the same.

    None too where the person stands on another branch than the target: its factory.md is another one, and may be so on purpose.
    """
    lying = lying_file(session.repository.root / FILE)
    if lying is not None and sha256(lying).hexdigest() == where.committed.digest:  # the usual case, and git need not be asked
        return None
    committed = read_blob(session.repository, where.tip, FILE)
    if committed is None or head(session.repository).branch != where.target:
        return None
    counts = f"the one committed on {where.target} counts; commit this one there to have it count"
    if lying is None:
        return {"says": f"{FILE} is no file that can be read in the checkout: {counts}"}
    before, now = (content.decode("utf-8", "replace").splitlines() for content in (committed, lying))
    if before == now:
        return None
    return {
        "says": f"{FILE} in the checkout differs: {counts}",
        "problems": _problems_of(session, where, lying),
        "first": untrusted(f"{FILE}, committed (-) and in the checkout (+)", _lines(before, now)),
    }


def _broken_constraints(session: Session, where: Standing) -> list[str]:
    """The hard constraints that do not hold, as the target was measured last under its contract."""
    if where.configuration is None or where.approval is None or where.approval.profile is None:
        return []
    with session.store.reading() as connection:
        found = newest_under(connection, contract_key(Contract(where.configuration, where.approval.profile)))
    return [quoted(f"{line}; nothing is kept until a change mends it") for line in found.broken_constraints[:BROKEN_SHOWN]] if found else []


def _approved(where: Standing) -> dict[str, Any] | None:
    if where.configuration is None:
        return None
    bound = short(where.configuration.contract_hash())
    if where.approval is None:
        return {"contract": bound, "by": "nobody"}
    return {"contract": bound, "by": where.approval.channel, "at": where.approval.at[:16]}


def _telling_first(counted: Sequence[CountedPattern]) -> list[CountedPattern]:
    """Patterns that protect, those that match nothing before the others, then the rest in the same way."""
    return sorted(counted, key=lambda each: (not each.listed.protects, each.files > 0 or not each.listed.of.tracked))


def _row(each: CountedPattern) -> dict[str, Any]:
    row: dict[str, Any] = {"pattern": quoted(each.listed.pattern), "of": each.listed.of.section, "files": each.files}
    return row if each.listed.of.tracked else {**row, "files": f"{each.files} committed; ignored ones are meant"}


def lying_file(path: Path) -> bytes | None:
    """The beginning of a factory.md that lies in a folder; None where none can be read, or something else is in its place. Waits for nothing."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        return file.read(LARGEST_FILE) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None


def _lines(before: Sequence[str], now: Sequence[str]) -> str:
    """The first lines that differ, with their numbers."""
    pairs = enumerate(zip_longest(before, now), 1)
    different = [(number, old, new) for number, (old, new) in pairs if old != new][:DIFFERENCES_SHOWN]
    return "\n".join(
        f"{number} {sign} {line[:LINE_SHOWN]}" for number, old, new in different for sign, line in (("-", old), ("+", new)) if line is not None
    )
