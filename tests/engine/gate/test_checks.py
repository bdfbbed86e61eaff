"""The gate: what each check lets through, refuses, waits for and suspects, and that none of them can be missed."""

from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given, settings, strategies

from state.configuration import Configuration, Holdout
from state.holdouts import HeldOut
from state.measurement import Reading, ReadingState
from tests.support.attempts import attempt
from tests.support.gates import GUARD, account, assessed, assessment, change, comparison, constraint, experiment, facts, fix, held_out, review
from tests.support.histories import TREE
from tools.engine.evaluation.assessment import Fall, Row
from tools.engine.gate.checks import CHECKS, described, of_result, run_gate
from tools.engine.gate.checks_of_lines import IF_REAL
from tools.engine.gate.checks_of_tests import HOW_TO_PROVE, HOW_TO_RENAME
from tools.engine.gate.evidence import EVIDENCE_LIMIT
from tools.engine.gate.facts import Arm, Check, Facts, Leak, OwnCheck, Repeat, Seen
from tools.engine.gate.secrets_in_lines import Secret

PROVEN = OwnCheck(test="tests/test_a.py::test_mended", on_base="failed", on_candidate="passed")
PROVES_NOTHING = PROVEN.model_copy(update={"on_base": "passed"})
BROUGHT = PROVEN.model_copy(update={"on_base": "collection_error", "missing": "marker"})
FALL = Fall(name="coverage", tier="hygiene", evidence=("not run by any test: src/a.py: return 1",))
BROKEN = constraint(holds=False, ended="exit code 1 after 0.1 s")
SMOKE_FAILED = Reading(dimension="smoke", state=ReadingState.MEASURED, value=0.0)
SMOKE_MISSING = Reading(dimension="smoke", state=ReadingState.ERROR, reason="no such program")

HOLDING = facts().configuration.model_copy(update={"holdout": Holdout(paths=("hidden/**",), command="python hold.py")})

SECRETIVE = Seen(secrets=(Secret("src/a.py", 3, "a private key", "MIIB"),))
LEAKING = Seen(leaks=(Leak("data/truth.json", values=2, answers=0, rows=0, places=("src/a.py:4",)),))
KNOWING = Seen(leaks=(Leak("eval/cases", values=0, answers=3, rows=0, places=("src/a.py:4",)),))
NOTHING = assessed(lost=("tests", "coverage"), rows=tuple(row.model_copy(update={"candidate": None, "delta": None}) for row in assessment().rows))
ORDERED = facts().hypothesis.model_copy(update={"ordered": True})
REPEATED = Seen(repeats=(Repeat(7, "reverted", "Look first."),))

# Facts that exactly one check objects to, with what it says: without that check they would go through.
BAD: dict[str, tuple[Facts, str, str]] = {
    "measured: lost": (facts(comparison=assessed(lost=("observability",))), "measured", "fail"),
    "measured: lost without a row": (facts(comparison=assessed(lost=("gone",))), "measured", "fail"),
    "comparable": (facts(comparison=comparison(instruments={"tests": ("i", "j")})), "comparable", "fail"),
    "threshold": (facts(comparison=assessed(threshold_ok=False)), "threshold", "fail"),
    "no_hygiene_fall": (facts(comparison=assessed(falls=(FALL,))), "no_hygiene_fall", "fail"),
    "no_hygiene_fall: no words": (facts(comparison=assessed(falls=(FALL.model_copy(update={"evidence": ()}),))), "no_hygiene_fall", "fail"),
    "tests_kept: lost": (facts(comparison=assessed(tests=account(lost=("a",)))), "tests_kept", "fail"),
    "tests_kept: new and failing": (facts(comparison=assessed(tests=account(new=("n",), failed=("n",), new_failing=("n",)))), "tests_kept", "fail"),
    "tests_kept: not readable": (facts(comparison=assessed(tests=account(uncollected=("tests/test_a.py",)))), "tests_kept", "fail"),
    "tests_kept: changed": (facts(comparison=comparison(suspicion=("tests/test_a.py: changed",))), "tests_kept", "suspect"),
    "tests_kept: unexplained": (facts(comparison=assessed(tests=account(unexplained=("s",)))), "tests_kept", "suspect"),
    "tests_kept: skipped": (facts(comparison=assessed(tests=account(skipped=("s",)))), "tests_kept", "suspect"),
    "tests_kept: expected to fail": (facts(comparison=assessed(tests=account(xfailed=("s",)))), "tests_kept", "suspect"),
    "tests_kept: gone": (facts(comparison=assessed(tests=account(gone=("s",)))), "tests_kept", "suspect"),
    "improved_or_proven": (facts(comparison=assessed(progress=False)), "improved_or_proven", "fail"),
    "improved_or_proven: a fix that proves nothing": (
        facts(hypothesis=fix("t"), comparison=comparison(assessment=assessment(progress=False), own_checks=(PROVEN, PROVES_NOTHING))),
        "improved_or_proven", "fail",
    ),
    "improved_or_proven: proven but worse": (
        facts(hypothesis=fix("t"), comparison=comparison(assessment=assessment(progress=False, not_worse=False), own_checks=(PROVEN,))),
        "improved_or_proven", "fail",
    ),
    "improved_or_proven: no fix": (
        facts(comparison=comparison(assessment=assessment(progress=False), own_checks=(PROVEN,))), "improved_or_proven", "fail",
    ),
    "scope": (
        facts(configuration=facts().configuration.model_copy(update={"modifiable": ("src/**",)}), changes=(change("src/a.py"), change("b.py"))),
        "scope", "fail",
    ),
    "protected: read-only": (facts(changes=(change("docs/a.md"),)), "protected", "fail"),
    "protected: factory.md": (facts(changes=(change("factory.md", status="D"),)), "protected", "fail"),
    "protected: the factory's folder": (facts(changes=(change(".factory/agents/builder.md", status="A"),)), "protected", "fail"),
    "protected: a file in its place": (facts(changes=(change(".factory", status="A"),)), "protected", "fail"),
    "protected: evaluations": (facts(changes=(change("eval/score.py"),)), "protected", "fail"),
    "protected: modules": (facts(changes=(change("vendor/.gitmodules"),)), "protected", "fail"),
    "protected: a link": (facts(changes=(change("src/a.py", mode="120000", status="T"),)), "protected", "fail"),
    "protected: a submodule": (facts(changes=(change("src/b", mode="160000", status="A"),)), "protected", "fail"),
    "protected: held out": (facts(configuration=HOLDING, changes=(change("hidden/a.json", status="A"),)), "protected", "fail"),
    "protected: opened by an exception": (
        facts(
            configuration=facts().configuration.model_copy(update={"read_only": ("docs/**", "!factory.md", "!.factory/**", "!eval/**")}),
            changes=(change("factory.md"), change(".factory/x"), change("eval/x.py")),
        ), "protected", "fail",
    ),
    "fixed_surfaces: changed": (facts(changes=(change("data/truth.json"),)), "fixed_surfaces", "fail"),
    "fixed_surfaces: added": (facts(changes=(change("data/more.json", status="A"),)), "fixed_surfaces", "fail"),
    "fixed_surfaces: deleted": (facts(changes=(change("data/deep/truth.json", status="D"),)), "fixed_surfaces", "fail"),
    "leakage: some": (facts(seen=LEAKING), "leakage", "suspect"),
    "leakage: much": (facts(seen=KNOWING), "leakage", "fail"),
    "guards: unanswered": (facts(review=review(guards=[])), "guards", "fail"),
    "guards: broken": (facts(review=review(guards=[{"guard": GUARD, "holds": False}])), "guards", "fail"),
    "guards: answered both ways": (
        facts(review=review(guards=[{"guard": GUARD, "holds": False}, {"guard": GUARD, "holds": True}])), "guards", "fail",
    ),
    "guards: nearly": (facts(review=review(guards=[{"guard": GUARD.lower(), "holds": True}])), "guards", "fail"),
    "hard_constraints: broken": (facts(comparison=comparison(constraints=(BROKEN,))), "hard_constraints", "fail"),
    "hard_constraints: broken at the base too": (
        facts(comparison=comparison(constraints=(BROKEN.model_copy(update={"on_base": False}),))), "hard_constraints", "fail",
    ),
    "hard_constraints: did not run": (facts(comparison=comparison(constraints=())), "hard_constraints", "fail"),
    "hard_constraints: another one": (facts(comparison=comparison(constraints=(constraint(name="other"),))), "hard_constraints", "fail"),
    "smoke_test: failed": (facts(comparison=comparison(smoke=SMOKE_FAILED)), "smoke_test", "fail"),
    "smoke_test: not measured": (facts(comparison=comparison(smoke=SMOKE_MISSING)), "smoke_test", "fail"),
    "smoke_test: did not run": (facts(comparison=comparison(smoke=None)), "smoke_test", "fail"),
    "holdout: fell": (facts(configuration=HOLDING, held_out=held_out(0.9, 0.8)), "holdout", "suspect"),
    "holdout: no number": (facts(configuration=HOLDING, held_out=held_out(0.9, None)), "holdout", "suspect"),
    "secrets": (facts(seen=SECRETIVE), "secrets", "fail"),
    "reviewed: fail": (facts(review=review(decision="fail")), "reviewed", "fail"),
    "reviewed: changes": (facts(review=review(decision="changes")), "reviewed", "fail"),
    "not_a_repeat": (facts(seen=REPEATED), "not_a_repeat", "fail"),
    "not_a_repeat: stated to differ": (
        facts(seen=REPEATED, hypothesis=facts().hypothesis.model_copy(update={"differs": "All of it."})), "not_a_repeat", "fail",
    ),
    "not_a_repeat: the person asked": (
        facts(seen=REPEATED, hypothesis=ORDERED), "not_a_repeat", "suspect",
    ),
    "ratchet: not run": (facts(mode="research"), "ratchet", "not_yet"),
    "ratchet: not told": (facts(mode="research", attempt=attempt()), "ratchet", "not_yet"),
    "ratchet: better, and its noise is gone": (facts(mode="research", attempt=attempt("better"), quiet=1.0), "ratchet", "suspect"),
    "ratchet: cannot tell": (facts(mode="research", attempt=attempt("cannot_tell")), "ratchet", "fail"),
    "ratchet: the candidate lost its runs": (facts(mode="research", attempt=attempt("error")), "ratchet", "fail"),
    "best_of_arms": (facts(better=(Arm(2, "H1.2", "measured", 0.05, 0.85),)), "best_of_arms", "fail"),
    "up_to_date: moved": (facts(target_moved=True), "up_to_date", "not_yet"),
    "up_to_date: conflicts": (facts(experiment=experiment(merging="4" * 40)), "up_to_date", "fail"),
}  # fmt: skip


def results(found: Facts) -> dict[str, str]:
    return {check.name: check.result for check in run_gate(found)}


def only(name: str, found: Facts) -> Check:
    (check,) = (check for check in run_gate(found) if check.name == name)
    return check


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (None, "keep measures it, when no other check fails"),
        (held_out(0.8, 0.8), "0.8000 on what is held out, 0.8000 at the base"),
        (held_out(None, 0.7), "0.7000 on what is held out, error at the base"),
    ],
)
def test_what_is_held_out_passes_unless_it_fell(found: HeldOut | None, words: str) -> None:
    assert only("holdout", facts(configuration=HOLDING, held_out=found)) == Check("holdout", "pass", (words,))


def test_in_research_only_a_metric_that_rose_is_kept_and_the_composite_need_not_rise() -> None:
    equal = assessed(progress=False)
    raised = facts(mode="research", attempt=attempt("better"), comparison=equal)
    assert set(results(raised).values()) == {"pass"}
    assert only("ratchet", raised).evidence == ("better, +0.05 over 12 pairs (p 0.0005, limit 0.0006): as its runs say",)
    assert only("improved_or_proven", facts(comparison=equal)).result == "fail"
    assert only("ratchet", facts(mode="improve")).evidence == ("no metric is raised in mode improve",)


def test_a_renamed_test_is_not_gone() -> None:
    renamed = account(gone=("a::one", "a::two"), renamed=("a::one -> b::one", "a::two -> b::two"), new=("b::one", "b::two"))
    assert only("tests_kept", facts(comparison=assessed(tests=renamed))) == Check("tests_kept", "pass")


def test_new_tests_that_pass_on_the_base_too_are_shown_and_refuse_nothing() -> None:
    found = only("tests_kept", facts(comparison=assessed(tests=account(new=("n",), characterising=("n", "m"), undeclared=("n",)))))
    assert found == Check("tests_kept", "pass", ("n passes on the base too, which the hypothesis does not announce: it proves nothing",))


def test_a_lost_test_that_passes_at_times_is_called_flaky() -> None:
    found = only("tests_kept", facts(comparison=assessed(tests=account(lost=("a",), flaky=("a",)))))
    assert found == Check("tests_kept", "fail", ("a passes on the base and does not pass here in every run: it is flaky",))


def test_a_lost_test_that_misses_a_name_is_told_whose_tests_ran_and_what_a_rename_needs() -> None:
    lost = assessed(tests=account(lost=("a",))).model_copy(update={"output": "ImportError: cannot import name 'slug' from 'core'"})
    assert only("tests_kept", facts(comparison=lost)).evidence == ("a passes on the base and does not pass here", HOW_TO_RENAME)


def test_what_the_reviewers_word_alone_stands_for_is_said() -> None:
    found = only("guards", facts(review=review(guards=[{"guard": GUARD, "holds": True, "evidence": "src/a.py:3"}])))
    assert (found.result, found.evidence) == ("pass", (f"on the reviewer's word: {GUARD}: src/a.py:3",))


def test_files_that_the_hypothesis_does_not_name_are_said() -> None:
    idea = facts().hypothesis.model_copy(update={"files": ("docs/*.md",)})
    assert only("scope", facts(hypothesis=idea)).evidence == ("not among the files of the hypothesis: src/a.py",)
    assert only("scope", facts(hypothesis=idea.model_copy(update={"files": ("src/",)}))).evidence == ()


def test_a_secret_is_named_by_its_place_and_kind_alone() -> None:
    assert only("secrets", facts(seen=SECRETIVE)).evidence == ("src/a.py:3 holds a private key", IF_REAL)
    unread = only("secrets", facts(seen=Seen(unread=("logo.png",))))
    assert (unread.result, unread.evidence) == ("pass", ("not looked at, as it holds no text: logo.png",))


@pytest.mark.parametrize(
    ("counts", "result", "said"),
    [((1, 0, 0), "pass", "low: 1 rare value"), ((2, 0, 0), "suspect", "medium: 2 rare values"), ((0, 0, 1), "suspect", "medium: 1 line"),
     ((0, 1, 0), "suspect", "medium: 1 answer"), ((2, 2, 0), "fail", "high: 2 rare values, 2 answers")],
)  # fmt: skip
def test_what_a_change_knows_is_a_note_a_suspicion_or_too_much(counts: tuple[int, int, int], result: str, said: str) -> None:
    values, answers, rows = counts
    found = only("leakage", facts(seen=Seen(leaks=(Leak("data/truth.json", values, answers, rows, ("src/a.py:4", "src/b.py:1")),))))
    assert (found.result, found.evidence) == (result, (f"{said} of data/truth.json at src/a.py:4, src/b.py:1",))


def test_a_line_that_names_a_hidden_file_is_a_persons_to_judge() -> None:
    found = only("leakage", facts(seen=Seen(named=("src/a.py:4",))))
    assert (found.result, found.evidence) == ("suspect", ("names a file that is withheld or held out at src/a.py:4",))


def test_a_repeat_names_the_experiment_and_its_lesson() -> None:
    assert only("not_a_repeat", facts(seen=REPEATED)).evidence == ("experiment 7, reverted, did the same; its lesson: Look first.",)


def test_a_good_candidate_passes_every_check() -> None:
    assert set(results(facts()).values()) == {"pass"}


def test_every_check_says_what_it_asks_from_which_facts_and_every_result_that_it_gives_and_no_other() -> None:
    said = {each.name: each for each in described()}
    assert list(said) == [check.__name__ for check in CHECKS]
    assert all(each.asks.endswith((".", ":")) and each.facts for each in said.values())
    given: dict[str, set[str]] = {name: set() for name in said}
    gone = facts().configuration.model_copy(update={"guards": ("Do not delete existing tests",)})
    to_judge = facts(configuration=gone, comparison=assessed(tests=account(gone=("s",)), progress=False), hypothesis=ORDERED)
    for found in (*(bad for bad, _, _ in BAD.values()), facts(), facts(comparison=None), facts(review=None), to_judge):
        for name, result in results(found).items():
            given[name].add(result)
    assert given == {name: set(each.results) for name, each in said.items()}


def test_every_check_has_a_candidate_that_only_it_stops() -> None:
    assert [name.split(":")[0] for name in dict.fromkeys(stopped for _, stopped, _ in BAD.values())] == [check.__name__ for check in CHECKS]


@pytest.mark.parametrize("name", BAD)
def test_without_its_check_a_bad_candidate_would_go_through(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, stopped_by, result = BAD[name]
    assert {check: said for check, said in results(found).items() if said != "pass"} == {stopped_by: result}
    monkeypatch.setattr("tools.engine.gate.checks.CHECKS", tuple(check for check in CHECKS if check.__name__ != stopped_by))
    assert set(results(found).values()) == {"pass"}


def test_the_checks_say_their_names_in_the_order_of_the_contract() -> None:
    assert list(results(facts())) == [
        "measured", "comparable", "threshold", "no_hygiene_fall", "tests_kept", "improved_or_proven", "scope", "protected", "fixed_surfaces",
        "leakage", "guards", "hard_constraints", "smoke_test", "holdout", "secrets", "reviewed", "not_a_repeat", "ratchet",
        "best_of_arms", "up_to_date",
    ]  # fmt: skip


def test_what_needs_a_record_is_not_yet_without_one() -> None:
    found = results(facts(comparison=None))
    waiting = {"measured", "comparable", "threshold", "no_hygiene_fall", "tests_kept", "improved_or_proven", "hard_constraints", "smoke_test"}
    assert {name for name, result in found.items() if result == "not_yet"} == waiting
    assert {name for name, result in found.items() if result == "pass"} == set(found) - waiting


def test_what_was_not_measured_here_passes_nothing_that_asks_for_it() -> None:
    without_tests = results(facts(comparison=assessed(lost=("tests",))))
    assert {name: said for name, said in without_tests.items() if said != "pass"} == {
        "measured": "fail", "no_hygiene_fall": "not_yet", "tests_kept": "not_yet",
    }  # fmt: skip
    assert only("improved_or_proven", facts(comparison=NOTHING)).result == "not_yet"
    fell = facts(comparison=assessed(lost=("tests",), falls=(FALL,)))
    assert only("no_hygiene_fall", fell).evidence == ("coverage: not run by any test: src/a.py: return 1", "tests: not measured here")


def test_what_needs_a_review_is_not_yet_without_one() -> None:
    assert {name for name, result in results(facts(review=None)).items() if result == "not_yet"} == {"guards", "reviewed"}


def test_a_project_without_a_smoke_test_needs_none() -> None:
    without = facts().configuration.model_copy(update={"smoke_test": None})
    assert set(results(facts(configuration=without, comparison=comparison(smoke=None))).values()) == {"pass"}


def test_a_project_without_hard_constraints_or_fixed_surfaces_needs_none() -> None:
    without = facts().configuration.model_copy(update={"hard_constraints": (), "fixed_surfaces": ()})
    found = facts(configuration=without, comparison=comparison(constraints=()), changes=(change("data/a.json"),))
    assert set(results(found).values()) == {"pass"}
    assert only("hard_constraints", facts(configuration=without, comparison=None)).result == "pass"


def test_hard_constraints_are_told_name_by_name() -> None:
    assert only("hard_constraints", facts()).evidence == ("no_print holds",)
    broken = only("hard_constraints", facts(comparison=comparison(constraints=(BROKEN,))))
    assert broken.evidence == ("no_print: exit code 1 after 0.1 s",)
    before = only("hard_constraints", facts(comparison=comparison(constraints=(BROKEN.model_copy(update={"on_base": False}),))))
    assert before.evidence == ("no_print: exit code 1 after 0.1 s; it does not hold at the base either",)


@pytest.mark.parametrize(
    ("pattern", "path", "stops"), [("data/", "data/a/b.txt", True), ("/data.json", "a/data.json", False), ("*.key", "a/x.key", True)]
)
def test_fixed_surfaces_are_patterns_as_git_reads_them(pattern: str, path: str, stops: bool) -> None:
    fixed = facts().configuration.model_copy(update={"fixed_surfaces": (pattern,)})
    found = only("fixed_surfaces", facts(configuration=fixed, changes=(change(path),)))
    assert (found.result == "fail") is stops
    if stops:
        assert found.evidence == (f"{path} is fixed ({pattern})",)


def test_a_file_that_is_read_only_stays_so_where_it_may_be_changed_as_well() -> None:
    both = facts().configuration.model_copy(update={"modifiable": ("src/**",), "read_only": ("src/generated/**",)})
    found = results(facts(configuration=both, changes=(change("src/generated/a.py"),)))
    assert (found["scope"], found["protected"]) == ("pass", "fail")


def test_a_fix_is_proven_by_tests_that_fail_on_the_base_and_pass_here() -> None:
    level = assessment(progress=False, delta=0.0)
    found = only("improved_or_proven", facts(hypothesis=fix("t"), comparison=comparison(assessment=level, own_checks=(PROVEN,))))
    assert found.result == "pass"
    assert found.evidence[1] == "proven by tests/test_a.py::test_mended: it failed before and passes now"
    none = only("improved_or_proven", facts(hypothesis=fix(), comparison=comparison(assessment=level)))
    assert (none.result, none.evidence) == ("fail", ("delta +0.0000, tolerance 0.0000: no gain",))


def test_a_promised_test_that_cannot_be_run_by_itself_is_said_and_one_that_is_not_there_fails() -> None:
    not_run = OwnCheck(test="tests/test_a.py::test_mended", on_base="", on_candidate="", by_itself=False)
    passed = only("improved_or_proven", facts(comparison=comparison(own_checks=(not_run,))))
    assert passed.result == "pass"
    assert "own check tests/test_a.py::test_mended: cannot be run by itself here: factory.md names no test runner" in passed.evidence
    missing = comparison(own_checks=(not_run.model_copy(update={"by_itself": True}),))
    assert only("improved_or_proven", facts(comparison=missing)).result == "fail"
    level = comparison(assessment=assessment(progress=False, delta=0.0), own_checks=(not_run,))
    assert only("improved_or_proven", facts(hypothesis=fix("t"), comparison=level)).result == "fail"


def test_what_neither_side_was_measured_by_is_said_with_its_reason() -> None:
    states: dict[str, Any] = {"base_state": ReadingState.ERROR, "candidate_state": ReadingState.ERROR}
    row = Row(name="eval_command", tier="project", weight=1.0, base=None, candidate=None, delta=None, reason="command not found: score", **states)
    found = only("improved_or_proven", facts(comparison=comparison(assessment=assessment(rows=(row,), progress=False, delta=0.0))))
    assert "not measured: eval_command: command not found: score" in found.evidence[0]


@pytest.mark.parametrize(
    ("on_base", "on_candidate", "proves"),
    [("failed", "passed", True), ("error", "passed", True), ("", "passed", False), ("passed", "passed", False), ("skipped", "passed", False),
     ("collection_error", "passed", False), ("failed", "failed", False), ("failed", "", False), ("failed", "skipped", False)],
)  # fmt: skip
def test_an_own_check_proves_only_by_the_change_from_not_passing_to_passing(on_base: str, on_candidate: str, proves: bool) -> None:
    assert OwnCheck(test="t", on_base=on_base, on_candidate=on_candidate).proves is proves


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (PROVEN.model_copy(update={"on_base": ""}), "base absent, candidate passed"),
        (PROVEN.model_copy(update={"missing": "marker"}), "base absent (marker is not there), candidate passed"),
    ],
)
def test_a_test_of_what_the_base_does_not_have_proves_no_fix_and_the_gate_says_how_to_write_one(check: OwnCheck, said: str) -> None:
    level = assessment(progress=False, delta=0.0)
    found = only("improved_or_proven", facts(hypothesis=fix("t"), comparison=comparison(assessment=level, own_checks=(check, PROVEN))))
    assert found.result == "fail"
    assert said in found.evidence[1]
    assert found.evidence[-1] == HOW_TO_PROVE
    feature = facts(hypothesis=fix("t").model_copy(update={"category": "explore"}), comparison=comparison(own_checks=(check,)))
    assert only("improved_or_proven", feature).result == "pass"


@pytest.mark.parametrize(
    ("category", "checks", "result"),
    [
        ("explore", (PROVEN,), "pass"), ("fix", (PROVEN,), "pass"), ("explore", (BROUGHT,), "pass"), ("explore", (PROVEN, BROUGHT), "pass"),
        ("fix", (BROUGHT,), "suspect"), ("explore", (), "suspect"), ("explore", (PROVEN, PROVES_NOTHING), "suspect"),
        ("explore", (PROVEN.model_copy(update={"on_base": ""}),), "suspect"),
        ("explore", (PROVEN.model_copy(update={"on_candidate": "failed"}),), "fail"),
    ],
)  # fmt: skip
def test_what_a_person_asked_for_passes_by_its_tests_and_is_held_for_them_without(
    category: Literal["fix", "explore"], checks: tuple[OwnCheck, ...], result: str
) -> None:
    asked = fix("t").model_copy(update={"category": category, "ordered": True})
    level = assessment(progress=False, delta=0.0)
    found = only("improved_or_proven", facts(hypothesis=asked, comparison=comparison(assessment=level, own_checks=checks)))
    assert found.result == result
    assert ("they have to look" in " ".join(found.evidence)) is (result == "suspect")
    worse = level.model_copy(update={"not_worse": False})
    assert only("improved_or_proven", facts(hypothesis=asked, comparison=comparison(assessment=worse, own_checks=checks))).result == "fail"


def test_a_phase_of_a_plan_passes_by_tests_that_could_not_run_before_it() -> None:
    phase = fix("t").model_copy(update={"category": "explore", "ordered": True, "kind": "phase"})
    level, absent = assessment(progress=False, delta=0.0), PROVEN.model_copy(update={"on_base": ""})
    assert only("improved_or_proven", facts(hypothesis=phase, comparison=comparison(assessment=level, own_checks=(absent,)))).result == "pass"
    there = comparison(assessment=level, own_checks=(absent, PROVES_NOTHING))
    assert only("improved_or_proven", facts(hypothesis=phase, comparison=there)).result == "suspect"


def test_a_composite_below_the_threshold_is_named_as_allowed_where_the_base_was_below_it_too() -> None:
    found = only("threshold", facts(comparison=assessed(threshold=0.9)))
    assert (found.result, found.evidence) == (
        "pass", ("composite at least 0.820, threshold 0.900, base 0.800: below the threshold, as the base was: allowed",),
    )  # fmt: skip
    assert "allowed" not in only("threshold", facts()).evidence[0]


@pytest.mark.parametrize(
    ("path", "stops"), [("eval", False), ("src/eval/a.py", False), ("docs/factory.md", True), ("src/factory.md", False), (".factory2/a", False)]
)
def test_protection_is_of_the_top_level_only(path: str, stops: bool) -> None:
    assert (only("protected", facts(changes=(change(path),))).result == "fail") is stops


def test_a_path_is_named_in_one_line_and_without_direction_marks() -> None:
    found = only("protected", facts(changes=(change("docs/a\nb\u202ec\x1b[31m.md"),)))
    assert found.evidence == ("docs/a bc.md is protected",)


def test_an_accepted_suspicion_passes_for_this_tree_only() -> None:
    suspect = facts(comparison=comparison(suspicion=("tests/test_a.py: changed",)))
    accepted = only("tests_kept", replace(suspect, experiment=experiment(approved_tree=TREE)))
    assert (accepted.result, accepted.evidence) == ("pass", ("tests/test_a.py: changed", "accepted by a person"))
    assert only("tests_kept", replace(suspect, experiment=experiment(approved_tree="8" * 40))).result == "suspect"


@pytest.mark.parametrize("name", [name for name, (_, _, result) in BAD.items() if result != "suspect"])
def test_a_person_cannot_accept_what_fails(name: str) -> None:
    found, stopped_by, result = BAD[name]
    accepted = replace(found, experiment=found.experiment.model_copy(update={"approved_tree": TREE}))
    assert only(stopped_by, accepted).result == result


def test_a_suspicion_does_not_hide_a_lost_test() -> None:
    found = facts(
        comparison=comparison(suspicion=("changed",), assessment=assessment(tests=account(lost=("a",)))), experiment=experiment(approved_tree=TREE)
    )
    assert only("tests_kept", found).result == "fail"


@pytest.mark.parametrize(("count", "lines"), [(EVIDENCE_LIMIT, EVIDENCE_LIMIT), (EVIDENCE_LIMIT + 1, EVIDENCE_LIMIT + 1), (500, EVIDENCE_LIMIT + 1)])
def test_evidence_is_cut_at_twelve_lines(count: int, lines: int) -> None:
    assert EVIDENCE_LIMIT == 12
    found = only("protected", facts(changes=tuple(change(f"docs/{number}.md") for number in range(count))))
    assert len(found.evidence) == lines
    assert found.evidence[0] == "docs/0.md is protected"
    if count > EVIDENCE_LIMIT:
        assert found.evidence[-1] == f"and {count - EVIDENCE_LIMIT} more"


def test_checks_are_found_by_their_result() -> None:
    checks = run_gate(facts(target_moved=True, review=None))
    assert [check.name for check in of_result(checks, "not_yet")] == ["guards", "reviewed", "up_to_date"]
    assert of_result(checks, "suspect") == []


WORDS = strategies.sampled_from(["", "tests", "coverage", "a\nb", "\udc80", "docs/x", "factory.md", "../x", "x" * 300])
TUPLES = strategies.lists(WORDS, max_size=15).map(tuple)
NUMBERS = strategies.floats(-2, 2)


@strategies.composite
def any_facts(draw: strategies.DrawFn) -> Facts:
    """Facts of every kind, also such as nobody would expect together."""
    falls = draw(
        strategies.lists(
            strategies.builds(
                Fall, name=strategies.just("lint"), tier=strategies.sampled_from(["hygiene", "growth"]), evidence=strategies.just(("x",))
            ),
            max_size=3,
        )
    )
    tests = account(lost=draw(TUPLES), new=draw(TUPLES), failed=draw(TUPLES), unexplained=draw(TUPLES), new_failing=draw(TUPLES))
    flags: dict[str, Any] = {name: draw(strategies.booleans()) for name in ("progress", "not_worse", "threshold_ok")}
    own = draw(
        strategies.lists(
            strategies.builds(
                OwnCheck, test=strategies.just("t"), on_base=strategies.just("failed"), on_candidate=strategies.sampled_from(["passed", ""])
            ),
            max_size=3,
        )
    )
    compared = comparison(
        assessment=assessment(lost=draw(TUPLES), falls=tuple(falls), tests=tests, delta=draw(NUMBERS), floor_candidate=draw(NUMBERS), **flags),
        own_checks=tuple(own), suspicion=draw(TUPLES), smoke=draw(strategies.sampled_from([None, SMOKE_FAILED, SMOKE_MISSING])),
        instruments=draw(strategies.dictionaries(WORDS, strategies.tuples(WORDS, WORDS), max_size=3)),
    )  # fmt: skip
    guards = [{"guard": guard, "holds": draw(strategies.booleans())} for guard in draw(TUPLES)]
    return Facts(
        experiment=experiment(approved_tree=draw(strategies.sampled_from([None, TREE, ""])), merging=draw(strategies.sampled_from([None, "4" * 40]))),
        hypothesis=draw(strategies.sampled_from([fix(), fix("t"), facts().hypothesis])),
        tree=draw(strategies.sampled_from([TREE, ""])),
        configuration=Configuration(goal="g", modifiable=draw(strategies.sampled_from([("**",), ("src/**", "!src/a/**")])), guards=(GUARD,)),
        comparison=draw(strategies.sampled_from([None, compared])), review=draw(strategies.sampled_from([None, review(guards=guards)])),
        changes=tuple(change(path, draw(strategies.sampled_from(["100644", "120000", "000000"]))) for path in draw(TUPLES)),
        target="main", target_moved=draw(strategies.booleans()), seen=draw(strategies.sampled_from([Seen(), LEAKING, REPEATED, SECRETIVE])),
    )  # fmt: skip


@given(found=any_facts())
@settings(max_examples=150, deadline=None)
def test_the_gate_answers_whatever_the_facts(found: Facts) -> None:
    checks = run_gate(found)
    assert [check.name for check in checks] == [check.__name__ for check in CHECKS]
    assert all(len(check.evidence) <= EVIDENCE_LIMIT + 2 for check in checks)
    assert all(check.evidence for check in checks if check.result in ("fail", "suspect")), "who says no says why"
