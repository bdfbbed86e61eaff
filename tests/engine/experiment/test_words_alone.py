"""A candidate of which only words differ from the base, and what its tests prove."""

from pathlib import Path

import pytest

from state.measurement import Root
from tests.support.gates import assessed, facts, fix
from tests.support.repositories import commit, git, make_repository
from tools.engine.evaluation.base_word import base_owned
from tools.engine.experiment.words_alone import words_alone
from tools.engine.gate.checks import run_gate
from tools.engine.gate.facts import OwnCheck
from tools.engine.repository.location import locate

FILES = {
    "src/slug.py": 'def slug(text):\n    """A slug."""\n    return text\n',
    "README.md": "# slug\n",
    "tests/test_slug.py": "def test_a():\n    assert 1\n",
    "words.txt": "a\n",
}
OWNED = base_owned((Root(language="python", source_paths=("src",)),))
DOCSTRING = 'def slug(text):\n    """A slug, never empty."""\n    return text  # as it is\n'


@pytest.mark.parametrize(
    ("files", "alone"),
    [
        ({"src/slug.py": DOCSTRING, "tests/test_slug.py": "import slug\n\n\ndef test_it():\n    assert 'never' in slug.slug.__doc__\n"}, True),
        ({"src/slug.py": DOCSTRING, "README.md": "# slugs\n"}, True),
        ({"src/slug.py": DOCSTRING.replace("return text", "return text or '-'")}, False),
        ({"src/more.py": '"""More."""\n'}, False),
        ({"words.txt": "b\n"}, False),
        ({"words.txt": "a\n# said\n"}, False),
        ({"src/slug.py": "def slug(:\n"}, False),
    ],
)
def test_only_words_differ_where_the_code_of_every_file_is_the_bases(tmp_path: Path, files: dict[str, str], alone: bool) -> None:
    root = make_repository(tmp_path / "p", FILES)
    base = git(root, "rev-parse", "HEAD")
    new = commit(root, files, "candidate")
    assert words_alone(locate(root), (base, new), OWNED) is alone


@pytest.mark.parametrize(("alone", "result"), [(True, "fail"), (False, "pass")])
def test_a_test_of_words_proves_no_fix(alone: bool, result: str) -> None:
    check = OwnCheck(test="tests/test_slug.py::test_it", on_base="failed", on_candidate="passed", words_alone=alone)
    measured = assessed(delta=0.0, progress=False).model_copy(update={"own_checks": (check,)})
    (found,) = (each for each in run_gate(facts(comparison=measured, hypothesis=fix(check.test))) if each.name == "improved_or_proven")
    assert found.result == result
    assert any("no code is mended" in line for line in found.evidence) is alone
