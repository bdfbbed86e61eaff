"""A settings file with anything wrong in it: every problem at once, each with its line, nothing of the file used, no secret shown."""

from pathlib import Path

import pytest
from hypothesis import given, strategies

from state.settings.file import EMPTY
from state.settings.statements import leaves
from tests.support.settings_files import read, resolved

CANARY = "sk-c4n4ry-0123456789012345678901234567"
CREDENTIAL = f'\n[credentials.bob]\nBOBSHELL_API_KEY = "{CANARY}"\n'

# The text, and what each problem must say: its line, then words of it.
BROKEN: dict[str, tuple[str | bytes, tuple[tuple[int, str], ...]]] = {
    "no quotes": ("[defaults]\nrunner = claude\n", ((2, "no TOML"),)),
    "no closing quote": ('[defaults]\nrunner = "claude\n', ((2, "unterminated string"),)),
    "no value": ("[defaults]\nrunner =\n", ((2, "invalid value"),)),
    "no equals": ("[defaults]\nrunner\n", ((2, "expected '='"),)),
    "two on one line": ('[defaults]\nrunner = "a" model = "b"\n', ((2, "no TOML"),)),
    "no closing bracket of a section": ('[defaults\nrunner = "claude"\n', ((1, "expected ']'"),)),
    "no closing bracket of a list": ('[defaults]\nmanaged_dirs = ["/a",\n', ((2, "no TOML"),)),
    "an escape that is none": ('[defaults]\nmodel = "a\\qb"\n', ((2, "no TOML"),)),
    "a control character": (b'[defaults]\nmodel = "a\x01b"\n', ((2, "illegal character"),)),
    "three broken lines": ('[defaults]\nrunner = a\nmodel = "b"\nlog = c\n= d\n', ((2, "no TOML"), (4, "no TOML"), (5, "no TOML"))),
    "broken and unknown": ('[defaults]\nrunner = a\nmodle = "b"\n', ((2, "no TOML"), (3, "did you mean model?"))),
    "a key twice": ('[defaults]\nrunner = "a"\nrunner = "b"\n', ((3, "the same name as on line 2"),)),
    "a section twice": ('[defaults]\nrunner = "a"\n[defaults]\nmodel = "b"\n', ((3, "the same name as on line 1"),)),
    "a section that is a value": ("defaults = 3\n", ((1, "a section"),)),
    "credentials as a value": ('credentials = "x"\n', ((1, "a section"),)),
    "a profile as a value": ('[credentials]\nbob = "x"\n', ((2, "a section"),)),
    "a list of sections": ('[[defaults]]\nrunner = "a"\n', ((1, "a section"),)),
    "a key at the top": ('runner = "a"\n', ((1, "did you mean runner below [defaults]?"),)),
    "an unknown section": ('[default]\nrunner = "a"\n', ((1, "did you mean defaults?"),)),
    "an unknown section of credentials": ('[credential.bob]\nGH_TOKEN = "a"\n', ((1, "did you mean credentials?"),)),
    "an unknown key": ('[defaults]\nproject_dir = "/a"\n', ((2, "did you mean projects_dir?"),)),
    "an unknown key like nothing": ('[defaults]\nxyzzy = "/a"\n', ((2, "an unknown key xyzzy"),)),
    "a variable as a key": ('[defaults]\nFACTORY_RUNNER = "a"\n', ((2, "did you mean runner?"),)),
    "a number for a text": ("[defaults]\nrunner = 3\n", ((2, "found runner = 3; expected a text"),)),
    "a date for a text": ("[defaults]\nrunner = 2026-11-21\n", ((2, "a date or time"),)),
    "a table for a text": ("[defaults]\nrunner = {a = 1}\n", ((2, "runner as a section"),)),
    "a list for a number": ("[defaults]\nceo_max_respawns = [3]\n", ((2, "expected a whole number"),)),
    "a negative number": ("[defaults]\nceo_max_respawns = -3\n", ((2, "found ceo_max_respawns = -3"),)),
    "a fraction": ("[defaults]\nwait_seconds = 1.5\n", ((2, "expected a whole number"),)),
    "a huge number": (f"[defaults]\nwait_seconds = {'9' * 5000}\n", ((2, "too long"),)),
    "true for a number": ("[defaults]\nceo_max_respawns = true\n", ((2, "expected a whole number"),)),
    "maybe": ('[defaults]\nrunner_quiet = "maybe"\n', ((2, "found runner_quiet = maybe; expected true or false"),)),
    "2 for yes or no": ("[defaults]\nrunner_quiet = 2\n", ((2, "expected true or false"),)),
    "an unknown level": ('[defaults]\nlog = "waring"\n', ((2, "did you mean warning?"),)),
    "a relative path": ('[defaults]\nprojects_dir = "projects"\n', ((2, "an absolute path"),)),
    "a home of nobody": ('[defaults]\nprojects_dir = "~nobody-of-this-name/x"\n', ((2, "whose home folder nobody knows"),)),
    "a text of two lines": ('[defaults]\nmodel = """a\nb"""\n', ((2, "several lines"),)),
    "numbers in a list": ("[defaults]\nmanaged_dirs = [1, 2]\n", ((2, "a list of texts"),)),
    "a standing order": ('[defaults]\nauto_approve = "evaluation"\n', ((2, "where the server is registered"),)),
    "a profile that is not there": ('[defaults]\nprofile = "bobb"\n[credentials.bob]\n', ((2, "did you mean bob?"),)),
    "a profile name with a blank": ('[credentials."b b"]\nGH_TOKEN = "a"\nGH_HOST = "b"\n', ((1, "letters, digits, _ and -"),)),
    "a profile name that climbs": ('[credentials."../bob"]\n', ((1, "letters, digits, _ and -"),)),
    "a profile name without a letter": ('[credentials.""]\n', ((1, "without a name"),)),
    "a small variable": ('[credentials.bob]\ngh_token = "a"\n', ((2, "did you mean GH_TOKEN?"),)),
    "a variable that starts with a digit": ('[credentials.bob]\n9LIVES = "a"\n', ((2, "starts with no digit"),)),
    "PATH": ('[credentials.bob]\nPATH = "/tmp"\n', ((2, "which programs and libraries"),)),
    "LD_PRELOAD": ('[credentials.bob]\nLD_PRELOAD = "/tmp/x.so"\n', ((2, "which programs and libraries"),)),
    "GIT_DIR": ('[credentials.bob]\nGIT_DIR = "/tmp"\n', ((2, "git"),)),
    "a number as a credential": ("[credentials.bob]\nGH_TOKEN = 123456789\n", ((2, "found GH_TOKEN as a number; expected a text in quotes"),)),
    "a list as a credential": ('[credentials.bob]\nGH_TOKEN = ["a"]\n', ((2, "found GH_TOKEN as a list"),)),
    "a table as a credential": ('[credentials.bob]\nGH_TOKEN = {a = "b"}\n', ((2, "found GH_TOKEN as a section"),)),
    "a NUL in a credential": ('[credentials.bob]\nGH_TOKEN = "a\\u0000b"\n', ((2, "that no variable can have"),)),
    "an order within a profile": ('[credentials.bob]\nFACTORY_AUTO_APPROVE = "evaluation"\n', ((2, "where the server is registered"),)),
    "a profile within a profile": ('[credentials.bob]\nFACTORY_PROFILE = "x"\n', ((2, "profile in [defaults]"),)),
    "a misspelt variable of ours": ('[credentials.bob]\nFACTORY_RUNER = "x"\n', ((2, "did you mean FACTORY_RUNNER?"),)),
    "a wrong value of ours in a profile": ('[credentials.bob]\nFACTORY_WAIT_SECONDS = "soon"\n', ((2, "wait_seconds = soon"),)),
    "no UTF-8": (b'[defaults]\nmodel = "caf\xe9"\n', ((2, "no UTF-8"),)),
    "a byte order mark": ("\ufeff[defaults]\n", ((1, "byte order mark"),)),
    "nested without end": ("[defaults]\nmanaged_dirs = " + "[" * 5000, ((2, "nested too deeply"),)),
    "everything at once": (
        'runner = "a"\n[defaults]\nmodle = "x"\nlog = 3\n[credentials.bob]\nPATH = "/"\nGH_TOKEN = 1\n',
        ((1, "top"), (3, "model"), (4, "log"), (6, "PATH"), (7, "GH_TOKEN")),
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_every_problem_is_named_with_its_line_and_nothing_is_used(tmp_path: Path, name: str) -> None:
    text, expected = BROKEN[name]
    file = read(tmp_path, text)
    assert [problem.where for problem in file.problems] == [f"config.toml:{line}" for line, _ in expected]
    for problem, (_, words) in zip(file.problems, expected, strict=True):
        assert words in str(problem)
    assert file.content == EMPTY


@pytest.mark.parametrize("name", [name for name in BROKEN if isinstance(BROKEN[name][0], str)])
def test_a_broken_file_gives_no_credential_away(tmp_path: Path, name: str) -> None:
    settings = resolved(tmp_path, str(BROKEN[name][0]) + CREDENTIAL, flags={"profile": "bob"})
    assert settings.profile == ""
    assert "BOBSHELL_API_KEY" not in settings.variables
    assert CANARY not in "".join((*settings.warnings(), *map(str, settings.problems), repr(settings)))
    (warning,) = settings.warnings()
    assert warning.startswith("settings: config.toml is not used: config.toml:")
    assert warning.endswith("see: refactory config show")


@pytest.mark.parametrize(
    "line",
    [
        f"runner = {CANARY}", f'{CANARY} = "x"', f'"{CANARY}" = "x"', f'log = "{CANARY}"', f'runner_quiet = "{CANARY}"', f'projects_dir = "{CANARY}"',
        f'[credentials."{CANARY}!"]', f"[credentials.bob]\nGH_TOKEN = {CANARY}", f'[credentials.bob]\nGH_TOKEN = "{CANARY}', f"[{CANARY}]",
        f'[credentials.bob]\n"{CANARY}" = "x"', f'profile = "{CANARY}"', f'model = """{CANARY}\n"""',
    ],
)  # fmt: skip
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, line: str) -> None:
    settings = resolved(tmp_path, f"[defaults]\n{line}\n")
    assert settings.problems
    assert "c4n4ry" not in "".join((*settings.warnings(), *map(str, settings.problems), repr(settings))).lower()


@given(strategies.text(alphabet="[]{}=\"'.#\n ab,\\1", max_size=60))
def test_any_text_is_read_or_refused_with_a_line_of_its_own(text: str) -> None:
    _, faults = leaves(text)
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in faults)


@given(
    strategies.dictionaries(
        strategies.sampled_from(["runner", "model", "a b", 'q"']), strategies.text(strategies.characters(exclude_categories=["Cs"]), max_size=20)
    ),
    strategies.lists(strategies.sampled_from(["# a comment ] [", "", "   "]), max_size=3),
)
def test_values_are_found_with_their_lines(values: dict[str, str], between: list[str]) -> None:
    import tomlkit

    lines = ["[defaults]"]
    expected = {}
    for name, value in values.items():
        lines += between
        expected["defaults", name] = (len(lines) + 1, value)
        lines.append(f"{tomlkit.key(name).as_string()} = {tomlkit.item(value).as_string()}")
    found, faults = leaves("\n".join(lines))
    assert not faults
    assert {leaf.path: (leaf.line, leaf.value) for leaf in found[1:]} == expected
