"""Strategies for configurations, with texts that Markdown would take for something else."""

from typing import Literal

from hypothesis import strategies as st

from state.configuration import Configuration, EvalWeights, ProjectEvaluation
from state.measurement import TIER_WEIGHTS
from state.patterns import problems_of

_MARKS = [
    "- ", "#", "# ", "`", "``", "<!--", "-->", "```", "> ", "1. ", "* ", "_", '"', "'", ": ", "a", "B c", "é", " ", "\t", "|", "[x]: y", "---", "\\",
    "<b>", "!", "\xa0",
]  # fmt: skip
_PATTERNS = [
    "src/**", "*.py", "my dir/**", "**/*.md", "/Makefile", "!src/x", "`a`", "a`b", "``", '"a"', "'x'", "<x>", "<!--", "-x", "1. x", "- a", "+", "_a_",
    "___", "***", "a: b", "é/*", "[ab]", "|", "--", "-->", r"\#x", ">x", "...", "!", "(x)",
]  # fmt: skip
_VISIBLE = st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"])

LINES = (st.lists(st.sampled_from(_MARKS), max_size=8).map("".join) | st.text(_VISIBLE, max_size=20)).map(lambda text: text if text.strip() else "x")
COMMANDS = LINES.map(lambda text: "x" + text if text.strip().startswith("#") else text)
SCRIPTS = COMMANDS | st.lists(LINES | st.just(""), max_size=3).map(lambda lines: "\n".join([*lines, "make it"]))
PATTERNS = st.sampled_from([pattern for pattern in _PATTERNS if problems_of(pattern) is None])
_TAKEN = {name for tier in TIER_WEIGHTS.values() for name in tier}
NAMES = st.from_regex(r"[a-z][A-Za-z0-9_.-]{0,8}", fullmatch=True).filter(lambda name: name.lower() not in _TAKEN)
_SHARES = st.floats(min_value=1e-6, max_value=1e6)


@st.composite
def evaluations(draw: st.DrawFn) -> ProjectEvaluation:
    parse: Literal["json", "regex", "exit_code"] = draw(st.sampled_from(["json", "regex", "exit_code"]))
    return ProjectEvaluation(
        name=draw(NAMES),
        command=draw(COMMANDS),
        parse=parse,
        pattern=draw(st.sampled_from([r"score: ([0-9.]+)", "`(x)`", '"(x)"', " (x)"])) if parse == "regex" else None,
        weight=draw(_SHARES),
        timeout=draw(st.floats(min_value=0.001, max_value=604800)),
        description=draw(st.just("") | LINES),
    )


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    patterns = st.lists(PATTERNS, max_size=4).filter(lambda found: not found or not found[0].startswith("!"))
    return Configuration(
        goal=draw(LINES),
        modifiable=tuple(draw(patterns.filter(bool))),
        read_only=tuple(draw(patterns)),
        guards=tuple(draw(st.lists(LINES, min_size=1, max_size=3))),
        eval_command=draw(st.none() | SCRIPTS),
        threshold=draw(st.floats(min_value=0, max_value=1)),
        target_branch=draw(st.sampled_from([None, "main", "factory/dev", "a`b", '"a"', "1.x", "_x_"])),
        smoke_test=draw(st.none() | SCRIPTS),
        constraints=tuple(draw(st.lists(LINES, max_size=3))),
        project_evaluations=tuple(draw(st.lists(evaluations(), max_size=2, unique_by=lambda evaluation: evaluation.name.lower()))),
        eval_weights=draw(st.none() | st.builds(EvalWeights, hygiene=_SHARES, growth=_SHARES, project=_SHARES)),
    )
