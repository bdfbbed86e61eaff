"""Which symlinks of a tree lead outside, judged without a disk, against what the disk says."""

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings, strategies

from tools.engine.repository.tree_paths import escaping, is_plain, stays_inside

NAMES = strategies.sampled_from(["a", "b", "c"])
PATHS = strategies.lists(NAMES, min_size=1, max_size=3).map("/".join)
TARGETS = strategies.lists(strategies.sampled_from(["..", ".", "a", "b", "c"]), min_size=1, max_size=5).map("/".join)


@given(parts=strategies.lists(strategies.sampled_from(["..", ".", "", "a", "b"]), max_size=8), depth=strategies.integers(0, 3))
def test_a_link_stays_inside_only_if_it_never_climbs_above_the_top(parts: list[str], depth: int) -> None:
    target = "/".join(parts)
    path = "/".join(["d"] * depth + ["link"])
    if stays_inside(path, target):
        assert os.path.normpath(f"/top/{'d/' * depth}{target}").startswith("/top")


@settings(deadline=None)  # it works on a disk
@given(strategies.dictionaries(PATHS, TARGETS, max_size=6))
def test_links_that_lead_outside_by_way_of_others_are_those_that_the_system_follows_outside(wished: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        top = Path(name).resolve() / "o/u/t/top"
        top.mkdir(parents=True)
        links = {}
        for path, target in wished.items():
            above = [path[:end] for end, letter in enumerate(path) if letter == "/"]
            if stays_inside(path, target) and not (top / path).exists() and not any((top / each).is_symlink() for each in above):
                (top / path).parent.mkdir(parents=True, exist_ok=True)
                if not (top / path).is_symlink():
                    (top / path).symlink_to(target)
                    links[path] = target
        outside = {path for path in links if not Path(os.path.realpath(top / path)).is_relative_to(top)}
        endless = {path for path in links if _is_endless(top / path)}
        assert escaping(links) - endless == outside - endless


def _is_endless(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def test_a_path_through_a_git_folder_is_not_plain() -> None:
    assert [path for path in ("a/.git/b", ".GIT", "git~1/x", "a//b", "../a", "./a", "a\0b", "a/b", ".gitignore") if is_plain(path)] == [
        "a/b", ".gitignore",
    ]  # fmt: skip
