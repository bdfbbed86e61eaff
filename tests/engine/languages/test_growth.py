"""The readings of surface and observability, and what they name."""

from state.measurement import ReadingState
from tools.engine.languages.functions import SourceFunctions
from tools.engine.languages.growth import Search, capability_surface, growth_material, observability_reading, planned_growth
from tools.engine.languages.python.counting import count

WORK = "    parts = value.split(',')\n    return [part.strip() for part in parts if part]\n"
FAILS = "    try:\n        return open(value).read().strip()\n    except OSError as problem:\n        {}\n"
SOURCE = count({
    "a.py": f"def tested(value):\n{WORK}def untested(value):\n{WORK}    more()\ndef empty(): ...\n".encode(),
    "b.py": ("def told(value):\n" + FAILS.format("logger.error(problem)") + "def silent(value):\n" + FAILS.format("return ''")).encode(),
    "broken.py": b"def (",
})  # fmt: skip
TRIVIAL = "trivial (fewer than 3 different operations)"
TESTED = {function for function in SOURCE.functions if function.name == "tested"}


def test_the_surface_reading_says_what_counts_and_what_nobody_tests() -> None:
    reading = capability_surface(SOURCE, TESTED)

    assert reading.value == 1 / 51
    assert {name: reading.facts[name] for name in ("tested", "untested", TRIVIAL, "copies")} == {
        "tested": 1,
        "untested": 3,
        TRIVIAL: 1,
        "copies": 0,
    }
    assert str(reading.facts["nobody tests"]).startswith("a.py:4 untested, b.py:1 told")
    assert reading.facts["does not parse"] == "broken.py"


def test_a_run_that_did_not_show_what_tests_execute_is_no_number() -> None:
    assert capability_surface(SOURCE, None).state is ReadingState.UNAVAILABLE


def test_source_that_cannot_be_read_at_all_is_no_number() -> None:
    unread = SourceFunctions(unread=("broken.py",))

    assert (capability_surface(unread, set()).state, observability_reading(unread).state) == (ReadingState.UNAVAILABLE, ReadingState.UNAVAILABLE)


def test_the_observability_reading_names_what_keeps_failures_silent() -> None:
    reading = observability_reading(SOURCE)

    assert (reading.value, reading.facts["with a failure path"], reading.facts["keep failures silent"]) == (0.5, 2, "b.py:6 silent")


def test_source_without_failure_paths_keeps_none_silent_and_says_so() -> None:
    reading = observability_reading(SourceFunctions(SOURCE.functions[:1]))

    assert (reading.value, reading.facts["with a failure path"]) == (1.0, 0)


def test_many_functions_are_counted_and_the_first_named() -> None:
    many = count({"a.py": "".join(f"def f{number}(value):\n    value.a{number}()\n{WORK}" for number in range(8)).encode()})

    assert str(capability_surface(many, set()).facts["nobody tests"]).endswith("a.py:17 f4 and 3 more")


def test_a_closer_look_has_every_place() -> None:
    material = growth_material(SOURCE, TESTED)

    assert material["untested"] == [["a.py", 4, "untested"], ["b.py", 1, "told"], ["b.py", 6, "silent"]]
    assert material["silent"] == [["b.py", 9, "silent"]]
    assert material["unread"] == ["broken.py"]


def test_a_failure_path_is_searched_until_one_is_found_or_too_many_files_would_have_to_be_read() -> None:
    files = {"a.py": b"def a(): ...\n", "b.py": b"# except\n", "c.py": FAILS.format("pass").join(("def f(value):\n", "")).encode()}
    search = Search((b"except",), count)

    assert search.finds(["a.py", "b.py", "c.py"], files.get, 3)
    assert search.finds(["a.py", "b.py"], files.get, 3) is False
    assert search.finds(["a.py", "b.py", "c.py"], files.get, 2) is None


def test_where_nothing_can_fail_observability_is_not_planned_and_the_surface_is() -> None:
    surface, told = planned_growth(["src/a"], covered=True, failing=False)

    assert (surface.applicable, told.applicable) == (True, False)
    assert "fewer than 3 different operations" in surface.how
    assert told.why == "no function has a failure path yet: discover again when some have"
    assert all(each.applicable for each in planned_growth(["src/a"], covered=True, failing=True))
