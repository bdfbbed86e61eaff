"""Where a JavaScript function catches failures, also those of promises, and whether somebody hears of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tools.engine.languages.functions import Handler
from tools.engine.languages.javascript.bodies import is_trivial
from tools.engine.languages.javascript.telling import is_log_statement, tells, tells_by_name, whispers
from tools.engine.languages.javascript.trees import FUNCTIONS, arguments, chain, names_in, own_nodes, text

if TYPE_CHECKING:
    from tree_sitter import Node

RISKY: Final = frozenset(
    {
        "call_expression", "new_expression", "await_expression", "throw_statement", "member_expression", "subscript_expression", "for_in_statement",
        "spread_element", "yield_expression", "import",
    }
)  # fmt: skip
# Where a value goes on to somebody: a caller, whoever awaits, a receiver.
GIVING: Final = frozenset({"return_statement", "throw_statement", "yield_expression"})


@dataclass(frozen=True)
class _Caught:
    """A handler: where it stands, what it does, and the names by which it knows the failure."""

    line: int
    body: "Node"
    names: frozenset[str]


def handlers_of(function: "Node", named: Mapping[str, "Node"]) -> tuple[Handler, ...]:
    """The handlers of its own that end a failure, in the order of the text. `named` are the functions of the file by name.

    One that throws on every way is none, nor is one around statements that cannot fail.
    """
    body = function.child_by_field_name("body")
    found: list[Handler] = []
    for node in own_nodes(body) if body is not None and body.type not in FUNCTIONS else ():
        if node.type == "try_statement":
            found += [Handler(each.line, _is_told(each, function)) for each in _catch(node) if not _throws(each.body)]
        elif node.type == "call_expression" and (rejection := _rejection(node)) is not None:
            found += _of_promise(rejection, named)
    return tuple(found)


def _catch(node: "Node") -> Iterator[_Caught]:
    tried, clause = node.child_by_field_name("body"), node.child_by_field_name("handler")
    body = clause.child_by_field_name("body") if clause is not None else None
    if clause is not None and body is not None and tried is not None and _can_fail(tried):
        yield _Caught(clause.start_point.row + 1, body, names_in(clause.child_by_field_name("parameter")))


def _can_fail(tried: "Node") -> bool:
    """Whether anything but literals and log calls stands in it."""
    risky = (statement for statement in tried.named_children if not is_log_statement(statement))
    return any(node.type in RISKY for statement in risky for node in own_nodes(statement))


def _rejection(call: "Node") -> "Node | None":
    """What a promise's `catch(…)` or `then(…, …)` hands over to take a failure; None for other calls and other values."""
    names, given = list(chain(call.child_by_field_name("function"))), arguments(call)
    callee = call.child_by_field_name("function")
    if callee is None or callee.type != "member_expression":
        return None
    place = {"catch": 0, "then": 1}.get(names[0] if names else "")
    if place is None or len(given) <= place:
        return None
    return given[place] if given[place].type in FUNCTIONS | {"identifier", "member_expression"} else None


def _of_promise(rejection: "Node", named: Mapping[str, "Node"]) -> Iterator[Handler]:
    line = rejection.start_point.row + 1
    body = rejection.child_by_field_name("body")
    if body is not None:
        parameters = rejection.child_by_field_name("parameters") or rejection.child_by_field_name("parameter")
        if not _throws(body):
            yield Handler(line, _is_told(_Caught(line, body, names_in(parameters)), rejection))
    else:
        name = next(chain(rejection), "")
        known = named.get(name)
        ignores = name == "noop" or whispers(rejection) or (known is not None and is_trivial(known))
        yield Handler(line, told=tells_by_name(rejection) or not ignores)


def _throws(body: "Node") -> bool:
    """Whether every way through the statement ends by throwing."""
    if body.type == "statement_block":
        return bool(body.named_children) and _throws(body.named_children[-1])
    if body.type == "if_statement":
        yes, no = body.child_by_field_name("consequence"), body.child_by_field_name("alternative")
        return yes is not None and no is not None and _throws(yes) and _throws(no.named_children[0])
    return body.type == "throw_statement"


def _is_told(caught: _Caught, function: "Node") -> bool:
    nodes = list(own_nodes(caught.body))
    if any(node.type == "throw_statement" or (node.type == "call_expression" and tells(node)) for node in nodes):
        return True  # thrown on some ways: what is not thrown there was expected
    if not caught.names:
        return False
    carriers = frozenset(name for node in nodes for name in _carried(node, caught.names))
    if caught.body.type != "statement_block":  # e => value
        return bool(names_in(caught.body) & caught.names)
    if any(_hands_on(node, caught.names | carriers) for node in nodes):
        return True
    whole = function.child_by_field_name("body")
    return bool(carriers) and whole is not None and any(_hands_on(node, carriers) for node in own_nodes(whole))


def _carried(node: "Node", names: frozenset[str]) -> frozenset[str]:
    """The variables into which a node puts the failure, or something made of it."""
    target, value = {
        "variable_declarator": (node.child_by_field_name("name"), node.child_by_field_name("value")),
        "assignment_expression": (node.child_by_field_name("left"), node.child_by_field_name("right")),
    }.get(node.type, (None, None))
    carries = target is not None and target.type != "member_expression" and bool(names_in(value) & names)
    return names_in(target) if carries else frozenset()


def _hands_on(node: "Node", names: frozenset[str]) -> bool:
    """Whether a node gives one of the names to somebody: returned, thrown, reported by a call, or kept where others look."""
    if node.type in GIVING:
        return bool(names_in(node) & names)
    if node.type == "assignment_expression":
        left = node.child_by_field_name("left")
        kept = left is not None and left.type in {"member_expression", "subscript_expression"}
        return kept and bool(names_in(node.child_by_field_name("right")) & names)
    if node.type != "expression_statement" or not node.named_children:
        return False
    call = node.named_children[0]
    call = call.named_children[0] if call.type == "await_expression" else call
    return (
        call.type == "call_expression"
        and text(call.child_by_field_name("function")) != "String"
        and not whispers(call.child_by_field_name("function"))
        and any(names_in(argument) & names for argument in arguments(call))
    )
