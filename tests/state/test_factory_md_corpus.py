"""Malformed and odd factory.md files, as data, against what is said of each."""

from pathlib import Path
from typing import Any

import pytest

from state.factory_md import parse, problems, render

CORPUS = Path(__file__).parent / "factory_md_corpus"

# What every readable file of the corpus says, but for what READ says of it.
USUAL = {"goal": "Make it faster.", "modifiable": ["src/**"], "guards": ["Do not delete existing tests"]}

# By file: the line of each problem, what was found, and the name that was probably meant.
PROBLEMS: dict[str, list[tuple[int, str] | tuple[int, str, str]]] = {
    "empty": [(1, "no ## Goal"), (1, "no ## Scope"), (1, "no ## Guards")],
    "only_prose": [(1, "no ## Goal"), (1, "no ## Scope"), (1, "no ## Guards")],
    "comment_never_closed": [(15, "a comment that never ends")],
    "comment_opened_within_a_sentence": [(13, "a comment not closed in its paragraph")],
    "fence_never_closed": [(17, "a fence that is never closed")],
    "text_after_comment": [(19, "text on the line of a comment")],
    "html": [(17, "HTML")],
    "unknown_section": [(15, "'## Gards'", "Guards")],
    "unknown_section_far": [(15, "'## Roadmap'")],
    "fixed_surface_misspelt": [(15, "'## Fixed Surface'", "Fixed Surfaces")],
    "section_on_level_1": [(1, "'# Goal'"), (1, "no ## Goal")],
    "second_title": [(15, "'# Appendix'")],
    "section_on_level_3": [(1, "no ## Guards"), (11, "'### Guards'")],
    "field_on_level_2": [(1, "no ## Scope"), (5, "'## Modifiable'", "Scope / Modifiable")],
    "field_on_level_4": [(17, "'#### Threshold'")],
    "command_outside_eval": [(17, "'### Command'")],
    "field_before_any_section": [(1, "'### Command'")],
    "unknown_field": [(17, "'### Treshold'", "Threshold")],
    "heading_without_blank": [(1, "no ## Guards"), (11, "'##Guards'"), (11, "plain lines"), (13, "'Do not delete existing tests'")],
    "heading_within_list": [(14, "a heading within a list")],
    "indented_heading": [(15, "a heading within a list")],
    "underlined_text": [(17, "nothing below ### Threshold"), (19, "'## 0.9'")],
    "front_matter": [(2, "'## title: factory'")],
    "duplicate_section": [(15, "## Guards besides the one on line 11")],
    "duplicate_field": [(21, "### Threshold besides what line 19 gives")],
    "scope_twice": [(9, "### Modifiable besides what line 5 gives")],
    "empty_sections": [
        (1, "nothing below ## Goal"),
        (5, "nothing below ## Scope"),
        (7, "nothing below ## Guards"),
        (9, "nothing directly below ## Eval"),
        (11, "nothing below ## Smoke Test"),
    ],
    "missing_goal": [(1, "no ## Goal")],
    "missing_scope": [(1, "no ## Scope")],
    "missing_guards": [(1, "no ## Guards")],
    "scope_without_modifiable": [(5, "no ### Modifiable below ## Scope")],
    "goal_as_list": [(3, "a list")],
    "goal_in_quotation": [(3, "a quotation")],
    "threshold_nan": [(19, "'nan'")],
    "threshold_80": [(19, "'80'")],
    "threshold_percent": [(19, "'80%'")],
    "threshold_negative": [(19, "'-1'")],
    "threshold_in_words": [(19, "'0.8 or so'")],
    "threshold_as_list": [(19, "a list")],
    "threshold_infinite": [(19, "'1e999'")],
    "threshold_two_lines": [(20, "another line, '0.9'")],
    "text_directly_under_eval": [(17, "text directly below ## Eval")],
    "command_on_two_lines": [(20, "another line, 'pytest --slow'")],
    "command_with_introduction": [(19, "more beside a block of code")],
    "command_as_list": [(17, "a list")],
    "research_target_incomplete": [
        (15, "no `metric`"),
        (15, "no `target`"),
        (15, "no `run_command`"),
        (15, "no `result_path`"),
    ],
    "command_of_comments": [(17, "'# make smoke\\n\\n# later'")],
    "command_in_python": [(17, "a block of 'python'")],
    "scope_in_prose": [(7, "'You may change the sources.'"), (8, "'Please leave the data alone.'")],
    "scope_mixed": [(7, "'These files:'"), (8, "a list")],
    "scope_with_remark": [(9, "'src/** (the code)'"), (10, "'tests/**, docs/**'")],
    "scope_item_of_two_lines": [(10, "a second line in an item")],
    "scope_nested": [(10, "a list within a list")],
    "patterns_that_mean_nothing": [
        (9, "'/home/me/project/src/**'"),
        (10, "'../other/**'"),
        (11, "'./src/**'"),
        (12, "'src\\\\main\\\\**'"),
        (13, "'src/**/*.{ts,tsx}'"),
        (14, "'src/ '"),
        (15, "'C:/src/**'"),
        (16, "'~/src/**'"),
        (17, "'src/[z-a].py'"),
        (18, "'src/**/'"),
        (19, "'#src'"),
        (20, "'a//b'"),
    ],
    "negation_first": [(9, "'!src/vendor/**'")],
    "empty_item": [(14, "an empty item")],
    "guards_on_plain_lines": [(13, "plain lines")],
    "guards_beside_list": [(13, "plain lines")],
    "guards_as_code": [(13, "a block of code")],
    "branch_impossible": [(17, "'factory..dev'")],
    "branch_with_remark": [(17, "'main (for now)'")],
    "evaluation_without_name_or_command": [(17, "no `name`"), (18, "no `command`")],
    "evaluation_keys_as_items": [(17, "no `command`"), (18, "no `name`")],
    "evaluation_unknown_keys": [
        (17, "no `command`"),
        (18, "the key 'comand'", "command"),
        (19, "the key 'wieght'", "weight"),
        (20, "the key 'colour'"),
    ],
    "evaluation_values": [(17, "'a b'"), (19, "'jsno'", "json"), (20, "'-1'"), (21, "'5m'"), (24, "'0'"), (25, "'0'"), (28, "'inf'"), (29, "'1e9'")],
    "evaluation_expressions": [(17, "no `pattern`"), (23, "'score: [0-9'"), (27, "'score: [0-9]+'"), (30, "'score: ([0-9]+)'")],
    "evaluation_names_twice": [(19, "'Speed'")],
    "evaluation_named_as_ours": [(17, "'coverage'")],
    "evaluation_key_twice": [(19, "`command` a second time")],
    "evaluation_key_empty": [(18, "`command` without a value")],
    "evaluation_in_prose": [(17, "plain lines")],
    "evaluation_gap_in_item": [(20, "plain lines")],
    "weights_negative": [(17, "'-0.5'")],
    "weights_zero": [(15, "these values together")],
    "weights_zero_where_measured": [(15, "these values together")],
    "weights_misspelt": [(15, "no `hygiene`"), (17, "the key 'hygine'", "hygiene")],
    "weights_without_project": [(20, "these values together")],
    "weights_in_percent": [(17, "'50%'"), (19, "'Infinity'")],
    "everything_at_once": [
        (1, "'# Goal'"),
        (1, "no ## Goal"),
        (1, "no ## Guards"),
        (5, "no ### Modifiable below ## Scope"),
        (7, "'### Modifable'", "Modifiable"),
        (11, "'## Gaurds'", "Guards"),
        (19, "'80%'"),
    ],
    "hidden_characters": [(17, "the character U+202E"), (23, "the character U+0000")],
}

# By file: the fields that it gives besides or instead of the usual ones.
READ: dict[str, dict[str, Any]] = {
    "seed_minimal": {
        "goal": "One sentence describing what the project should achieve.",
        "modifiable": ["src/**", "tests/**"],
        "guards": ["Do not delete existing tests", "Do not modify files outside scope"],
        "eval_command": "pytest --tb=short -q",
    },
    "title_and_prose": {},
    "headings_odd": {"read_only": ["data/**"]},
    "bullets_odd": {"modifiable": ["src/**", "lib/**", "tests/**", "docs/**", "assets/**"]},
    "patterns_plain": {"modifiable": ["src/**", "**/*.md", "*.py", "tests/**"], "read_only": ["data/**"]},
    "patterns_in_fence": {"modifiable": ["src/**", "my dir/**"]},
    "patterns_quoted": {"modifiable": ["src/**", "lib/**", "my dir/**", "!src/vendor/**", "!src/old/**", "/Makefile", "a`b"]},
    "comments_everywhere": {
        "modifiable": ["src/**", "tests/**", "docs/**"],
        "guards": ["Keep the `<!-- generated -->` marks", "Do not delete tests"],
    },
    "goal_of_paragraphs": {"goal": "Make it faster and smaller. Without `losing` anything: # not a heading."},
    "one_guard_plain": {},
    "dividers": {},
    "commands": {
        "eval_command": 'pytest -q -k "not slow"',
        "threshold": 0.85,
        "target_branch": "factory/dev",
        "smoke_test": "# start\npython -m app &\n\ncurl -f localhost:8000/health | grep '## ok'",
    },
    "command_indented": {"smoke_test": "make smoke\nmake check"},
    "constraints": {"constraints": ["Prefer small, focused changes over large refactors", "Add tests for any new public function"]},
    "eval_command_on_level_2": {"eval_command": "pytest"},
    "seed_project_eval": {
        "project_evaluations": [
            {"name": "benchmark_accuracy", "command": "python eval/benchmark.py", "weight": 0.6, "description": "Run benchmark and report accuracy"},
            {"name": "response_latency", "command": "python eval/latency_test.py", "parse": "exit_code", "weight": 0.4},
        ]
    },
    "project_eval_indented": {
        "project_evaluations": [
            {
                "name": "speed",
                "command": "python -c \"print('a: b')\" # not a comment",
                "parse": "regex",
                "pattern": "score: ([0-9.]+)",
                "description": "quoted",
            },
            {"name": "other", "command": "'a' && 'b'"},
        ]
    },
    "eval_weights": {"project_evaluations": [{"name": "speed", "command": "x"}], "eval_weights": {"hygiene": 0.25, "growth": 0.25, "project": 0.5}},
    "eval_weights_plain": {"eval_weights": {"hygiene": 2.0, "growth": 1.0}},
    "byte_order_mark": {},
    "crlf": {},
    "cr_only": {},
    "no_last_newline": {},
}


def test_every_file_of_the_corpus_is_in_one_table() -> None:
    assert not PROBLEMS.keys() & READ.keys()
    assert {path.stem for path in CORPUS.glob("*.md")} == PROBLEMS.keys() | READ.keys()


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_malformed_file_has_exactly_its_problems(name: str) -> None:
    found = problems((CORPUS / f"{name}.md").read_bytes(), name)
    expected = [(f"{name}:{line}", what, *nearest) for line, what, *nearest in PROBLEMS[name]]
    assert [(problem.where, problem.found, *filter(None, [problem.nearest])) for problem in found] == expected
    assert all(problem.expected for problem in found)


@pytest.mark.parametrize("name", READ)
def test_an_odd_file_says_what_a_person_would_read_in_it(name: str) -> None:
    assert parse((CORPUS / f"{name}.md").read_bytes()).plain() == USUAL | READ[name]


@pytest.mark.parametrize("name", READ)
def test_a_file_written_from_what_was_read_says_the_same(name: str) -> None:
    configuration = parse((CORPUS / f"{name}.md").read_bytes())
    assert parse(render(configuration)) == configuration
