"""Whether a test file only gained: every statement of the base stands in it unchanged, and nothing that was added can change what they do."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tools.engine.languages.python.syntax import parsed

# Names to which pytest or unittest give a meaning beyond the test that bears them.
SPECIAL_NAMES: Final = frozenset(
    {
        "pytestmark", "pytest_plugins", "__test__", "__getattr__", "collect_ignore", "collect_ignore_glob", "load_tests",
        "setup_module", "teardown_module", "setUpModule", "tearDownModule", "setup_function", "teardown_function",
        "setup_class", "teardown_class", "setUpClass", "tearDownClass", "setup_method", "teardown_method", "setUp", "tearDown", "setup", "teardown",
        "asyncSetUp", "asyncTearDown", "__init__", "__new__", "__init_subclass__", "__getattribute__",
    }
)  # fmt: skip
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def loss_in(base: bytes, candidate: bytes, *, conftest: bool) -> str | None:
    """What of the base's file does not stand unchanged in the candidate's, or which addition is more than a plain gain; None where it only gained.

    In a conftest an addition may not call anything at import either.
    """
    before, after = parsed(base), parsed(candidate)
    if before is None or after is None:
        return "it does not parse"
    return _loss(before.body, after.body, strict=conftest)


def suspicion_in(content: bytes, *, conftest: bool) -> str | None:
    """What in a file that the candidate added is more than plain tests, fixtures and helpers; None where there is nothing."""
    module = parsed(content)
    return "it does not parse" if module is None else _suspicious(module.body, frozenset(), strict=conftest)


def plugins_in(content: bytes) -> str | None:
    """Why an added test module is more than tests: it loads plugins or defines hooks, or it does not parse; None where it does neither."""
    module = parsed(content)
    if module is None:
        return "it does not parse"
    names = {name for node in module.body for name in _bound(node)}
    loud = sorted(name for name in names if name.startswith("pytest_"))
    return f"{loud[0]} was added, which acts on other tests" if loud else None


def named_tests(content: bytes) -> list[str]:
    """The names of the test functions and methods of a file, as pytest's conventions would collect them; none where it does not parse."""
    return [name for name, _ in _tests(content)]


def bodies_of_tests(content: bytes) -> dict[str, str]:
    """The same, each with its syntax tree written out; one that is nested too deeply for that is left out."""
    found: dict[str, str] = {}
    for name, node in _tests(content):
        try:
            found[name] = ast.dump(node)
        except RecursionError:
            continue
    return found


def _tests(content: bytes) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    module = parsed(content)
    for node in module.body if module else ():
        if isinstance(node, ast.ClassDef) and (node.name.startswith("Test") or any("TestCase" in ast.dump(parent) for parent in node.bases)):
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
            yield from ((f"{node.name}::{method.name}", method) for method in methods if method.name.startswith("test"))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node.name, node


def _loss(before: Sequence[ast.stmt], after: Sequence[ast.stmt], *, strict: bool) -> str | None:
    """Walk both bodies in step: the base's units must come in their order; what lies between them was added."""
    base, candidate = list(_units(before)), list(_units(after))
    added: list[ast.stmt] = []
    position = 0
    imports = Counter(ast.dump(unit) for unit in candidate if _is_import(unit))
    for unit in base:
        if _is_import(unit):
            if not imports[ast.dump(unit)]:
                return f"gone or changed: {_shown(unit)}"
            continue
        start = position
        while position < len(candidate) and not _stands(unit, candidate[position]):
            position += 1
        if position == len(candidate):
            return f"gone or changed: {_shown(unit)}"
        added += candidate[start:position]
        if isinstance(unit, ast.ClassDef) and (inside := _class_loss(unit, candidate[position], strict=strict)):
            return inside
        position += 1
    added += candidate[position:]
    had = {ast.dump(unit) for unit in base if _is_import(unit)}
    fresh = [unit for unit in added if not (_is_import(unit) and ast.dump(unit) in had)]
    return _suspicious(fresh, frozenset(name for unit in base for name in _bound(unit)), strict=strict)


def _units(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, each import split into one statement per name, so that `from x import a, b` contains `from x import a`."""
    for node in body:
        if isinstance(node, ast.Import):
            yield from (ast.Import(names=[name]) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (ast.ImportFrom(module=node.module, names=[name], level=node.level) for name in node.names)
        else:
            yield node


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _stands(base: ast.stmt, candidate: ast.stmt) -> bool:
    """Whether it is the same statement; of a class its head, because its body may gain too."""
    if isinstance(base, ast.ClassDef) and isinstance(candidate, ast.ClassDef):
        return _head(base) == _head(candidate)
    return ast.dump(base) == ast.dump(candidate)


def _head(node: ast.ClassDef) -> str:
    return ast.dump(ast.ClassDef(name=node.name, bases=node.bases, keywords=node.keywords, decorator_list=node.decorator_list, body=[]))


def _class_loss(base: ast.stmt, candidate: ast.stmt, *, strict: bool) -> str | None:
    if not (isinstance(base, ast.ClassDef) and isinstance(candidate, ast.ClassDef)):
        return None
    loss = _loss(base.body, candidate.body, strict=strict)
    return f"in class {base.name}: {loss}" if loss else None


def _suspicious(added: Iterable[ast.stmt], taken: frozenset[str], *, strict: bool) -> str | None:
    """The first added statement that could change what others do, with the reason."""
    for node in added:
        names = list(_bound(node))
        if clash := taken & set(names):
            return f"{_shown(node)} binds {sorted(clash)[0]} anew"
        if special := [name for name in names if name in SPECIAL_NAMES or name.startswith("pytest_")]:
            return f"{special[0]} was added, which acts on other tests"
        if not _is_plain(node) or (strict and _calls(node)):
            return f"code that runs at import was added: {_shown(node)}"
        if isinstance(node, Definition) and (reason := _suspicious_definition(node, strict=strict)):
            return reason
    return None


def _is_plain(node: ast.stmt) -> bool:
    """Definitions, imports, constants, docstrings, and blocks that do not run under the test runner."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Import() | ast.Pass():
            return True
        case ast.ImportFrom(names=names):
            return all(name.name != "*" for name in names)
        case ast.Assign(targets=targets):
            return all(isinstance(target, ast.Name) for target in targets)
        case ast.AnnAssign(target=target):
            return isinstance(target, ast.Name)
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"), orelse=[]):
            return True
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]), orelse=[]):
            return True
        case _:
            return False


def _calls(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign) and any(isinstance(each, ast.Call) for each in ast.walk(node))


def _suspicious_definition(node: Definition, *, strict: bool) -> str | None:
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and any(keyword.arg in {"autouse", None} for keyword in decorator.keywords):
            return f"{node.name} was added as a fixture that every test uses (autouse)"
    if isinstance(node, ast.ClassDef):
        # A class of its own may set up what it likes, but its body runs at import.
        inside = [each for each in node.body if not isinstance(each, Definition)]
        return _suspicious(inside, frozenset(), strict=strict)
    return None


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds where it stands."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names):
            # `import os.path` beside `import os` binds the same thing once more: only the whole dotted name counts.
            yield from (name.asname or name.name for name in names)
        case ast.ImportFrom(names=names):
            yield from (name.asname or name.name for name in names)
        case _:
            yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


def _shown(node: ast.stmt) -> str:
    if isinstance(node, Definition):
        return f"{'class' if isinstance(node, ast.ClassDef) else 'def'} {node.name}"
    return ast.unparse(node).splitlines()[0][:100]
