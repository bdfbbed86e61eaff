"""What the growth dimensions need of a Python root: its functions and its asserting tests as they stand in a tree, and what these tests executed."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from state.measurement import Root
from tools.engine.languages.bench import Taken
from tools.engine.languages.functions import Function, SourceFunctions, executed_by_lines, moved
from tools.engine.languages.growth import growth_material, observability_reading
from tools.engine.languages.python.asserting import asserting_tests
from tools.engine.languages.python.counting import count
from tools.engine.languages.python.names import PYPROJECT, is_source
from tools.engine.languages.python.toolchain import Toolchain


def source_functions(folder: Path, root: Root) -> SourceFunctions:
    """The functions of the root's source, whose files stand in `folder`; paths are the project's."""
    files = dict(_files(folder, root, lambda path: is_source(path, root.source_paths)))
    if (folder / PYPROJECT).is_file():
        files[PYPROJECT] = (folder / PYPROJECT).read_bytes()
    return moved(count(files), root.outer)


def functions_of(toolchain: Toolchain, tree: str, folder: Path) -> SourceFunctions:
    """The functions of a tree that stands in `folder`, read once for all who ask."""
    if tree not in toolchain.counted:
        toolchain.counted[tree] = source_functions(folder, toolchain.root)
    return toolchain.counted[tree]


def asserting_in(folder: Path, root: Root) -> list[str]:
    """The tests below `folder` that assert something, as path::Class::name; all files outside the source may help."""
    files = _files(folder, root, lambda path: not is_source(path, root.source_paths))
    return sorted(asserting_tests(dict(files)))


def count_root(read: Callable[[], SourceFunctions]) -> Taken:
    """The dimension that the source alone yields, and the places behind it. `read` gives the functions of the root."""
    begun = time.monotonic()
    source = read()
    reading = observability_reading(source).model_copy(update={"seconds": time.monotonic() - begun})
    return Taken((reading,), material={"silent": growth_material(source, ())["silent"]})


def executed_functions(source: SourceFunctions, out: Path, folder: Path, root: Root) -> frozenset[Function] | None:
    """The functions that the asserting tests executed, from what the run wrote to `out`; None where it wrote nothing."""
    if not out.is_file():
        return None
    lines: dict[str, set[int]] = {}
    for name, seen in json.loads(out.read_text(encoding="utf-8")).items():
        for top in (folder, folder.resolve()):
            if Path(name).is_relative_to(top):
                lines[root.outer(Path(name).relative_to(top).as_posix())] = set(seen)
    return executed_by_lines(source.functions, lines)


def _files(folder: Path, root: Root, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
    """The Python files of the root with their content; links lead elsewhere, and folders that are roots of their own are counted there."""
    for file in sorted(folder.rglob("*.py")):
        path = file.relative_to(folder).as_posix()
        apart = any(path.startswith(f"{other}/") for other in root.apart)
        if wanted(path) and not apart and file.is_file() and not file.is_symlink():
            yield path, file.read_bytes()
