"""Which calls of Python code tell somebody of a failure: loggers, warnings, traces, the error stream, an exit with a code.

A log call tells where it says something, is as loud as INFO, and its logger is not silenced by the module itself.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tools.engine.languages.logger_names import INFO, LEVELS, LOUDNESS, is_logger_name
from tools.engine.languages.python.quiet import loudness, quiet_loggers, says_something
from tools.engine.languages.python.syntax import statements

# Methods that tell whatever they are called on: OpenTelemetry, Sentry, traceback.
ANYWHERE: Final = frozenset(
    {"record_exception", "capture_exception", "capture_message", "print_exc", "print_exception", "format_exc", "format_exception", "showwarning"}
)
# What these modules offer may also be imported by name.
MODULES: Final[dict[str, frozenset[str]]] = {
    "logging": LEVELS, "warnings": frozenset({"warn", "warn_explicit"}), "traceback": ANYWHERE, "sentry_sdk": ANYWHERE, "loguru": frozenset(),
}  # fmt: skip
MAKERS: Final = frozenset({"getLogger", "get_logger", "getChild", "bind"})
ANY_DEFINITION: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Loggers:
    """How one module names what tells: functions imported by name, loggers made by a call, and names that only look like loggers.

    `quiet` says for loggers of this name how loud a call must be to be heard; the empty name stands for all.
    """

    functions: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    fakes: frozenset[str] = frozenset()
    quiet: Mapping[str, int] = field(default_factory=dict)


def loggers_of(module: ast.Module) -> Loggers:
    """Look through a module for its loggers. A class or function that it defines itself is none, whatever its name."""
    functions: set[str] = set()
    made: set[str] = set()
    for node in statements(module.body, through=ANY_DEFINITION):
        match node:
            case ast.ImportFrom(module=str(source), names=names) if source in MODULES:
                functions |= {each.asname or each.name for each in names if each.name in MODULES[source]}
                made |= {each.asname or each.name for each in names if each.name == "logger"}
            case ast.Import(names=names):
                made |= {each.asname for each in names if each.asname and each.name in MODULES}
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=maker)) if _last_name(maker) in MAKERS:
                made.add(name)
            case _:
                pass
    defined = {node.name for node in module.body if isinstance(node, ANY_DEFINITION)}
    return Loggers(frozenset(functions), frozenset(made), frozenset(defined - made), quiet_loggers(module))


def tells(call: ast.Call, loggers: Loggers) -> bool:
    """Whether the call tells somebody that something failed."""
    return (_logs(call, loggers) and _is_heard(call, loggers)) or _writes_an_error(call) or _leaves_with_a_code(call)


def whispers(call: ast.Call, loggers: Loggers) -> bool:
    """Whether the call logs, and nobody hears of it."""
    return _logs(call, loggers) and not _is_heard(call, loggers)


def is_log_statement(node: ast.AST, loggers: Loggers) -> bool:
    """Whether a statement does nothing but log."""
    match node:
        case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
            return _logs(call, loggers)
        case _:
            return False


def _logs(call: ast.Call, loggers: Loggers) -> bool:
    match call.func:
        case ast.Name(id=name):
            return name in loggers.functions and name not in loggers.fakes
        case ast.Attribute(attr=method) if method in ANYWHERE:
            return True
        case ast.Attribute(value=receiver, attr=method):
            names = list(_chain(receiver))
            if not names or names[-1] in loggers.fakes:
                return False
            if names[0] == "warnings":
                return method in MODULES["warnings"]
            return method in LEVELS and any(name in loggers.made or name in MAKERS or is_logger_name(name) for name in names[:2])
        case _:
            return False


def _is_heard(call: ast.Call, loggers: Loggers) -> bool:
    """Whether a log call says something, or brings a trace, and is loud enough."""
    method = call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""
    if method in ANYWHERE:
        return True
    level = LOUDNESS.get(method, LOUDNESS.get(method.removeprefix("a")))
    message = call.args
    if method in {"log", "alog"}:
        level, message = (loudness(call.args[0]) if call.args else None), call.args[1:]
    receiver = _last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    heard_from = max(loggers.quiet.get("", 0), loggers.quiet.get(receiver, 0))
    traced = any(each.arg == "exc_info" and not (isinstance(each.value, ast.Constant) and not each.value.value) for each in call.keywords)
    if level is not None and (level < heard_from or (level < INFO and not traced)):
        return False
    return traced or method in {"exception", "aexception"} or says_something(message, call.keywords)


def _chain(node: ast.expr) -> Iterator[str]:
    """The names that a receiver is made of, the nearest first: self.log.bind(a=1) gives bind, log, self."""
    while True:
        match node:
            case ast.Call(func=inner):
                node = inner
            case ast.Attribute(value=inner, attr=name):
                yield name
                node = inner
            case ast.Name(id=name):
                yield name
                return
            case _:
                return


def _last_name(node: ast.expr) -> str:
    return next(_chain(node), "")


def _writes_an_error(call: ast.Call) -> bool:
    """print(…, file=sys.stderr), sys.stderr.write(…), click.echo(…, err=True)."""
    for keyword in call.keywords:
        match keyword:
            case ast.keyword(arg="err", value=ast.Constant(value=True)):
                return says_something(call.args, ())
            case ast.keyword(arg="file", value=value) if _last_name(value) == "stderr":
                return says_something(call.args, ())
            case _:
                pass
    writes = isinstance(call.func, ast.Attribute) and call.func.attr in {"write", "writelines"} and _last_name(call.func.value) == "stderr"
    return writes and says_something(call.args, ())


def _leaves_with_a_code(call: ast.Call) -> bool:
    """sys.exit(…) and the like with another argument than 0."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="sys" | "os"), attr="exit" | "_exit"), args=[code]):
            return not (isinstance(code, ast.Constant) and code.value in {0, None})
        case _:
            return False
