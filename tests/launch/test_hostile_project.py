"""Started inside a project whose folders have our names, the server imports its own packages and nothing of the project's."""

import sys
from pathlib import Path

import pytest
from refactory_launch import clean_import_roots, installation

from mcp_server.catalogue import CATALOGUE
from tests.support.repositories import make_repository
from tests.support.stdio import CONSOLE_SCRIPT, MODULE, greeted, running_server

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "mcp_server" / "launch" / "refactory_launch.py"
PACKAGES = ("mcp_server", "tools", "state", "prompts")
# Modules of the standard library and of our dependencies that are imported after our first line.
MODULES = ("json", "sqlite3", "logging", "mcp", "pydantic", "anyio", "refactory")


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    """A folder in which every foreign module leaves its name when it is imported."""
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


@pytest.fixture
def hostile(tmp_path: Path, marks: Path) -> Path:
    """A repository that offers modules of our names, and of others', each of which leaves a mark."""
    mark = f"import os\nos.close(os.open({str(marks)!r} + '/' + __name__, os.O_CREAT | os.O_WRONLY))\n"
    packages = {f"{name}/__init__.py": mark for name in PACKAGES} | {"mcp_server/__main__.py": mark, "mcp_server/command_line.py": mark}
    return make_repository(tmp_path / "hostile", packages | {f"{name}.py": mark for name in MODULES})


def way(argv: tuple[str, ...], python_path: str) -> dict[str, object]:
    """One way to start, as the tests below are parametrised."""
    return {"argv": argv, "python_path": python_path}


WAYS = {
    "console script": way(CONSOLE_SCRIPT, ""),
    "module": way(MODULE, ""),
    "console script, PYTHONPATH": way(CONSOLE_SCRIPT, "{hostile}"),
    "console script, PYTHONPATH behind a link, beside empty entries and before our checkout": way(CONSOLE_SCRIPT, ":{link}:{hostile}:" + str(ROOT)),
    "module, PYTHONPATH": way(MODULE, "{hostile}"),
}


@pytest.mark.parametrize("start", WAYS.values(), ids=WAYS.keys())
def test_the_server_starts_inside_a_hostile_project_and_imports_nothing_of_it(
    start: dict[str, object], hostile: Path, marks: Path, home: Path
) -> None:
    link = home / "link"
    link.symlink_to(hostile)
    python_path = str(start["python_path"]).format(hostile=hostile, link=link)
    argv = start["argv"]
    assert isinstance(argv, tuple)
    with running_server(hostile, home, argv, {"PYTHONPATH": python_path} if python_path else {}) as host:
        listed = greeted(host).request("tools/list")["result"]["tools"]
        status = host.call("project_status")
        host.hang_up()
        host.rest()
    assert [tool["name"] for tool in listed] == [row.name for row in CATALOGUE]
    assert status["data"]["project_state"] == "no_factory"
    assert [mark.name for mark in marks.iterdir()] == []


def test_what_python_path_names_behind_a_link_goes_and_empty_entries_name_nothing(tmp_path: Path) -> None:
    ours, foreign = folder(tmp_path / "ours", *PACKAGES), folder(tmp_path / "foreign", "tools")
    (tmp_path / "link").symlink_to(foreign)
    for named in (f":{foreign}:", str(tmp_path / "link"), f"{tmp_path / 'link'}:{ours}"):
        assert clean_import_roots([*named.split(":"), ours], named, ours)[-1] == ours
        assert foreign not in clean_import_roots([*named.split(":"), ours], named, ours)
        assert str(tmp_path / "link") not in clean_import_roots([*named.split(":"), ours], named, ours)


def test_a_foreign_module_would_leave_its_mark(hostile: Path, marks: Path, home: Path) -> None:
    """The trap works: what the tests above do not find would be there."""
    with running_server(hostile, home, (sys.executable, "-c", "import tools, json")) as host:
        host.rest()
    assert sorted(mark.name for mark in marks.iterdir()) == ["json", "tools"]


def test_the_launcher_that_is_installed_is_the_one_of_this_checkout() -> None:
    installed = sys.modules["refactory_launch"].__file__
    assert installed is not None
    assert Path(installed).read_text() == LAUNCHER.read_text(), "install the checkout anew: pip install -e ."


def folder(path: Path, *inside: str) -> str:
    """A folder that holds packages of these names."""
    for name in inside:
        (path / name).mkdir(parents=True)
    path.mkdir(exist_ok=True)
    return str(path)


def test_what_python_path_added_goes_and_what_the_interpreter_added_stays(tmp_path: Path) -> None:
    ours, foreign, library = folder(tmp_path / "ours", *PACKAGES), folder(tmp_path / "foreign", "lib"), folder(tmp_path / "library")
    assert clean_import_roots([foreign, library, ours], foreign, ours) == [library, ours]


def test_the_empty_entry_goes(tmp_path: Path) -> None:
    ours = folder(tmp_path / "ours", *PACKAGES)
    assert clean_import_roots(["", ours], "", ours) == [ours]


def test_our_folder_stays_although_python_path_names_it(tmp_path: Path) -> None:
    ours, foreign = folder(tmp_path / "ours", *PACKAGES), folder(tmp_path / "foreign", "tools")
    assert clean_import_roots([foreign, ours], f"{foreign}:{ours}", ours) == [ours]


@pytest.mark.parametrize("name", PACKAGES)
def test_our_folder_comes_before_another_that_holds_one_of_our_names_and_that_one_stays(name: str, tmp_path: Path) -> None:
    ours, library = folder(tmp_path / "ours", *PACKAGES), folder(tmp_path / "library")
    packages = folder(tmp_path / "site-packages", name, "mcp")
    assert clean_import_roots([library, packages, ours], "", ours) == [library, ours, packages]


def test_a_module_counts_as_a_holder_too(tmp_path: Path) -> None:
    ours, packages = folder(tmp_path / "ours", *PACKAGES), folder(tmp_path / "site-packages")
    Path(packages, "tools.py").touch()
    assert clean_import_roots([packages, ours], "", ours) == [ours, packages]


def test_our_folder_is_added_where_it_was_missing(tmp_path: Path) -> None:
    ours, library = folder(tmp_path / "ours", *PACKAGES), folder(tmp_path / "library")
    assert clean_import_roots([library], "", ours) == [library, ours]


def test_the_interpreter_s_own_library_stays_although_python_path_names_it(tmp_path: Path) -> None:
    ours = folder(tmp_path / "ours", *PACKAGES)
    library = str(Path(sys.base_prefix, "lib"))
    assert clean_import_roots([library, ours], library, ours) == [library, ours]


def test_the_installation_is_beside_the_launcher_where_the_packages_are(tmp_path: Path) -> None:
    packages = folder(tmp_path / "site-packages", *PACKAGES)
    assert installation(Path(packages, "refactory_launch.py")) == packages


def test_the_installation_is_where_an_editable_one_points(tmp_path: Path) -> None:
    packages = Path(folder(tmp_path / "site-packages"))
    (packages / "_refactory_mcp.pth").write_text("/some/checkout\n")
    assert installation(packages / "refactory_launch.py") == "/some/checkout"


def test_the_installation_of_the_launcher_in_the_checkout_is_the_checkout() -> None:
    assert installation(LAUNCHER) == str(ROOT)
