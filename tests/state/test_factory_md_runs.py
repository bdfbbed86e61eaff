"""What is left out of what the Markdown parser sees makes no difference to what is read."""

from unittest.mock import patch

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from state.factory_md import runs
from state.factory_md.markdown import chapters

ITEMS = [
    "- src/**",
    "- word",
    "- *.py",
    "-    far",
    "-     code",
    "- key: value",
    "- é",
    "- !x",
    "- 1. one",
    "- `a",
    "- x <!--",
    "- y-->",
    "-  z ",
    "- \tt",
]
TEXTS = ["text", "  more: text", "    deep", "\ttab", "*.py", "src/**", "! x", "text `a` <!-- b -->", "x -->", "word  ", "\u2003wide"]
OTHERS = [
    "", "", "## Goal", "---", "===", "```", "~~~", "<!--", "-->", "<!-- x -->", "<div>", "> q", "1. x", "  - nested", "* star", "+ plus", "***", "-",
    "- ", "    code", "[a]: b", "<?", "?>", "#x", "- # x", "- - x", "- ```",
]  # fmt: skip


def lines() -> st.SearchStrategy[list[str]]:
    """Runs of one kind of line, among other lines."""
    run = st.sampled_from([ITEMS, TEXTS, OTHERS]).flatmap(lambda kind: st.lists(st.sampled_from(kind), min_size=1, max_size=6))
    return st.lists(run, max_size=5).map(lambda parts: [line for part in parts for line in part])


@given(lines())
@settings(deadline=None, max_examples=300)
@example(["```", "- a", "- b", "- c", "- d", "```", "- a", "- b", "- c"])
@example(["- a", "- b", "- c", "- d", "  more", "", "  paragraph"])
@example(["text", "text", "text", "text", "---"])
@example(["word  ", "text", "text", "---"])
@example(["<!--", "text", "text", "text", "-->", "text"])
@example(["> q", "text", "text", "text", "- a", "- b", "- c"])
def test_a_text_is_read_the_same_as_by_the_parser_alone(found: list[str]) -> None:
    text = "\n".join([*found, ""])
    with patch.object(runs, "_SHORTEST", len(found) + 2):
        alone = chapters(text)
    assert chapters(text) == alone


def test_the_parser_sees_only_the_ends_of_long_runs() -> None:
    parser = MarkdownIt("commonmark")
    text = "\n".join([*("- src/**" for _ in range(100)), "", *("text" for _ in range(100)), ""])
    tokens, items = runs.tokens_and_items(parser, text)
    assert [token.map for token in tokens if token.type == "list_item_open"] == [[0, 1], [99, 101]]
    assert [item.line for item in items[1]] == list(range(2, 100))
    assert tokens[-2].content == "\n".join(["text"] * 100)
