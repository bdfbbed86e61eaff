"""The guards that the server knows: their wordings, and the facts that decide each whatever the review says."""

from typing import Any

import pytest

from state.configuration import Configuration, ProjectEvaluation
from tests.support.gates import account, assessed, change, facts, review
from tools.engine.gate.checks import run_gate
from tools.engine.gate.checks_of_lines import IF_REAL
from tools.engine.gate.facts import Check, Facts, Seen
from tools.engine.gate.guards_known import KNOWN, asked_of_a_review, known_guard
from tools.engine.gate.secrets_in_lines import Secret

WORDINGS = {
    "Do not delete existing tests": ("Never delete, skip or disable tests.", "Do not remove any tests", "Don\u2019t delete the existing test files"),
    "Do not modify files outside scope": (
        "do not change any files outside of the scope",
        "Stay within scope",
        "Never edit or touch code out of scope",
    ),
    "Do not modify the evaluation": ("Do not modify eval/", "Do not change the eval scripts", "Never touch evaluation code"),
    "Do not modify factory.md": ("Do not touch `factory.md`",),
    "Do not lower the threshold": ("Never reduce the eval threshold",),
    "Do not modify read-only files": ("Do not edit fixed surfaces", "Never change the ground truth"),
    "Do not commit secrets": ("Never commit secrets or credentials", "No hardcoded secrets", "Do not add API keys, tokens or passwords"),
    "Do not add dependencies": ("No new third-party dependencies", "Do not introduce new dependencies"),
}
OTHERS = (
    "Do not delete existing tests unless they are obsolete", "Do not remove error handling", "Do not edit tests", "Keep the threshold in sight",
    "Do not commit secrets to the public repository", "Do not modify the evaluation of expressions", "Stay in scope and be brief", "",
)  # fmt: skip


def judged(guard: str, **changes: Any) -> Check:
    """What the check of guards says of a candidate where factory.md has this guard alone, and a review says that it holds."""
    configuration = facts().configuration.model_copy(update={"guards": (guard,), **changes.pop("configuration", {})})
    said = review(guards=[{"guard": guard, "holds": True, "evidence": "looked"}])
    found: Facts = facts(**{"configuration": configuration, "review": said, **changes})
    return next(check for check in run_gate(found) if check.name == "guards")


def test_every_row_is_known_by_its_own_words_and_by_others() -> None:
    assert [known.says for known in KNOWN] == list(WORDINGS)
    for says, others in WORDINGS.items():
        assert [known.says if (known := known_guard(each)) else each for each in (says, *others)] == [says] * (1 + len(others))


@pytest.mark.parametrize("guard", OTHERS)
def test_what_says_more_or_otherwise_is_for_a_reviewer(guard: str) -> None:
    assert known_guard(guard) is None
    assert asked_of_a_review((guard, "Do not commit secrets")) == (guard,)


EVALUATION = ProjectEvaluation(name="score", command="python bench/score.py", parse="json", weight=1.0)
BROKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "scope": ("Do not modify files outside scope", {"configuration": {"modifiable": ("lib/**",)}}, "src/a.py is outside lib/**"),
    "eval/": ("Do not modify the evaluation", {"changes": (change("eval/score.py"),)}, "eval/score.py changed"),
    "its script": (
        "Do not modify the evaluation", {"configuration": {"project_evaluations": (EVALUATION,)}, "changes": (change("bench/score.py"),)},
        "bench/score.py changed",
    ),
    "fixed": ("Do not modify the evaluation", {"changes": (change("data/truth.json"),)}, "data/truth.json changed"),
    "contract": ("Do not modify factory.md", {"changes": (change("factory.md"),)}, "factory.md changed"),
    "threshold": ("Do not lower the threshold", {"changes": (change("factory.md"),)}, "factory.md changed"),
    "read-only": ("Do not modify read-only files", {"changes": (change("docs/a.md"),)}, "docs/a.md changed"),
    "secrets": (
        "Do not commit secrets", {"seen": Seen(secrets=(Secret("a.py", 3, "a private key", "MII"),))}, f"a.py:3 holds a private key; {IF_REAL}",
    ),
    "dependencies": ("Do not add dependencies", {"seen": Seen(dependencies=("pyproject.toml: requests",))}, "new: pyproject.toml: requests"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_known_guard_is_broken_by_facts_whatever_the_review_says(name: str) -> None:
    guard, changes, said = BROKEN[name]
    found = judged(guard, **changes)
    assert (found.result, found.evidence) == ("fail", (f"does not hold: {guard}: {said}",))
    assert judged(guard).result == "pass"


@pytest.mark.parametrize("gone", [{"gone": ("t",)}, {"skipped": ("t",)}, {"xfailed": ("t",)}])
def test_a_test_that_is_gone_or_skipped_is_for_a_person_to_judge(gone: dict[str, Any]) -> None:
    found = judged("Do not delete existing tests", comparison=assessed(tests=account(**gone)))
    assert found.result == "suspect"
    assert found.evidence[0].startswith("a person has to judge: Do not delete existing tests: t is ")
    moved = judged("Do not delete existing tests", comparison=assessed(tests=account(gone=("t",), renamed=("t -> u",))))
    assert moved.result == "pass"


def test_known_guards_need_no_review_and_what_needs_a_record_waits_for_it() -> None:
    assert judged("Do not commit secrets", review=None).result == "pass"
    assert judged("Do not delete existing tests", review=None, comparison=None).result == "not_yet"


def test_a_no_of_the_review_counts_for_a_known_guard_too() -> None:
    guard = "Do not commit secrets"
    assert judged(guard, review=review(guards=[{"guard": guard, "holds": False, "evidence": "a.py:3"}])).evidence == (f"does not hold: {guard}",)


def test_a_configuration_of_known_guards_alone_asks_nothing_of_a_review() -> None:
    assert asked_of_a_review(Configuration(goal="g", modifiable=("**",), guards=tuple(WORDINGS)).guards) == ()
