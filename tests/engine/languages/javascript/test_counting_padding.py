"""Padding raises neither what is counted of JavaScript's surface nor the share of failures that are told."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.engine.languages.functions import capability, observability
from tools.engine.languages.javascript.counting import count

# Functions as people write them; @ is a number of its own in each, so that they are no copies of each other.
REAL = (
    "export function work_@(value) { return value.method_@(1).filter((part) => part.trim()).length; }\n",
    "export const told_@ = async (value) => { try { return await value.method_@(open()); } catch (e) { console.error(e); return null; } };\n",
    "export function silent_@(value) { return value.method_@(open()).then(go).catch(() => null); }\n",
    "export class Kind_@ { run(value) { for (const each of value) { this.take_@(each + 1); } } }\n",
)
PADDING = (
    "export function padding_@() {}\n",
    "export const padding_@ = (value) => value;\n",
    "export const padding_@ = (value) => value + @;\n",
    "export function padding_@(value) { console.log(value.a(value.b())); logger.error('@'); }\n",
    "export function padding_@(value, other) { return delegate_@(value, other); }\n",
    "export class Padding_@ { one() {} two() { throw new Error('@'); } }\n",
    "export function padding_@() { try { 1; } catch (e) { console.error(e); } }\n",
)
PIECES = st.lists(st.tuples(st.sampled_from(REAL), st.integers(0, 5)), unique=True, max_size=6)


def module(pieces: list[tuple[str, int]]) -> bytes:
    return "".join(text.replace("@", str(number)) for text, number in pieces).encode()


def values(files: dict[str, bytes]) -> tuple[float, float]:
    """As if a test that asserts executed all of it."""
    source = count(files)
    assert source.unread == ()
    return capability(source, set(source.functions)).value, observability(source).value


@given(PIECES, st.lists(st.tuples(st.sampled_from(PADDING), st.integers(6, 60)), min_size=1, max_size=8, unique=True))
@settings(deadline=None, max_examples=30)
def test_functions_that_do_next_to_nothing_raise_nothing(real: list[tuple[str, int]], padding: list[tuple[str, int]]) -> None:
    assert values({"m.js": module(real + padding), "tracing.logger.js": module(padding)}) == values({"m.js": module(real)})


@given(PIECES.filter(bool), st.data())
@settings(deadline=None, max_examples=30)
def test_copies_raise_nothing(real: list[tuple[str, int]], data: st.DataObject) -> None:
    copy = module([data.draw(st.sampled_from(real))]).decode()
    copy = (
        copy.replace("value", "other").replace("(1)", "(2)").replace("told_", "copy_").replace("work_", "copy_").replace("{", "{ console.log(1);", 1)
    )

    copied = {} if "class" in copy else {"copy.js": copy.encode()}

    assert values({"m.js": module(real), **copied}) == values({"m.js": module(real)})
