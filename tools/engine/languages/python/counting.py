"""The functions of a Python project's source, from its syntax trees: which are public, which are started from outside, what they do."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tools.engine.languages.functions import Function, SourceFunctions, Span
from tools.engine.languages.python.bodies import body_digest, is_trivial
from tools.engine.languages.python.exports import exported_names
from tools.engine.languages.python.failure_paths import handlers_of
from tools.engine.languages.python.names import is_conftest, is_test_module
from tools.engine.languages.python.starting_points import entry_points
from tools.engine.languages.python.syntax import Definition, definitions, parsed, statements, without_docstring
from tools.engine.languages.python.telling import Loggers, loggers_of


@dataclass(frozen=True)
class _Place:
    """Where a definition stands: the names around it, and whether what it bears can be used from outside."""

    names: tuple[str, ...]
    public: bool

    def inside(self, name: str, *, public: bool) -> "_Place":
        return _Place((*self.names, name), self.public and public and not name.startswith("_"))


def count(files: Mapping[str, bytes]) -> SourceFunctions:
    """The functions of the source files, by their paths; a pyproject.toml among them names the console scripts.

    Test modules and conftests are left out. A file that does not parse gives no function and is named in `unread`.
    """
    modules: dict[str, ast.Module] = {}
    unread: list[str] = []
    for path, content in files.items():
        if path.endswith(".py") and not is_test_module(path) and not is_conftest(path):
            module = parsed(content)
            if module is None:
                unread.append(path)
            else:
                modules[path] = module
    exported = exported_names(modules)
    functions = tuple(function for path, module in modules.items() for function in _functions(path, module, exported[path]))
    manifests = [content for path, content in files.items() if path.rpartition("/")[2] == "pyproject.toml"]
    return SourceFunctions(functions, entry_points(modules, manifests), tuple(unread))


def _functions(path: str, module: ast.Module, exported: frozenset[str]) -> Iterator[Function]:
    loggers = loggers_of(module)
    for definition in definitions(module.body):
        yield from _defined(path, definition, _Place((), definition.name in exported), loggers)


def _defined(path: str, definition: Definition | ast.ClassDef, place: _Place, loggers: Loggers) -> Iterator[Function]:
    """The function and those inside it, or those of the class. What stands inside a function cannot be used from outside."""
    own = place.inside(definition.name, public=True)
    inner = own
    if not isinstance(definition, ast.ClassDef):
        yield _function(path, definition, own, loggers)
        inner = _Place(own.names, public=False)
    for each in definitions(definition.body):
        yield from _defined(path, each, inner, loggers)


def _function(path: str, definition: Definition, place: _Place, loggers: Loggers) -> Function:
    return Function(
        path=path,
        name=".".join(place.names),
        span=Span(definition.lineno, definition.col_offset, definition.end_lineno or definition.lineno, definition.end_col_offset or 0),
        public=place.public,
        trivial=is_trivial(definition, loggers),
        handlers=handlers_of(definition, loggers),
        body=body_digest(definition, loggers),
        statement_lines=tuple(sorted(_statement_lines(definition))),
    )


def _statement_lines(definition: Definition) -> set[int]:
    """The lines of its statements, all lines of those that have no block; the line of `def` runs at import and says nothing."""
    lines: set[int] = set()
    for each in statements(without_docstring(definition.body), through=(ast.ClassDef,)):
        last = each.lineno if hasattr(each, "body") or hasattr(each, "cases") else each.end_lineno or each.lineno
        lines.update(range(each.lineno, last + 1))
    return lines - {definition.lineno}
