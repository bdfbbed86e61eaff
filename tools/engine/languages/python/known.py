"""What the names in a Python test stand for: values that it wrote down itself, or what came from elsewhere."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tools.engine.languages.python.syntax import Definition, shape

# Built-in names that give the same for the same; what is not among them looks at the world, or runs something.
_PLAIN: Final = frozenset(dir(builtins)) - {
    "__import__", "breakpoint", "compile", "delattr", "eval", "exec", "globals", "input", "locals", "open", "setattr", "vars",
}  # fmt: skip
_MUTABLE: Final = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Call, ast.Lambda)


@dataclass(frozen=True)
class Known:
    """What is known of the names in one function of a test file.

    `constants` stand for what was written down in the test or its file; `functions` are the shapes of what was imported and is called here.
    """

    constants: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()

    def within(self, comprehension: ast.AST) -> "Known":
        """The same inside a comprehension, whose own names stand for what it goes through."""
        going = [each for each in ast.walk(comprehension) if isinstance(each, ast.comprehension)]
        own = {name for each in going for name in _stored(each.target)}
        constant = all(not depends(each.iter, self) for each in going)
        return replace(self, constants=self.constants | own if constant else self.constants - own)


@dataclass(frozen=True)
class KnownInFile:
    """What is known of the names of a test file: its constants, and what it imports."""

    constants: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()


def known_in_file(module: ast.Module) -> KnownInFile:
    """Look through a test file."""
    nodes = list(ast.walk(module))
    imports = (node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    imported = frozenset(alias.asname or alias.name.split(".")[0] for node in imports for alias in node.names)
    bound = Counter(_bound(nodes))
    plain = Known(_PLAIN - bound.keys())
    constants = _constants(module.body, bound, plain)
    return KnownInFile(plain.constants | {name for name, value in constants.items() if _is_immutable(value)}, imported)


def known_in(function: Definition, file: KnownInFile) -> Known:
    """Look through a function of a test file, those inside it included."""
    nodes = list(ast.walk(function))
    bound = Counter(_bound(nodes[1:]))
    known = Known(file.constants - bound.keys())
    found = _constants(function.body, bound, known)
    mutable = {name for name, value in found.items() if not _is_immutable(value)}
    changed = _handed_on(nodes) & mutable if mutable else set()
    found = {name: value for name, value in found.items() if name not in changed}
    known = replace(known, constants=known.constants | found.keys())
    loops = (node for node in nodes if isinstance(node, ast.For | ast.AsyncFor) and not depends(node.iter, known))
    looped = frozenset(name for loop in loops for name in _stored(loop.target) if bound[name] == 1)
    return Known(known.constants | looped, frozenset(_called(nodes, file.imported - bound.keys())))


def depends(node: ast.AST, known: Known) -> bool:
    """Whether a value depends on anything but what the test wrote down itself."""
    own: set[str] = set()
    used: set[str] = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            used.add(each.id)
        elif isinstance(each, ast.comprehension):
            own.update(_stored(each.target))
        elif isinstance(each, ast.arg):
            own.add(each.arg)
        elif isinstance(each, ast.Await | ast.Yield | ast.YieldFrom):
            return True
    return not used <= known.constants | own


def _constants(body: list[ast.stmt], bound: Counter[str], known: Known) -> dict[str, ast.expr]:
    """The names that the statements themselves, not the blocks in them, bind once and for all to what depends on nothing."""
    found: dict[str, ast.expr] = {}
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                if bound[name] == 1 and not depends(value, Known(known.constants | found.keys())):
                    found[name] = value
            case _:
                pass
    return found


def _bound(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every name that is bound by a node, once for each time; those that another scope may set, twice."""
    for each in nodes:
        match each:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.ExceptHandler(name=str(name)):
                yield name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from (*names, *names)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name.split(".")[0] for alias in aliases)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case _:
                pass


def _stored(target: ast.AST) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


def _is_immutable(value: ast.expr) -> bool:
    return not any(isinstance(each, _MUTABLE) for each in ast.walk(value))


def _handed_on(nodes: Sequence[ast.AST]) -> set[str]:
    """The names that are used anywhere but in plain comparisons that are asserted: there what they stand for may be changed."""
    plain: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Assert) and not any(isinstance(each, ast.Call) for each in ast.walk(node.test)):
            plain |= {id(each) for each in ast.walk(node.test)}
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in plain}


def _called(nodes: Sequence[ast.AST], imported: frozenset[str]) -> Iterator[str]:
    """The shapes of the functions that are imported, or lie in what is, and are called here."""
    for node in nodes:
        if isinstance(node, ast.Call):
            first: ast.expr = node.func
            while isinstance(first, ast.Attribute):
                first = first.value
            if isinstance(first, ast.Name) and first.id in imported:
                yield shape(node.func)
