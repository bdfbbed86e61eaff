"""Strategies for configurations: every section with values of its own, and texts that Markdown would take for something else."""

from typing import Any, Final

from hypothesis import strategies as st

from state.configuration import (
    CleanPullRequest,
    Configuration,
    CostBudget,
    EvalWeights,
    GrowthWeights,
    HardConstraint,
    Holdout,
    HygieneWeights,
    HypothesisBudget,
    InnerLoop,
    OuterLoop,
    ProjectEvaluation,
    ResearchTarget,
    Setup,
)
from state.measurement import TIER_WEIGHTS
from state.patterns import problems_of

_MARKS = [
    "- ", "#", "# ", "`", "``", "<!--", "-->", "```", "> ", "1. ", "* ", "_", '"', "'", ": ", "a", "B c", "é", " ", "\t", "|", "[x]: y", "---", "\\",
    "<b>", "!", "\xa0", ", ", "[", "]", "$5",
]  # fmt: skip
_PATTERNS = [
    "src/**", "*.py", "my dir/**", "**/*.md", "/Makefile", "!src/x", "`a`", "a`b", "``", '"a"', "'x'", "<x>", "<!--", "-x", "1. x", "- a", "+", "_a_",
    "___", "***", "a: b", "é/*", "[ab]", "|", "--", "-->", r"\#x", ">x", "...", "!", "(x)", "a,b", "a, b", ",", '"a","b"', "'a", '"a" b', "[ab],[cd]",
    "a\u2003b",
]  # fmt: skip
_VISIBLE = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"])
_TAKEN = {name for tier in TIER_WEIGHTS.values() for name in tier}

LINES = (st.lists(st.sampled_from(_MARKS), max_size=8).map("".join) | st.text(_VISIBLE, max_size=20)).map(lambda text: text if text.strip() else "x")
COMMANDS = LINES.map(lambda text: "x" + text if text.strip().startswith("#") else text)
SCRIPTS = COMMANDS | st.lists(LINES | st.just(""), max_size=3).map(lambda lines: "\n".join([*lines, "make it"]))
PATTERNS = st.sampled_from([pattern for pattern in _PATTERNS if problems_of(pattern) is None])
PATTERN_LISTS = st.lists(PATTERNS, max_size=4).filter(lambda found: not found or not found[0].startswith("!")).map(tuple)
NAMES = st.from_regex(r"[a-z][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(lambda name: name.lower() not in _TAKEN)
SENTENCES = st.lists(LINES, max_size=3).map(tuple)

_SHARES = st.floats(min_value=1e-6, max_value=1e6)
_SECONDS = st.floats(min_value=0.001, max_value=604800)
_COUNTS = st.integers(0, 10_000)
_POSITIVE = st.integers(1, 10_000)
_AMOUNTS = st.floats(min_value=0.01, max_value=100)
_EXPRESSIONS = st.sampled_from([r"score: ([0-9.]+)", "`(x)`", '"(x)"', " (x)", "(a), (b)"])
_FILES = st.sampled_from(["out.json", "results/output.json", "a b.txt", "`x`", ".hidden", "...", "a,b", "-x", '"a"', "é"])
_OBJECTIVES = {"maximise": ["maximize it", "Raise: the rate"], "minimise": ["minimise it", "lower"], None: ["Accuracy", "1", "make it faster"]}


@st.composite
def _scored(draw: st.DrawFn) -> dict[str, Any]:
    parse = draw(st.sampled_from(["json", "regex", "exit_code"]))
    return {"parse": parse, "pattern": draw(_EXPRESSIONS) if parse == "regex" else None, "timeout": draw(_SECONDS)}


@st.composite
def _compared(draw: st.DrawFn) -> dict[str, Any]:
    compare = draw(st.sampled_from([None, "exact", "text", "json", "number"]))
    return {"cases": draw(_FILES), "compare": compare, "case_timeout": draw(st.none() | _SECONDS), "timeout": draw(_SECONDS)}


@st.composite
def evaluations(draw: st.DrawFn) -> ProjectEvaluation:
    facts = {"name": draw(NAMES), "command": draw(COMMANDS), "weight": draw(_SHARES), "description": draw(st.just("") | LINES)}
    facts["runs"] = draw(st.none() | st.integers(1, 100))
    return ProjectEvaluation.model_validate(facts | draw(_scored() | _compared()))


@st.composite
def holdouts(draw: st.DrawFn) -> Holdout:
    return Holdout.model_validate({"paths": draw(PATTERN_LISTS.filter(bool)), "command": draw(SCRIPTS)} | draw(_scored()))


@st.composite
def research_targets(draw: st.DrawFn) -> ResearchTarget:
    parser = draw(st.sampled_from(["json", "regex", "exit_code"]))
    told = draw(st.sampled_from(list(_OBJECTIVES)))
    path = _FILES if parser == "json" else st.none() | _FILES
    facts = {
        "objective": draw(st.sampled_from(_OBJECTIVES[told])),
        "direction": told or draw(st.sampled_from(["maximise", "minimise"])),
        "result_parser": parser,
        "metric": draw(_EXPRESSIONS if parser == "regex" else st.sampled_from(["resolved/total", "a.b", "pass rate", "x", "`a`/b.c", "$"])),
        "target": draw(st.floats(min_value=-1e9, max_value=1e9)) + 0.0,
        "run_command": draw(SCRIPTS),
        "result_path": draw(path),
        "instances": draw(st.sampled_from([None, "results", "all.of it"])) if parser == "json" else None,
        "cost": draw(st.sampled_from([None, "cost_usd", "`a`.b"])) if parser == "json" else None,
        "price": draw(st.none() | _AMOUNTS),
        "timeout": draw(_SECONDS),
    }
    return ResearchTarget.model_validate(facts)


@st.composite
def inner_loops(draw: st.DrawFn) -> InnerLoop:
    runs = draw(_POSITIVE)
    return InnerLoop(
        runs_per_cycle=runs,
        aggregate=draw(st.sampled_from(["mean", "median", "max", "all_pass"])),
        plateau_threshold=draw(_POSITIVE),
        max_inner_runs_per_cycle=draw(st.none() | st.integers(runs, 10_000)),
        attempts=draw(st.none() | _POSITIVE),
        policy=draw(st.sampled_from([None, "any"])),
        min_effect=draw(st.none() | st.floats(min_value=0, max_value=10)),
        confirm_runs=draw(st.none() | st.integers(2, 100)),
    )


@st.composite
def cost_budgets(draw: st.DrawFn) -> CostBudget:
    cycle, more = draw(_AMOUNTS), draw(_AMOUNTS)
    limits = draw(st.sampled_from([(cycle, None), (None, more), (cycle, cycle + more), (None, None)]))
    runs, seconds = draw(st.none() | _POSITIVE), draw(st.none() | _SECONDS)
    if limits == (None, None) and not runs and not seconds:
        runs = 1
    return CostBudget(
        max_per_cycle=limits[0], max_total=limits[1], max_runs_per_cycle=runs, max_runs_total=runs, max_time_per_cycle=seconds, max_time_total=seconds
    )


def _weights(tier: Any) -> st.SearchStrategy[dict[str, float]]:
    return st.dictionaries(st.sampled_from(list(TIER_WEIGHTS[tier])), st.just(0.0) | _SHARES, min_size=1).filter(lambda own: any(own.values()))


OUTER_LOOPS = st.builds(OuterLoop, max_outer_cycles=st.none() | _POSITIVE, inner=PATTERN_LISTS, outer=PATTERN_LISTS.filter(bool)) | st.builds(
    OuterLoop, inner=PATTERN_LISTS.filter(bool)
)
SETUPS = st.builds(
    Setup,
    command=st.none() | SCRIPTS,
    env=st.lists(st.sampled_from(["API_KEY", "GH_TOKEN", "_X", "A1"]), unique=True).map(tuple),
    network=st.booleans(),
    link=PATTERN_LISTS,
    parallel=st.booleans(),
    timeout=_SECONDS,
)
CLEAN_PULL_REQUESTS = st.builds(
    CleanPullRequest, clean_pr=st.booleans(), clean_pr_include=PATTERN_LISTS, clean_pr_exclude=PATTERN_LISTS,
    land_by=st.none() | st.just("pull_request"),
)  # fmt: skip
HARD_CONSTRAINTS = st.builds(HardConstraint, name=NAMES, check=COMMANDS, description=st.just("") | LINES, timeout=_SECONDS)


def _named_differently(items: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=2, unique_by=lambda item: item.name.lower()).map(tuple)


# By field: what it holds where its section is there.
_FIXED = st.lists(st.sampled_from(["gold/**", "my data/*", "!gold/a", "withheld:x"]), max_size=3).filter(lambda fixed: fixed[:1] != ["!gold/a"])
SECTIONS: Final[dict[str, st.SearchStrategy[Any]]] = {
    "read_only": PATTERN_LISTS,
    "eval_command": SCRIPTS,
    "threshold": st.floats(min_value=0, max_value=1),
    "target_branch": st.sampled_from(["main", "factory/dev", "a`b", '"a"', "1.x", "_x_"]),
    "smoke_test": SCRIPTS,
    "constraints": SENTENCES,
    "project_evaluations": _named_differently(evaluations()),
    "eval_weights": st.builds(EvalWeights, hygiene=_SHARES, growth=_SHARES, project=_SHARES),
    "hygiene_weights": _weights("hygiene").map(HygieneWeights.model_validate),
    "growth_weights": _weights("growth").map(GrowthWeights.model_validate),
    "hard_constraints": _named_differently(HARD_CONSTRAINTS),
    "eval_spec": SENTENCES,
    "holdout": holdouts(),
    "setup": SETUPS,
    "hypothesis_budget": st.builds(HypothesisBudget, min_growth=_COUNTS, max_new=_COUNTS),
    "clean_pr": CLEAN_PULL_REQUESTS,
    "research_target": research_targets(),
    "mutable_surfaces": PATTERN_LISTS,
    "outer_loop": OUTER_LOOPS,
    "fixed_surfaces": _FIXED,
    "research_constraints": SENTENCES,
    "inner_loop": inner_loops(),
    "cost_budget": cost_budgets(),
}


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    """What must be there, and a few of the other sections: all of them at once would be too much to find a fault in."""
    facts = {"goal": draw(LINES), "modifiable": draw(PATTERN_LISTS.filter(bool)), "guards": draw(SENTENCES.filter(bool))}
    for name in draw(st.lists(st.sampled_from(list(SECTIONS)), max_size=4, unique=True)):
        facts[name] = draw(SECTIONS[name])
    withheld = draw(st.sets(st.sampled_from(["gold/**", "withheld:x"])))
    facts["withheld_surfaces"] = [pattern for pattern in facts.get("fixed_surfaces", ()) if pattern in withheld]
    return Configuration.model_validate(facts)
