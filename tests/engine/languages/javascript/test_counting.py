"""Which functions of JavaScript and TypeScript source there are, which are exported or started, what they do, and whether they ran."""

import json
from pathlib import Path

import pytest

from tools.engine.languages.functions import Function, SourceFunctions, capability, observability
from tools.engine.languages.javascript.counting import count
from tools.engine.languages.javascript.running_counts import executed_by_counts

RECORDED = Path(__file__).parent / "recorded"


def counted(text: str, path: str = "src/module.ts") -> dict[str, Function]:
    source = count({path: text.encode()})
    assert source.unread == ()
    return {function.name: function for function in source.functions}


def public(text: str, path: str = "src/module.ts") -> set[str]:
    return {name for name, function in counted(text, path).items() if function.public}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("export function a() {}\nfunction b() {}\nexport function _c() {}", {"a"}),
        ("export const a = () => 1, b = function () {};\nconst c = () => 1;", {"a", "b"}),
        ("export default () => 1;", {"default"}),
        ("function a() {}\nexport default a;", {"a"}),
        ("function a() {}\nfunction b() {}\nexport { a as c };", {"a"}),
        ("export { a } from './x';\nexport * from './y';\nfunction a() {}", set()),
        ("export class A { b() {} #c() {} private d() {} protected e() {} _f() {} constructor() {} static g = () => 1; get h() { return 1 } }",
         {"A.b", "A.g", "A.h"}),
        ("class A { b() {} }", set()),
        ("class A { b() {} }\nexport { A };", {"A.b"}),
        ("export const api = { a() {}, b: () => 1, c: { d: function () {} } };\nconst other = { e() {} };", {"api.a", "api.b", "api.c.d"}),
        ("export const View = memo(function Inner(props) { useEffect(() => {}) });", {"Inner"}),
        ("export function a() { function b() {}; return () => 1; }", {"a"}),
    ],
)  # fmt: skip
def test_public_is_what_is_exported_and_not_hidden(text: str, names: set[str]) -> None:
    assert public(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("function a() {}\nfunction b() {}\nmodule.exports = a;", {"a"}),
        ("function a() {}\nfunction b() {}\nmodule.exports = { a, c: b, d() {}, e: () => 1 };", {"a", "b", "d", "e"}),
        ("exports.a = function () {};\nmodule.exports.b = () => 1;\nexports._c = () => 1;\nother.d = () => 1;", {"a", "b"}),
        ("module.exports = class A { b() {} };", {"A.b"}),
    ],
)  # fmt: skip
def test_what_commonjs_exports_is_public_too(text: str, names: set[str]) -> None:
    assert public(text, "lib/module.cjs") == names


def test_every_suffix_is_read_with_its_grammar() -> None:
    files = {f"a{suffix}": b"export const f = () => <b>{x()}</b>;" for suffix in (".js", ".jsx", ".mjs", ".cjs", ".tsx")}
    files |= {f"a{suffix}": b"export const f = (x: number) => <string>x;" for suffix in (".ts", ".mts", ".cts")}

    source = count(files)

    assert ({function.path for function in source.functions}, source.unread) == (set(files), ())


def test_tests_declarations_and_other_files_are_no_source() -> None:
    files = dict.fromkeys(("a.test.ts", "a.spec.js", "__tests__/a.js", "a.d.ts", "a.py", "README.md"), b"export function a() {}")

    assert count(files) == SourceFunctions()


def test_a_file_that_does_not_parse_is_named() -> None:
    assert count({"a.js": b"function (", "b.ts": b"export function ok() {}"}).unread == ("a.js",)


def test_very_deep_source_is_read() -> None:
    assert "f" in counted("export function f(x) { return " + "x + " * 5000 + "1; }")


def test_commands_and_scripts_start_functions() -> None:
    files = {
        "package.json": b'{"bin": {"x": "./bin/x.js"}}',
        "bin/x.js": b"async function _main() {}\n_main().catch(console.error);\n",
        "tool.mjs": b"#!/usr/bin/env node\nfunction _run() {}\nawait _run();\n",
        "lib.js": b"function _init() {}\n_init();\n",
        "other/package.json": b"not json",
    }

    assert count(files).entry_points == {("bin/x.js", "_main"), ("tool.mjs", "_run")}


@pytest.mark.parametrize(
    "body",
    [
        "", "return 1;", "return value;", "return other(value);", "return await other(value);", 'throw new Error("later");', "return value + 1;",
        "return 1 + 2 * 3 - 4;", "const x = value; return x;", "console.log(a(b(c())));", "return this.inner.run(value);", "/* words only */",
        "value + 1; value + 1; value + 1;",
    ],
)  # fmt: skip
def test_what_does_next_to_nothing_is_trivial(body: str) -> None:
    assert counted(f"async function f(value) {{ {body} }}")["f"].trivial


@pytest.mark.parametrize(
    "body",
    [
        "return value.trim().toLowerCase().split('-');", "for (const each of value) { if (each) { return each(1); } }",
        "this.a = value; this.b = 1; this.c = {};", "return value.map((x) => x * 2).filter(Boolean).length > 3;",
    ],
)  # fmt: skip
def test_what_does_some_work_is_not_trivial(body: str) -> None:
    assert not counted(f"async function f(value) {{ {body} }}")["f"].trivial


def test_copies_with_other_names_types_values_and_log_calls_have_equal_bodies() -> None:
    found = counted(
        "function one(value) { const parts = value.split('a'); return parts.length + 1; }\n"
        "const two = (other: string): number => { console.log('x'); //\n const pieces: T[] = other.split(\"b\")\n return (pieces.length + 2) }\n"
        "function three(value) { const parts = value.join('a'); return parts.length + 1; }\n"
        "const four = (x) => x.a(x);\nfunction five(y) { return y.a(y); }\n"
    )

    assert found["one"].body == found["two"].body != found["three"].body
    assert found["four"].body == found["five"].body


@pytest.mark.parametrize(
    "code",
    [
        "try { x() } catch (e) { console.error(e) }", "try { x() } catch { logger.warn('no') }", "try { x() } catch (e) { return { error: e } }",
        "try { x() } catch (e) { next(e) }", "try { x() } catch (e) { this.error = e }", "try { x() } catch (e) { const m = `${e}`; report(m) }",
        "try { x() } catch (e) { Sentry.captureException(e) }", "try { x() } catch (e) { process.exit(1) }", "x().catch(console.error)",
        "x().catch((e) => report(e))", "x().catch(reject)", "x().then(y, (e) => { throw wrap(e) || e; log.error(e) })",
        "x().catch((e) => { log.error(e) })", "let last; try { x() } catch (e) { last = e } throw last",
        "try { x() } catch ({ message }) { show(message) }", "try { x() } catch (e) { if (y) { throw e } }",
        "try { x() } catch { process.stderr.write('no') }", "try { x() } catch { console.trace() }", "try { x() } catch (e) { captureException(e) }",
        "x().catch(captureException)", "try { x() } catch (e) { logger.info(`${e}`) }",
    ],
)  # fmt: skip
def test_a_failure_is_told(code: str) -> None:
    assert counted(f"function f(x) {{ {code} }}")["f"].failure == "told"


@pytest.mark.parametrize(
    "code",
    [
        "try { x() } catch {}", "try { x() } catch (e) { return null }", "try { x() } catch (e) { catalog.error('no') }", "x().catch(() => {})",
        "x().catch(() => null)", "x().catch(noop)", "x().catch(nothing)", "x().then(y, () => {})", "try { x() } catch (e) { console.log('no') }",
        "try { x() } catch (e) { if (e.code === 2) { return 1 } }", "try { x() } catch (e) { String(e) }", "try { x() } catch { console.error('') }",
        "try { x() } catch { console.error() }", "try { x() } catch { console.warn(' ') }", "try { x() } catch { console.error(``) }",
        "try { x() } catch { console.debug('no') }", "try { x() } catch { logger.debug('no') }", "try { x() } catch { log.trace('no') }",
        "try { x() } catch { process.stderr.write('') }", "x().catch(logger.debug)",
        "try { x() } catch (e) { logger.debug(e) }",
    ],
)  # fmt: skip
def test_a_failure_is_kept_silent(code: str) -> None:
    assert counted(f"function f(x) {{ {code} }}\nconst nothing = () => {{}};")["f"].failure == "silent"


@pytest.mark.parametrize(
    "code",
    [
        "try { x() } catch (e) { throw e }", "try { x() } catch (e) { if (a) { throw e } else { throw b } }", "try { 1 } catch { log.error('no') }",
        "try { logger.info('a') } catch { log.error('no') }", "x().catch((e) => { throw e })", "z.string().catch('default')", "x()",
        "try { x() } finally { y() }",
    ],
)  # fmt: skip
def test_what_throws_on_or_cannot_fail_is_no_failure_path(code: str) -> None:
    assert counted(f"function f(x) {{ {code} }}")["f"].failure == "none"


@pytest.mark.parametrize("provider", ["v8", "istanbul"])
def test_recorded_coverage_of_vitest_tells_which_functions_ran(provider: str) -> None:
    source = count({"src/store.ts": (RECORDED / "store.ts.txt").read_bytes()})
    coverage = json.loads((RECORDED / f"coverage-{provider}.json").read_text(encoding="utf-8"))

    ran = executed_by_counts(source.functions, coverage)

    named = {function.name for function in ran}
    assert {"Store.add", "Store.size", "Store.of", "shout", "load", "pair"} <= named
    assert not {"pair.b", "unused", "unused.(anonymous)"} & named
    assert {function.name for function in capability(source, ran).counted} == {"Store.of", "load"}
    assert {function.name for function in observability(source).told} == {"load"}


def test_coverage_of_other_files_says_nothing() -> None:
    assert executed_by_counts(count({"a.ts": b"export function a() {}"}).functions, {"b.ts": {"fnMap": {}, "f": {}}}) == frozenset()


def test_a_function_that_returns_another_has_none_of_its_failure_paths() -> None:
    found = counted("const f = (x) => (y) => { try { x(y) } catch {} };\nconst g = (x) => async function () { try { x() } catch {} };")

    assert {name: function.failure for name, function in found.items()} == {
        "f": "none", "f.(anonymous)": "silent", "g": "none", "g.(anonymous)": "silent",
    }  # fmt: skip
