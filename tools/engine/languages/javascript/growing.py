"""What the growth dimensions need of a JavaScript root: its functions, the tests that assert nothing, and the functions that the others executed."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from state.measurement import Root
from tools.engine.languages.bench import Taken
from tools.engine.languages.functions import Function, SourceFunctions, moved
from tools.engine.languages.growth import growth_material, observability_reading
from tools.engine.languages.javascript.asserting import FoundTest, found_tests
from tools.engine.languages.javascript.counting import count
from tools.engine.languages.javascript.coverage import Scope
from tools.engine.languages.javascript.package_json import PACKAGE
from tools.engine.languages.javascript.running_counts import executed_by_counts

_SKIP = b".skip"


def source_functions(folder: Path, root: Root) -> SourceFunctions:
    """The functions of the root's source, whose files stand in `folder`; paths are the project's."""
    paths = [*Scope(folder, root.source_paths, root.apart).files(), *([PACKAGE] if (folder / PACKAGE).is_file() else [])]
    return moved(count({path: (folder / path).read_bytes() for path in paths}), root.outer)


def count_root(folder: Path, root: Root) -> Taken:
    """The dimension that the source alone yields, and the places behind it."""
    begun = time.monotonic()
    source = source_functions(folder, root)
    reading = observability_reading(source).model_copy(update={"seconds": time.monotonic() - begun})
    return Taken((reading,), material={"silent": growth_material(source, ())["silent"]})


def saying_nothing(folder: Path, files: Iterable[str]) -> tuple[FoundTest, ...]:
    """The tests of these files that assert nothing, but for those that are skipped, focused or multiplied by a word of the runner."""
    content = {path: (folder / path).read_bytes() for path in files if (folder / path).is_file()}
    return tuple(test for test in found_tests(content) if not test.asserts and test.word_ends is not None)


def skip_tests(folder: Path, tests: Iterable[FoundTest]) -> None:
    """Have the tests skipped, in the words that every runner knows; the files are ours, in a tree that nobody measures any more."""
    by_path: dict[str, list[int]] = {}
    for test in tests:
        if test.word_ends is not None:
            by_path.setdefault(test.path, []).append(test.word_ends)
    for path, places in by_path.items():
        content = (folder / path).read_bytes()
        for place in sorted(places, reverse=True):
            content = content[:place] + _SKIP + content[place:]
        (folder / path).write_bytes(content)


def executed_functions(source: SourceFunctions, counted: Mapping[str, Mapping[str, Any]], root: Root) -> frozenset[Function]:
    """The functions that ran, from what coverage counted, by path within the root. Raises KeyError and TypeError for another form."""
    return executed_by_counts(source.functions, {root.outer(path): found for path, found in counted.items()})
