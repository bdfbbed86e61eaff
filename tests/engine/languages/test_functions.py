"""What counts of a project's functions, whatever language they are written in."""

from tools.engine.languages.functions import Function, Handler, SourceFunctions, Span, capability, executed_by_lines, gathered, observability


def function(name: str, *, body: str = "", public: bool = True, trivial: bool = False, handlers: tuple[Handler, ...] = ()) -> Function:
    return Function("a.py", name, Span(1, 0, 3, 0), public, trivial, handlers, body or name, (2, 3))


def test_a_public_function_counts_once_a_test_executes_it() -> None:
    tested, untested = function("tested"), function("untested")

    found = capability(SourceFunctions((tested, untested)), {tested})

    assert (found.counted, found.untested) == ((tested,), (untested,))
    assert found.value == 1 / 51


def test_private_and_trivial_functions_do_not_count_but_entry_points_do() -> None:
    private, trivial, main = function("_private", public=False), function("trivial", trivial=True), function("_main", public=False)
    source = SourceFunctions((private, trivial, main), frozenset({("a.py", "_main")}))

    found = capability(source, set(source.functions))

    assert (found.counted, found.trivial) == ((main,), 1)


def test_copies_count_once_and_an_untested_copy_of_a_tested_one_is_no_gap() -> None:
    one, copy, other = function("one", body="x"), function("copy", body="x"), function("other", body="y")

    found = capability(SourceFunctions((copy, one, other)), {one})

    assert (found.counted, found.untested, found.copies) == ((one,), (other,), 1)


def test_a_function_tells_only_where_every_handler_does() -> None:
    assert function("none").failure == "none"
    assert function("told", handlers=(Handler(2, told=True),)).failure == "told"
    assert function("half", handlers=(Handler(2, told=True), Handler(4, told=False))).failure == "silent"


def test_observability_is_the_share_of_functions_with_a_failure_path_that_tell() -> None:
    told, silent = function("told", handlers=(Handler(2, told=True),)), function("silent", handlers=(Handler(2, told=False),))

    found = observability(SourceFunctions((told, silent, function("plain"))))

    assert (found.told, found.silent, found.value) == ((told,), (silent,), 0.5)


def test_a_silent_copy_is_not_outweighed_by_a_telling_one() -> None:
    told = [function(f"told{number}", body="same", handlers=(Handler(2, told=True),)) for number in range(3)]
    silent = function("silent", body="same", handlers=(Handler(2, told=False),))

    assert observability(SourceFunctions((*told, silent))).value == 0.0


def test_where_nothing_has_a_failure_path_nothing_is_kept_silent() -> None:
    assert observability(SourceFunctions((function("plain"),))).value == 1.0


def test_a_function_ran_where_a_statement_of_its_body_did() -> None:
    ran = function("ran")

    assert executed_by_lines([ran], {"a.py": {1, 2}}) == {ran}
    assert executed_by_lines([ran], {"a.py": {1}}) == frozenset()
    assert executed_by_lines([ran], {"b.py": {2}}) == frozenset()


def test_roots_of_a_project_are_counted_together() -> None:
    first = SourceFunctions((function("a"),), frozenset({("a.py", "a")}), ("broken.py",))
    second = SourceFunctions((function("b"),), frozenset({("a.py", "b")}))

    assert gathered([first, second]) == SourceFunctions((function("a"), function("b")), frozenset({("a.py", "a"), ("a.py", "b")}), ("broken.py",))
