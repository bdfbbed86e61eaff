"""One configuration in which every section of factory.md says something, each value unlike every other."""

from typing import Final

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

WHOLE: Final = Configuration(
    goal="Turn text into slugs.",
    modifiable=("src/**", "tests/**"),
    read_only=("vendor/**",),
    guards=("Keep the tests",),
    eval_command="make check-all",
    threshold=0.71,
    target_branch="factory/dev",
    smoke_test="python -m slug --version",
    constraints=("No new dependencies",),
    project_evaluations=(
        ProjectEvaluation(
            name="speed", command="python speed.py", parse="regex", pattern="score: ([0-9.]+)", weight=3, timeout=41, runs=17,
            description="Words a second",
        ),
        ProjectEvaluation(name="answers", command="python answer.py", cases="gold", compare="number", case_timeout=46, timeout=47),
    ),
    eval_weights=EvalWeights(hygiene=0.33, growth=0.22, project=0.45),
    hygiene_weights=HygieneWeights(tests=0.61, lint=0),
    growth_weights=GrowthWeights(observability=0.52),
    hard_constraints=(HardConstraint(name="no_print", check="! grep -rn print src", description="Library code is silent", timeout=42),),
    eval_spec=("Reads well",),
    holdout=Holdout(paths=("secret/**",), command="python hold.py", parse="exit_code", timeout=43),
    setup=Setup(command="pip install -e .", env=("API_KEY", "HF_TOKEN"), network=True, link=("data/**",), parallel=True, timeout=44),
    hypothesis_budget=HypothesisBudget(min_growth=1, max_new=3),
    clean_pr=CleanPullRequest(clean_pr=True, clean_pr_include=("src/slug/**",), clean_pr_exclude=("src/slug/debug.py",), land_by="pull_request"),
    research_target=ResearchTarget(
        objective="Maximise what is resolved", direction="maximise", metric="resolved/total", target=0.35, run_command="python run.py",
        result_path="out/result.json", instances="tried", cost="spent.dollars", price=0.75, timeout=45,
    ),
    mutable_surfaces=("prompts/*.md",),
    outer_loop=OuterLoop(max_outer_cycles=6, inner=("prompts/inner.md",), outer=("agents/*.py",)),
    fixed_surfaces=("truth/**", "hidden/**"),
    withheld_surfaces=("hidden/**",),
    research_constraints=("No answers in prompts",),
    inner_loop=InnerLoop(
        runs_per_cycle=7, aggregate="median", plateau_threshold=8, max_inner_runs_per_cycle=9,
        policy="any", attempts=48, min_effect=0.01, confirm_runs=6,
    ),
    cost_budget=CostBudget(
        max_per_cycle=5, max_total=50, max_runs_per_cycle=201, max_runs_total=1001, max_time_per_cycle=7201, max_time_total=36001,
    ),
)  # fmt: skip
