"""What is open in a research cycle: within the scope, what is mutable; of that the inner surfaces, and after a plateau the outer ones too."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from state.configuration import Configuration, OuterLoop
from state.cycles import Level
from tools.engine.scope.surfaces import Surfaces, surfaces_of

PATHS = ("prompts/solve.md", "src/a.py", "docs/index.md", "data/gold.json")
SCOPE = ("prompts/**", "src/**", "docs/**")
INNER, OUTER = ("prompts/*.md",), ("src/**",)


def opened(surfaces: Surfaces) -> list[str]:
    return [path for path in PATHS if not surfaces.closed_by(path)]


def test_outside_of_research_the_scope_alone_counts() -> None:
    surfaces = Surfaces(None, SCOPE, mutable=("prompts/**",), inner=INNER, outer=OUTER)
    given_to = surfaces_of(Configuration(goal="x", modifiable=SCOPE, guards=("x",), mutable_surfaces=("prompts/**",)), None)
    assert given_to == Surfaces(None, SCOPE)
    assert surfaces.closed_by("data/gold.json") == "is outside prompts/**, src/**, docs/**"


@pytest.mark.parametrize(
    ("level", "mutable", "inner", "outer", "expected", "listed"),
    [
        ("inner", (), (), (), ["prompts/solve.md", "src/a.py", "docs/index.md"], SCOPE),
        ("inner", ("prompts/**", "data/**"), (), (), ["prompts/solve.md"], ("prompts/**", "data/**")),
        ("outer", ("prompts/**",), (), (), ["prompts/solve.md"], ("prompts/**",)),
        ("inner", (), INNER, OUTER, ["prompts/solve.md"], INNER),
        ("outer", (), INNER, OUTER, ["prompts/solve.md", "src/a.py"], (*INNER, *OUTER)),
        ("inner", ("src/**",), INNER, OUTER, [], INNER),
        ("inner", (), (), OUTER, ["prompts/solve.md", "docs/index.md"], (*SCOPE, "!src/**")),
        ("outer", (), (), OUTER, ["prompts/solve.md", "src/a.py", "docs/index.md"], SCOPE),
        ("inner", (), INNER, (), ["prompts/solve.md"], INNER),
        ("outer", ("src/**", "prompts/**"), INNER, (), ["prompts/solve.md", "src/a.py"], ("src/**", "prompts/**")),
    ],
)
def test_each_level_opens_its_surfaces_within_what_is_mutable(
    level: Level, mutable: tuple[str, ...], inner: tuple[str, ...], outer: tuple[str, ...], expected: list[str], listed: tuple[str, ...]
) -> None:
    surfaces = Surfaces(level, SCOPE, mutable, inner, outer)
    assert opened(surfaces) == expected
    assert surfaces.listed == listed


def test_why_a_path_is_closed_names_the_level_and_what_is_open_now() -> None:
    inner = Surfaces("inner", SCOPE, ("prompts/**", "src/**"), INNER, OUTER)
    assert inner.closed_by("src/a.py") == "is of the outer surfaces, which open after a plateau; open now, in the inner loop: prompts/*.md"
    assert inner.closed_by("docs/index.md") == "is outside the mutable surfaces prompts/**, src/**"
    assert inner.closed_by("prompts/deep/solve.md") == "is outside the surfaces of the inner loop: prompts/*.md"
    assert inner.opens_later == OUTER
    assert inner.within == ("prompts/**", "src/**")
    assert Surfaces("outer", SCOPE, (), INNER, OUTER).opens_later == ()
    assert Surfaces("outer", SCOPE).within == ()


PATTERNS = st.lists(st.sampled_from(["prompts/**", "src/**", "docs/**", "data/**", "*.md", "*.py"]), max_size=3).map(tuple)


@given(PATTERNS.filter(bool), PATTERNS, PATTERNS, PATTERNS)
def test_a_plateau_never_closes_what_was_open(
    scope: tuple[str, ...], mutable: tuple[str, ...], inner: tuple[str, ...], outer: tuple[str, ...]
) -> None:
    configuration = Configuration(
        goal="x",
        modifiable=scope,
        guards=("x",),
        mutable_surfaces=mutable,
        outer_loop=OuterLoop(inner=inner, outer=outer) if inner or outer else None,
    )
    before, after = (set(opened(surfaces_of(configuration, level))) for level in ("inner", "outer"))
    assert before <= after <= set(opened(surfaces_of(configuration, None)))
