"""Growth dimensions in a whole evaluation, and of several roots together."""

from pathlib import Path

from state.measurement import PlannedDimension
from tests.support.python_projects import SLUG, make_project
from tools.engine.evaluation.combining import combined
from tools.engine.evaluation.parts import MeasuringContract
from tools.engine.languages.growth import capability_surface, observability_reading
from tools.engine.languages.python.counting import count

WORK = "def work(value):\n    try:\n        return value.split(',')[0].strip()\n    except ValueError as problem:\n        {}\n"
GROWN = (
    "import logging\n\n\ndef initials(text):\n    return ''.join(word[0].upper() for word in text.split() if word)\n\n\n"
    "def read(path):\n    try:\n        return open(path).read().strip()\n    except OSError:\n        return ''\n"
)
NEW_TESTS = (
    "from slug.more import initials, read\n\n\ndef test_initials():\n    assert initials('a b') == 'AB'\n\n\ndef test_read():\n    read('nowhere')\n"
)


def test_roots_are_put_together_by_what_was_counted() -> None:
    first = count({"a/m.py": WORK.format("logger.error(problem)").encode()})
    second = count({"b/m.py": WORK.format("return None").replace("strip", "lstrip").encode()})

    readings = [capability_surface(each, set(each.functions)) for each in (first, second)] + [observability_reading(each) for each in (first, second)]

    found = combined(readings)

    assert (found["capability_surface"].value, found["observability"].value) == (2 / 52, 0.5)


def test_roots_without_failure_paths_are_together_as_they_are_alone() -> None:
    reading = observability_reading(count({"m.py": b"def f(): ...\n"}))

    assert combined([reading, reading])["observability"].value == 1.0


async def test_a_python_project_yields_both_dimensions_of_its_source(tmp_path: Path, template: Path) -> None:
    project = make_project(tmp_path / "slug", template, {**SLUG, "src/slug/more.py": GROWN, "tests/test_more.py": NEW_TESTS})
    profile = project.contract.profile
    others = tuple(each for each in profile.dimensions if each.name not in {"capability_surface", "observability"})
    counted = tuple(PlannedDimension(name=name, tier="growth", applicable=True) for name in ("capability_surface", "observability"))
    roots = tuple(root.model_copy(update={"counted": True}) for root in profile.roots)
    project.contract = MeasuringContract(
        project.contract.configuration, profile.model_copy(update={"roots": roots, "dimensions": (*others, *counted)})
    )

    samples = {sample.part: sample for sample in await project.measure(project.base, ["tests", "counting"])}

    readings = {reading.dimension: reading for sample in samples.values() for reading in sample.readings}
    assert "src/slug/more.py:8 read" in str(readings["capability_surface"].facts["nobody tests"])
    assert (readings["capability_surface"].value or 0) > 0
    assert "initials" not in str(readings["capability_surface"].facts["nobody tests"])
    assert readings["observability"].facts["keep failures silent"] == "src/slug/more.py:8 read"
    assert ["src/slug/more.py", 11, "read"] in samples["counting"].material["silent"]
    assert any(place[2] == "read" for place in samples["tests"].material["growth"]["untested"])
