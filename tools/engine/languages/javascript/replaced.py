"""JavaScript and TypeScript code that puts something else in the place of clocks, of chance and of what tests compare with."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.trees import arguments, everything, is_code, parsed, text
from tools.engine.languages.replacing import Kind, Replaced

if TYPE_CHECKING:
    from tree_sitter import Node

_WATCHED: Final[Mapping[Kind, re.Pattern[str]]] = MappingProxyType(
    {
        "a clock": re.compile(r"Date(?:\.\w+)*|performance(?:\.\w+)?|process\.(?:hrtime(?:\.bigint)?|uptime)|set(?:Timeout|Interval|Immediate)"),
        "chance": re.compile(r"Math\.random|crypto(?:\.\w+)?"),
        "a comparison": re.compile(
            r"assert(?:\.\w+)*|expect(?:\.\w+)*|chai(?:\.\w+)*|Object\.is|(?:Object|Array|String|Number|Function)\.prototype\.\w+"
        ),
    }
)
_GLOBAL: Final = re.compile(r"^(?:globalThis|global|window|self)\.")
_DEFINING: Final = frozenset({"Object.defineProperty", "Reflect.set", "Reflect.defineProperty"})
_UNDOING: Final = re.compile(r"(?:jest|vi|sinon|mock)(?:\.\w+)*\.(?:spyOn|stub|replace|method|stubGlobal)")
_AGREEING: Final = frozenset({"equals", "isEqual", "asymmetricMatch"})
_PAIR: Final = 2


def replaced_in(path: str, content: bytes) -> tuple[Replaced, ...]:
    """What a file replaces; nothing where it is no code, or does not parse."""
    root = parsed(path, content) if is_code(path) else None
    return tuple(_replaced(root)) if root is not None else ()


def _replaced(root: "Node") -> Iterator[Replaced]:
    for node in everything(root):
        line = node.start_point.row + 1
        if node.type in {"assignment_expression", "augmented_assignment_expression"}:
            target = node.child_by_field_name("left")
            if target is not None and target.type in {"member_expression", "subscript_expression"}:
                yield from _watched(line, _name(target))
        elif node.type == "call_expression":
            yield from _called(node, line)
        elif node.type == "method_definition" and text(node.child_by_field_name("name")) in _AGREEING and _says_true(node):
            yield Replaced(line, "a comparison", f"{text(node.child_by_field_name('name'))}, which always says true")


def _name(node: "Node") -> str:
    """The dotted name of a member, what every program shares by its own name."""
    if node.type == "subscript_expression":
        key = text(node.child_by_field_name("index"))
        whole = f"{text(node.child_by_field_name('object'))}.{key[1:-1]}" if key[:1] in {'"', "'"} else ""
    else:
        whole = text(node)
    return _GLOBAL.sub("", re.sub(r"\s", "", whole))


def _watched(line: int, name: str, *, undone: bool = False) -> Iterator[Replaced]:
    kind = next((kind for kind, names in _WATCHED.items() if names.fullmatch(name)), None)
    if kind is not None:
        yield Replaced(line, kind, name, undone)


def _called(call: "Node", line: int) -> Iterator[Replaced]:
    called, given = re.sub(r"\s", "", text(call.child_by_field_name("function"))), arguments(call)
    if called == "expect.extend":
        yield Replaced(line, "a comparison", "expect.extend")
    elif called == "Object.assign" and given:
        yield from _watched(line, _GLOBAL.sub("", text(given[0])))
    elif len(given) >= _PAIR and (called in _DEFINING or _UNDOING.fullmatch(called)):
        owner, key = _GLOBAL.sub("", f"{text(given[0])}."), text(given[1])[1:-1]
        yield from _watched(line, f"{owner}{key}" if owner not in _SHARED else key, undone=called not in _DEFINING)


def _says_true(method: "Node") -> bool:
    body = method.child_by_field_name("body")
    said = [each for each in body.named_children if each.type != "comment"] if body is not None else []
    return len(said) == 1 and re.fullmatch(r"return\s+true;?", text(said[0])) is not None


_SHARED: Final = frozenset({"globalThis.", "global.", "window.", "self."})
