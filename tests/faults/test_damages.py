"""Every file of the factory's own, damaged in every way: it is named, or made whole again; never a crash, never silence.

A sample by a seed; `FAULTS=all pytest tests/faults` tries every file with every damage.
"""

from collections.abc import Iterator

import pytest

from tests.support.faults import SEED, Rig, chosen, rig
from tests.support.faults_damage import DAMAGES, STATE, Aftermath, aftermath, assert_noticed, damaged, give_settings, state_files
from tests.support.faults_project import tables

SAMPLE = 1  # files for each damage


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, list[str], Aftermath]]:
    with rig(tmp_path_factory.mktemp("damages")) as made:
        made.walk()
        give_settings(made)
        made.restore(STATE)
        files = state_files(made)
        yield made, files, aftermath(made)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_or_made_whole_again(walked: tuple[Rig, list[str], Aftermath], damage: str) -> None:
    made, every, whole = walked
    files = damaged(damage, every)
    for number in chosen(len(files), damage, SAMPLE):
        name = files[number - 1]
        made.restore(STATE)
        DAMAGES[damage](made.root / "live" / name)
        try:
            assert_noticed(name, whole, aftermath(made))
        except AssertionError as error:
            error.add_note(f"seed {SEED}, {name}: {damage}")
            raise


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "other line ends"])
def test_a_damaged_database_is_named_and_the_log_brings_its_facts_back(walked: tuple[Rig, list[str], Aftermath], damage: str) -> None:
    made, _, whole = walked
    made.restore(STATE)
    before = tables(made.project)
    for path in (made.project / ".git" / "refactory").glob("factory.db-*"):
        path.unlink()  # what stands in the file is all there is
    DAMAGES[damage](made.project / ".git" / "refactory" / "factory.db")
    found = aftermath(made)
    assert_noticed("project/.git/refactory/factory.db", whole, found)
    if found.tables != whole.tables:
        code, out, complaints = made.command("doctor", "--rebuild")
        assert code == 0, (out, complaints)
        assert tables(made.project) == before
