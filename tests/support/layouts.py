"""A `.factory` with every file of its layout, what can be done to a file of it, and who may not write there."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from state.approvals import ApprovalAnswered, DraftWritten
from state.baselines import Baseline, BaselineMeasured, BaselineRow
from state.configuration import Configuration
from state.cycles import CycleEnded, HypothesesProposed, NumberedHypothesis
from state.events import Payload
from state.experiments import ExperimentStarted
from state.factory_md import render
from state.reports import ReportSubmitted
from state.store import Store
from state.views import export
from tests.support.histories import COMMIT, PROFILE, TREE, hypothesis_of
from tests.support.stores import append_all, begun, cycle_started, verdict, walk

NOBODY: Final = 65534
CONFIGURATION: Final = Configuration(goal="Slugs.", modifiable=("src/**",), read_only=("docs/**",), guards=("Do not delete tests",), threshold=0.7)


def baseline() -> Baseline:
    """A baseline of one dimension measured, one weak, one not measured; with uncovered files and a failing test."""
    rows = (
        BaselineRow(name="tests", weight=0.6, value=1.0, detail="passed 3"),
        BaselineRow(name="coverage", weight=0.3, value=0.5, detail="covered 5, executable 10"),
        BaselineRow(name="lint", weight=0.1, value=None, detail="unavailable: no tool"),
    )
    return Baseline(
        tree=TREE, contract="c", composite=0.75, threshold=0.8, tests=3, failing=("tests/test_a.py::test_b",), rows=rows,
        uncovered=(("src/a.py", 5),), seconds=1.5, output="E assert 1 == 2\n",
    )  # fmt: skip


def further_walk(first: int, cycle: int) -> list[Payload]:
    """A cycle that touches every file that is not of an earlier experiment: an aborted one, whose hypothesis cites something."""
    text = render(CONFIGURATION.model_copy(update={"goal": f"Slugs {first}."}))
    content = hypothesis_of(f"Idea {first}").model_copy(update={"sources": ("https://example.org/slugs",), "files": ("src/a.py",)})
    return [
        DraftWritten(hash=f"h{first}", text=text, profile=PROFILE),
        ApprovalAnswered(subject="evaluation", answer="approve", hash=f"h{first}", contract=CONFIGURATION.contract(), profile=PROFILE),
        BaselineMeasured(baseline=baseline()),
        cycle_started(cycle),
        HypothesesProposed(cycle=cycle, hypotheses=(NumberedHypothesis(id=first, content=content),)),
        ExperimentStarted(
            experiment=first, hypothesis=first, cycle=cycle, title=content.title, category="exploit", base=COMMIT, branch=f"factory/{first:03d}",
            worktree=f"/worktrees/{first:03d}",
        ),
        *begun(first)[2:4],
        *begun(first)[4:],
        verdict(first),
        ReportSubmitted(report=100 + first, role="ceo", cycle=cycle, summary="Enough.", decision="abort", body={"feedback": "It leads nowhere."}),
        CycleEnded(cycle=cycle, how="aborted"),
    ]  # fmt: skip


def whole_layout(place: Path) -> tuple[Store, Path]:
    """A store and its `.factory`, in which every kind of file has something to say."""
    store, folder = Store(place / "refactory"), place / ".factory"
    with store.writing():
        append_all(store, [*walk(store), *further_walk(3, 2)])
    while export(store, folder).behind:
        pass
    return store, folder


def _removed(path: Path) -> None:
    path.unlink()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xff\x00{ not what it was\n")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "note.txt").write_text("mine\n", encoding="utf-8")


def _link(path: Path) -> None:
    outside = path.with_name(f"{path.name}.elsewhere")
    path.rename(outside)
    path.symlink_to(outside.name)


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


DAMAGES: Final[dict[str, Callable[[Path], None]]] = {
    "missing": _removed, "empty": _empty, "garbage": _garbage, "folder": _folder, "link": _link, "dangling": _dangling,
}  # fmt: skip
IN_THE_WAY: Final = ("folder", "link", "dangling")


@contextmanager
def plain_user(template: Path | None = None) -> Iterator[Path]:
    """A folder, a copy of `template`, of an ordinary user, whom permissions bind; whoever runs the tests as root is nobody meanwhile."""
    folder, is_root = Path(mkdtemp(prefix="refactory-test-")), os.geteuid() == 0
    if template is not None:
        shutil.copytree(template, folder, dirs_exist_ok=True)
    if is_root:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o700)
        shutil.rmtree(folder)
