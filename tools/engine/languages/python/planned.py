"""The dimensions that a Python root's toolchain decides, each with how it is measured or why it is not, and what would bring what is missing."""

from collections.abc import Iterator
from typing import Final

from state.measurement import PlannedDimension
from tools.engine.languages.growth import planned_growth
from tools.engine.languages.python.declared import REQUIREMENTS, absent, is_installable, said
from tools.engine.languages.python.managers import is_on_this_machine, setting_up
from tools.engine.languages.python.observed import Observed
from tools.engine.languages.python.own import own_distribution
from tools.engine.languages.survey import Missing

PATH_SETTINGS: Final = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg")
TESTS_MISSING: Final = "no test function was seen in any test_*.py or *_test.py"


def dimensions(observed: Observed) -> tuple[PlannedDimension, ...]:
    """Tests, coverage, lint and types, and what the source itself tells of growth."""
    coverage = _coverage(observed)
    growth = planned_growth(observed.sources, covered=coverage.applicable, failing=observed.failing)
    return (_tests(observed), coverage, _lint(observed), _types(observed), *growth)


def missing(observed: Observed) -> tuple[Missing, ...]:
    """What was not found, and the line that would bring it."""
    found = [Missing(name, observed.install(name)) for name in ("pytest", "coverage") if not observed.version(name)]
    if not observed.linter:
        found.append(Missing(observed.wanted_linter, observed.install(observed.wanted_linter)))
    if not observed.type_checker:
        found.append(Missing("a type checker", observed.install(observed.wanted_type_checker)))
    if not observed.test_count:
        found.append(Missing("tests", "a file tests/test_SOMETHING.py with a function test_SOMETHING"))
    return (*found, *_missing_around(observed))


def _missing_around(observed: Observed) -> Iterator[Missing]:
    """What the project's code needs to run at all: without it tests may fail to be imported."""
    project, has_environment = observed.project, observed.interpreter.environment is not None
    whole = ("-e", ".") if is_installable(project) else ("-r", REQUIREMENTS) if REQUIREMENTS in project.files else ()
    setting_up_line = setting_up(observed.manager, whole or ("pytest", "coverage"))
    if not has_environment:
        yield Missing("a virtual environment of the project's own", setting_up_line)
        if not is_on_this_machine(observed.manager):
            plain = setting_up("pip", whole or ("pytest", "coverage"))
            yield Missing(f"{observed.manager}, which manages the project", f"pipx install {observed.manager}; or without it: {plain}")
    if names := absent(project, observed.has):
        line = observed.install(*whole) if has_environment and observed.manager == "pip" and whole else setting_up_line
        yield Missing(f"what the project asks for: {said(names)}", line, hinders=True)
    if _is_out_of_reach(observed):
        line = observed.install_project if has_environment else setting_up_line
        yield Missing(f"the project itself, installed: its code is in {observed.sources[0]}, where tests do not look", line, hinders=True)


def _is_out_of_reach(observed: Observed) -> bool:
    """Whether tests could not import the sources: they lie in a folder of their own, which is neither installed nor on the path of tests."""
    project = observed.project
    if not observed.sources or any("/" not in source for source in observed.sources) or own_distribution(project.root, observed.distributions):
        return False
    on_the_path = (b"pythonpath" in (project.read(name) or b"") for name in PATH_SETTINGS if name in project.files)
    by_code = (b"sys.path" in (project.read(file) or b"") for file in project.files if file.rpartition("/")[2] == "conftest.py")
    hooks = (hook.read_bytes() for folder in observed.interpreter.site_packages for hook in folder.glob("*.pth"))
    return not any(on_the_path) and not any(by_code) and not any(str(project.root).encode() in hook for hook in hooks)


def _tests(observed: Observed) -> PlannedDimension:
    if not observed.test_count:
        return _not("tests", TESTS_MISSING)
    if observed.runner == "unittest":
        return _planned("tests", "unittest, test by test, as `load_tests` says")
    if not observed.runner:
        return _not("tests", _absent(observed, "pytest", "pytest", "coverage"))
    return _planned("tests", f"pytest {observed.version('pytest')}{_lent(observed, 'pytest')}, test by test")


def _coverage(observed: Observed) -> PlannedDimension:
    if not observed.runner:
        return _not("coverage", "there is no test run to measure it in")
    if not observed.version("coverage"):
        return _not("coverage", _absent(observed, "coverage", "coverage"))
    if not observed.sources:
        return _not("coverage", "no source package or module was seen")
    return _planned("coverage", f"coverage {observed.version('coverage')}{_lent(observed, 'coverage')}, lines, in the same run as the tests")


def _lint(observed: Observed) -> PlannedDimension:
    if not observed.linter:
        name = observed.wanted_linter
        return _not("lint", f"{name} is not installed for {observed.python}: {observed.install(name)}")
    return _planned("lint", f"{observed.linter} {observed.version(observed.linter)}, findings per 1,000 lines")


def _types(observed: Observed) -> PlannedDimension:
    if not observed.type_checker:
        return _not("type_check", f"neither mypy nor pyright is installed for {observed.python}: {observed.install(observed.wanted_type_checker)}")
    if not observed.sources:
        return _not("type_check", "no source package or module was seen")
    return _planned("type_check", f"{observed.type_checker} {observed.version(observed.type_checker)}, findings per 1,000 lines")


def _absent(observed: Observed, name: str, *wanted: str) -> str:
    """That a tool is neither installed nor lent, and why the factory's own does not serve."""
    refused = observed.loan.refused.get(name)
    return f"{name} is not installed for {observed.python}: {observed.install(*wanted)}" + (f" ({refused})" if refused else "")


def _lent(observed: Observed, name: str) -> str:
    return ", lent by the factory" if observed.lent(name) else ""


def _planned(name: str, how: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=True, how=how)


def _not(name: str, why: str) -> PlannedDimension:
    return PlannedDimension(name=name, tier="hygiene", applicable=False, why=why)
