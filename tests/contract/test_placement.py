"""What imports cannot say: who starts processes, who writes files, and how large a piece of code may grow."""

import ast
import re

import pytest

from tests.support.sources import CHECKOUT, called_name, functions, nodes, sources

PROCESS_CALLS = {
    "fork", "forkpty", "execv", "execve", "execvp", "execvpe", "posix_spawn", "posix_spawnp", "popen", "Popen", "open_process", "run_process",
    "create_subprocess_exec", "create_subprocess_shell",
}  # fmt: skip
# Methods of paths and files, and functions of `tempfile`.
WRITING_METHODS = {
    "write_text", "write_bytes", "mkdir", "touch", "symlink_to", "hardlink_to", "unlink", "rmdir", "truncate", "mkstemp", "mkdtemp",
    "NamedTemporaryFile", "TemporaryDirectory",
}  # fmt: skip
# Words of other things too: they count as functions of `os` and `shutil` only.
WRITING_FUNCTIONS = {
    "link", "symlink", "remove", "rename", "replace", "makedirs", "removedirs", "renames", "ftruncate", "rmtree", "copyfile", "copy", "copy2",
    "copytree", "move",
}  # fmt: skip
# Who touches the disk, and what for. The factory's own state (its store and the readable files of `.factory`) is written by `state` alone.
WRITERS = {
    "state/": "the store and the readable files",
    "tools/engine/repository/": "git's own files, worktrees and measured trees",
    "tools/engine/evaluation/": "rooms outside the project, in which trees are measured",
    "tools/engine/languages/": "environments, plans and settings beside a measured tree",
    "tools/engine/creating/": "a project that is being made, beside its place",
    "tools/engine/process/": "what a command printed",
    "tools/engine/jobs/running.py": "the lock file of a job that ended",
    "mcp_server/demo": "the scratch project of the demo",
    "mcp_server/selftest": "the clone of a fire drill",
}
# Broad on purpose: the boundary turns a crash into an incident, a job must record its end, and what was half done is taken back, then raised again.
BROAD_HANDLERS = {
    "mcp_server/calling.py", "tools/engine/jobs/running.py", "tools/engine/process/conversation.py", "state/files.py", "state/store.py",
}  # fmt: skip
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
FUNCTION_LINES = 50
FILE_LINES = 350
PARAMETERS = 5
# Constructors of envelopes: every parameter is a field of what they make.
MANY_PARAMETERS = {
    "tools/answering.py:answer", "tools/cycle.py:start_cycle", "tools/history.py:experiment_history", "tools/backlog.py:update_backlog_item",
    "state/errors.py:__init__",
}  # fmt: skip


def opens_for_writing(call: ast.Call) -> bool:
    """Whether this is `open` or `fdopen` with a mode that writes, or with one that is computed; `os.open` is asked for its flags."""
    if called_name(call) not in ("open", "fdopen"):
        return False
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "os" and call.func.attr == "open":
        return bool(re.search(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)", ast.unparse(call)))
    position = 0 if isinstance(call.func, ast.Attribute) and call.func.attr == "open" else 1
    mode = next((keyword.value for keyword in call.keywords if keyword.arg == "mode"), None)
    if mode is None and len(call.args) > position:
        mode = call.args[position]
    return mode is not None and not (isinstance(mode, ast.Constant) and not set("wax+") & set(str(mode.value)))


def writes(call: ast.Call) -> bool:
    """Whether this call changes what is on disk."""
    if called_name(call) in WRITING_FUNCTIONS:
        return ast.unparse(call.func).rpartition(".")[0] in ("os", "shutil")
    return called_name(call) in WRITING_METHODS or opens_for_writing(call)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("open(p)", False), ("p.open()", False), ("p.open('rb')", False), ("open(p, 'w')", True), ("p.open('a+')", True), ("open(p, mode='x')", True),
        ("p.open(mode)", True), ("os.open(p, os.O_RDONLY)", False), ("os.open(p, os.O_WRONLY | os.O_CREAT)", True), ("p.write_text(t)", True),
        ("text.replace(a, b)", False), ("os.replace(a, b)", True), ("remove(a)", False),
    ],
)  # fmt: skip
def test_writing_is_recognised(code: str, expected: bool) -> None:
    (call,) = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))
    assert writes(call) is expected


def test_only_named_places_write_files() -> None:
    found = {f"{path}:{call.lineno}" for path, call in nodes(ast.Call) if writes(call) and not path.startswith(tuple(WRITERS))}
    assert found == set()


def test_every_named_writer_still_writes() -> None:
    paths = {path for path, call in nodes(ast.Call) if writes(call)}
    assert [place for place in WRITERS if not any(path.startswith(place) for path in paths)] == []


def test_only_the_process_package_starts_processes() -> None:
    found = {f"{path}:{call.lineno}" for path, call in nodes(ast.Call) if called_name(call) in PROCESS_CALLS}
    assert found, "the calls are found"
    assert {place for place in found if not place.startswith("tools/engine/process/")} == set()


def test_imports_are_absolute() -> None:
    assert [f"{path}:{node.lineno}" for path, node in nodes(ast.ImportFrom) if node.level] == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in sources() if VAGUE_NAMES & set(path.removesuffix(".py").split("/"))] == []


def test_every_module_says_what_it_owns() -> None:
    assert [path for path, tree in sources().items() if tree.body and not ast.get_docstring(tree)] == []


def test_broad_handlers_stand_only_where_a_boundary_is() -> None:
    broad = {path for path, node in nodes(ast.ExceptHandler) if node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")}
    assert broad <= BROAD_HANDLERS


def test_a_checker_is_silenced_only_with_a_reason() -> None:
    reasoned = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\]) +(?:-|#) +\S")
    lines = [(path, line) for path in sources() for line in (CHECKOUT / path).read_text(encoding="utf-8").splitlines()]
    silenced = [(path, line) for path, line in lines if re.search(r"# (?:noqa|type: ignore)", line)]
    assert silenced, "the lines are found"
    assert [f"{path}: {line.strip()}" for path, line in silenced if not reasoned.search(line)] == []


def test_files_and_functions_fit_on_a_screen() -> None:
    long_files = [path for path in sources() if len((CHECKOUT / path).read_text(encoding="utf-8").splitlines()) > FILE_LINES]
    long_functions = [f"{path}:{node.name}" for path, node in functions() if (node.end_lineno or 0) - node.lineno >= FUNCTION_LINES]
    assert (long_files, long_functions) == ([], [])


def test_functions_take_few_parameters() -> None:
    crowded = {f"{path}:{node.name}" for path, node in functions() if len(parameters(node)) > PARAMETERS}
    assert crowded - MANY_PARAMETERS == set()


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names of what a function takes, without `self` and `cls`."""
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return [each.arg for each in every if each.arg not in ("self", "cls")]
