"""Damages to single files, and who must notice: the next calls, verify or doctor; or the file is whole again afterwards."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.support.faults import Rig
from tests.support.faults_project import CHANGING, tables

STATE: Final = "revert"  # one experiment landed, another one reviewed
READS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (("project_status", {}), ("experiment_history", {"experiment": 1}))
NOT_OURS: Final = (".git/worktrees", ".factory/worktrees")
NO_CONTENT: Final = (".lock", "-shm")  # locked files, and an index that SQLite makes anew
SETTINGS: Final = '[defaults]\nmodel = "opus"\n'
Damage = Callable[[Path], object]


def _flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _linked(path: Path) -> None:
    elsewhere = path.parents[len(path.parents) - 3] / "elsewhere"
    shutil.copyfile(path, elsewhere)
    path.unlink()
    path.symlink_to(elsewhere)


DAMAGES: Final[dict[str, Damage]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "one byte flipped": _flipped,
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "a folder": _folder,
    "a link": _linked,
    "other line ends": lambda path: path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n")),
    "another shape": lambda path: path.write_bytes(b'{"a": [1]}\n'),
    "twice": lambda path: path.write_bytes(path.read_bytes() * 2),
}


@dataclass(frozen=True)
class Aftermath:
    """What was said by the calls and commands after a damage, and what the files hold then."""

    said: str
    files: Mapping[str, str]
    tables: list[list[tuple[Any, ...]]]


def give_settings(rig: Rig) -> None:
    """The person has settings of their own in the state that is damaged."""
    file = rig.root / "shelf" / STATE / "home" / ".factory" / "config.toml"
    file.parent.mkdir(mode=0o700, exist_ok=True)
    file.write_text(SETTINGS)
    file.chmod(0o600)


def state_files(rig: Rig) -> list[str]:
    """Every file of the factory's own, by its name below the rig's live folder."""
    live = rig.root / "live"
    tops = (rig.project / ".git" / "refactory", rig.project / ".factory", live / "home" / ".factory")
    found = (path.relative_to(live).as_posix() for top in tops if top.is_dir() for path in sorted(top.rglob("*")) if path.is_file())
    return [name for name in found if not any(part in name for part in NOT_OURS)]


def damaged(damage: str, files: list[str]) -> list[str]:
    """The files that this is a damage to: settings that are not there are none that a person made, and nobody misses them."""
    return [name for name in files if damage != "missing" or not name.endswith("config.toml")]


def aftermath(rig: Rig) -> Aftermath:
    """Read, write, verify and doctor; asserts that none of them crashes."""
    writes = ("submit_report", {**rig.arguments["review the second"], "summary": "Looked once more."})
    said = []
    for tool, arguments in (*READS, writes):
        called = rig.call(tool, arguments)
        assert called.exit == 0, called
        assert called.refused != "INTERNAL", called
        said += [json.dumps([called.structure.get("refused", {}), called.structure.get("warnings", [])]), called.complaints]
    for command in ("verify", "doctor"):
        code, out, complaints = rig.command(command)
        assert code in (0, 1), (command, code, out, complaints)
        assert code == 1 or "wrong" not in out, (command, out)
        said += [out, complaints]
    assert "Traceback" not in "".join(said), said
    live = rig.root / "live"
    files = {name: _content(live / name) for name in state_files(rig)}
    return Aftermath("\n".join(said), files, _tables(rig))


def assert_noticed(name: str, whole: Aftermath, found: Aftermath) -> None:
    """The file is as it would have been, or somebody named it; and no fact is another than it was in silence."""
    if not name.endswith(NO_CONTENT) and found.files.get(name) != whole.files[name]:
        names = (Path(name).name, "the store is lost") if name.endswith("factory.db") else (Path(name).name,)
        assert any(each in found.said for each in names), f"nobody names {name}:\n{found.said}"
    if found.tables != whole.tables:
        assert "STORE_BROKEN" in found.said, f"the facts are others, and nobody says so:\n{found.said}"


def _content(path: Path) -> str:
    """What a file says, apart from times and ids; of a database that it is one, as its content is compared by the tables."""
    content = path.read_bytes()
    if content.startswith(b"SQLite format 3"):
        return "a database"
    return CHANGING.sub("·", content.decode("utf-8", "backslashreplace"))


def _tables(rig: Rig) -> list[list[tuple[Any, ...]]]:
    try:
        return tables(rig.project)
    except sqlite3.Error:
        return []
