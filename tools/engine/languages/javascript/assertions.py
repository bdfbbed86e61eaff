"""What in the code of a JavaScript test is an assertion that says something of what ran, in the words of the common libraries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tools.engine.languages.javascript.claims import NOTHING, compares, denies, holds_for_any_length, same, says
from tools.engine.languages.javascript.known import Known, depends
from tools.engine.languages.javascript.trees import arguments, chain, text

if TYPE_CHECKING:
    from tree_sitter import Node

# Roots on which every call asserts, and the calls that do of a test's own context (ava, tap, node's runner).
ASSERTING: Final = frozenset({"assert", "chai", "should", "sinon", "fc"})
CONTEXTS: Final = frozenset({"t", "tap"})
SAYING_NOTHING: Final = frozenset(
    {"pass", "plan", "log", "comment", "timeout", "teardown", "end", "test", "before", "after", "assertions", "hasAssertions"}
)
# Words that say of a value that it is there, that it is not nothing, true, false, as large as.
_THERE: Final = frozenset({"toBeDefined", "exist", "exists", "isDefined", "isNotNull", "isNotUndefined", "notNull", "notUndefined"})
_IS_NOTHING: Final = frozenset({"toBeUndefined", "toBeNull", "toBeNil", "toBeNullish", "undefined", "null", "isUndefined", "isNull"})
_TRUE: Final = frozenset({"toBeTruthy", "toBeTrue", "ok", "true", "truthy", "assert", "isOk", "isTrue"})
_FALSE: Final = frozenset({"toBeFalsy", "toBeFalse", "false", "falsy", "notOk", "isFalse", "isNotOk"})
_EQUAL: Final = frozenset({"toBe", "toEqual", "toStrictEqual", "equal", "equals", "strictEqual", "deepEqual", "deepStrictEqual", "is", "eql", "eq"})
_DIFFERENT: Final = frozenset({"notEqual", "notStrictEqual", "notDeepEqual", "notDeepStrictEqual", "not", "isNot"})
_AT_LEAST: Final = {
    "toBeGreaterThanOrEqual": ">=",
    "toBeGreaterThan": ">",
    "isAtLeast": ">=",
    "least": ">=",
    "gte": ">=",
    "isAbove": ">",
    "above": ">",
}
_KIND: Final = frozenset({"toBeInstanceOf", "instanceOf", "instanceof", "isInstanceOf"})
_PROPERTIES: Final = frozenset(
    {"true", "false", "null", "undefined", "ok", "empty", "exist", "NaN", "called", "calledOnce", "calledTwice", "calledThrice"}
)


@dataclass(frozen=True)
class _Claim:
    """What is asserted of what: the last word, the values looked at and compared with, and whether it is denied."""

    word: str
    values: Sequence["Node"]
    negated: bool = False


def is_assertion(node: "Node", helping: frozenset[str], known: Known) -> bool:
    """Whether a node is one; `helping` are functions of the test files that assert."""
    if node.type == "member_expression":
        return _is_statement(node) and text(node.child_by_field_name("property")) in _PROPERTIES and _by_property(node, known)
    if node.type != "call_expression":
        return False
    names = list(chain(node.child_by_field_name("function")))
    given = arguments(node)
    if not names:
        return False
    if names[-1] == "expect":
        expected = _expectation(node)
        return expected is not None and _claims(_Claim(names[0], [*expected, *given], _is_negated(names)), known)
    if "should" in names[1:] or (names[0] in {"should", "expect"} and len(names) > 1 and given):  # x.should.equal(…), cy.get(…).should(…), supertest
        return not (names[0] in _THERE or (_is_negated(names) and (names[0] in _IS_NOTHING or _are_nothing(given))))
    if names[-1] in ASSERTING | known.asserting or (names[-1] in CONTEXTS | known.contexts and len(names) > 1 and names[0] not in SAYING_NOTHING):
        return _claims(_Claim(names[0], given), known)
    return len(names) == 1 and names[0] in helping


def _expectation(call: "Node") -> list["Node"] | None:
    """The arguments of the `expect(…)`, or of the call nearest to it, on which the matcher is called; None where none is."""
    callee = call.child_by_field_name("function")
    node = callee.child_by_field_name("object") if callee is not None and callee.type == "member_expression" else None
    while node is not None and node.type == "member_expression":
        node = node.child_by_field_name("object")
    return arguments(node) if node is not None and node.type == "call_expression" else None


def _by_property(node: "Node", known: Known) -> bool:
    """expect(x).to.be.true, x.should.exist: the word alone asserts."""
    names = list(chain(node))
    if "should" in names[1:]:
        return not (names[0] in _THERE or (_is_negated(names) and names[0] in _IS_NOTHING))
    values: list[Node] = []
    inner = node.child_by_field_name("object")
    while inner is not None and inner.type in {"member_expression", "call_expression"} and not values:
        values = arguments(inner) if inner.type == "call_expression" else []
        inner = inner.child_by_field_name("object")
    return names[-1] == "expect" and bool(values) and _claims(_Claim(names[0], values, _is_negated(names)), known)


def _claims(claim: _Claim, known: Known) -> bool:
    """Whether it says something."""
    word, values = claim.word, claim.values
    first, second = (*values[:2], None, None)[:2]
    if word == "fail":
        return True
    if first is None or (word in _IS_NOTHING if claim.negated else word in _THERE):
        return False
    if word in _TRUE | _FALSE:
        return (says if (word in _TRUE) != claim.negated else denies)(first, known)
    if second is not None:
        differs = word in _DIFFERENT or (claim.negated and word in _EQUAL)
        if differs or word in _EQUAL:
            return not _is_anything(second) and compares(first, "!==" if differs else "===", second, known)
        if word in _KIND and not claim.negated and text(second) == "Object":
            return False
        if word in _AT_LEAST and not claim.negated and holds_for_any_length(first, _AT_LEAST[word], second):
            return False
    return any(depends(each, known) for each in values) and not same(values)


def _is_anything(value: "Node") -> bool:
    """expect.anything()."""
    return list(chain(value)) == ["anything", "expect"]


def _are_nothing(given: Sequence["Node"]) -> bool:
    return bool(given) and all(text(each) in NOTHING for each in given)


def _is_negated(names: Sequence[str]) -> bool:
    return names[1:].count("not") % 2 == 1


def _is_statement(node: "Node") -> bool:
    return node.parent is not None and node.parent.type in {"expression_statement", "return_statement", "await_expression"}
