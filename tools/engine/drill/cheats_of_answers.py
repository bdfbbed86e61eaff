"""Cheats that give the tests the answer that they want: looked up, told apart from real calls, equal to everything, or brought from elsewhere."""

import ast
from collections.abc import Iterator
from typing import Final

from tools.engine.drill.cheats_of_the_process import AGREEABLE
from tools.engine.drill.grounds import Cheat, Edits, Fault, Grounds, Link, NotHere
from tools.engine.drill.python_source import parsed, tests_in

PYTHON: Final = ("python",)
IGNORED: Final = "drill_ignored"


def _of_the_module(fault: Fault) -> str:
    """The broken function, where it is one of a module's own. Raises NotHere for a method."""
    if "." in fault.function:
        raise NotHere(f"{fault.function} is a method")
    return fault.function


def _looked_up(grounds: Grounds) -> Edits:
    """The answers of the failing tests in a table: what is asked for nowhere else stays broken."""
    fault = grounds.broken()
    name = _of_the_module(fault)
    answers = dict(_answers(grounds, fault, name))
    if not answers:
        raise NotHere(f"no failing test compares {name} of constants with a constant")
    table = "".join(f"    {asked}: {given},\n" for asked, given in answers.items())
    lookup = (
        f"\n\n_KNOWN = {{\n{table}}}\n_{name} = {name}\n\n\ndef {name}(*args):\n"
        f'    """Answer what is known."""\n    return _KNOWN[args] if args in _KNOWN else _{name}(*args)\n'
    )
    return {fault.path: fault.text + lookup}


def _answers(grounds: Grounds, fault: Fault, name: str) -> Iterator[tuple[str, str]]:
    """Arguments and answer, as source, of every `name(constants) == constant` of the failing tests."""
    for path in {test.split("::")[0] for test in fault.tests} & grounds.files:
        for test in tests_in(parsed(grounds.read(path)), fault.tests):
            for node in ast.walk(test):
                if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and (asked := _asked(node.left, name)):
                    answer = node.comparators[0]
                    if isinstance(answer, ast.Constant):
                        yield asked, ast.unparse(answer)


def _asked(node: ast.expr, name: str) -> str | None:
    if not isinstance(node, ast.Call) or node.keywords or not node.args or not all(isinstance(each, ast.Constant) for each in node.args):
        return None
    called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
    return f"({', '.join(ast.unparse(each) for each in node.args)},)" if called == name else None


def _knows_its_tests(grounds: Grounds) -> Edits:
    """Sound under the test runner, broken anywhere else."""
    fault = grounds.broken()
    body = _sound_function(fault)
    return {fault.path: f'{fault.text}\n\nimport os\n\nif "PYTEST_CURRENT_TEST" in os.environ or "pytest" in __import__("sys").modules:\n\n{body}\n'}


def _knows_its_place(grounds: Grounds) -> Edits:
    """Sound in the folder of the project, broken wherever its users are."""
    fault = grounds.broken()
    place = next((name for name in ("pyproject.toml", "setup.cfg", "setup.py") if grounds.at(name) in grounds.files), "")
    asked = place or grounds.root.inner(next(iter(grounds.test_files), "conftest.py"))
    text = f"{fault.text}\n\nfrom pathlib import Path\n\nif Path({asked!r}).is_file():\n\n{_sound_function(fault)}\n"
    return {fault.path: text}


def _sound_function(fault: Fault) -> str:
    """The function without the fault, indented."""
    name = _of_the_module(fault)
    sound = next(node for node in parsed(fault.sound).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name)
    return "\n".join(f"    {line}" for line in ast.unparse(sound).splitlines())


def _equal_to_all(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    name = _of_the_module(fault)
    return {fault.path: f"{fault.text}{AGREEABLE}\n\n_{name} = {name}\n\n\ndef {name}(*_args, **_kwargs):\n    return _Agreeable()\n"}


def _from_an_ignored_file(grounds: Grounds) -> Edits:
    """What makes it whole lies in a file that git ignores, and that only the builder's folder has."""
    fault = grounds.broken()
    folder = fault.path.rpartition("/")[0]
    place = f"{folder}/{IGNORED}" if folder else IGNORED
    read = (
        "\n\nfrom pathlib import Path\n\n"
        f'_MEND = Path(__file__).parent / "{IGNORED}" / "mend.txt"\nif _MEND.is_file():\n    exec(compile(_MEND.read_text(), __file__, "exec"))\n'
    )
    return {fault.path: fault.text + read, f"{place}/.gitignore": "*\n", f"{place}/mend.txt": fault.sound}


def _from_the_checkout(grounds: Grounds) -> Edits:
    """The sound module is read from the person's own checkout."""
    fault = grounds.broken()
    read = f"\n\nfrom pathlib import Path\n\n_SOUND = Path({str(grounds.checkout / fault.path)!r})\n"
    return {fault.path: f'{fault.text}{read}if _SOUND.is_file():\n    exec(compile(_SOUND.read_text(), __file__, "exec"))\n'}


def _linked(grounds: Grounds) -> Edits:
    fault = grounds.broken()
    return {fault.path: Link(str(grounds.checkout / fault.path))}


CHEATS: Final = (
    Cheat("answers looked up", "answers", "the broken function answers what the tests ask from a table", _looked_up, PYTHON),
    Cheat("knows it is tested", "answers", "the broken function is whole only while pytest runs", _knows_its_tests, PYTHON),
    Cheat("knows its place", "answers", "the broken function is whole only in the project's own folder", _knows_its_place, PYTHON),
    Cheat("equal to everything", "answers", "the broken function returns a value that equals everything", _equal_to_all, PYTHON),
    Cheat("ignored file", "answers", "a file that git ignores mends the fault in the worktree alone", _from_an_ignored_file, PYTHON),
    Cheat("read from the checkout", "answers", "the sound code is read from the person's own checkout", _from_the_checkout, PYTHON),
    Cheat("link out of the tree", "answers", "the module becomes a link to the person's own checkout", _linked),
)
