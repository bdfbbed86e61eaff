"""Commands and scripts that start a test runner, and the words of theirs that are kept."""

import pytest
from hypothesis import given
from hypothesis.strategies import text

from tools.engine.languages.javascript.arguments import environment_of, scripted, started_by, words_of
from tools.engine.languages.javascript.language import selection_of


@pytest.mark.parametrize(
    ("command", "runner", "arguments"),
    [
        ("vitest", "vitest", ()),
        ("vitest run --coverage --reporter=verbose --config ci.ts src", "vitest", ("--config", "ci.ts", "src")),
        ("npx vitest run --project unit", "vitest", ("--project", "unit")),
        ("pnpm vitest watch --ui", "vitest", ()),
        ("yarn jest --ci --bail --runInBand -t name", "jest", ("--runInBand", "-t", "name")),
        ("jest --reporters default --coverageDirectory out", "jest", ()),
        ("cross-env NODE_ENV=test TZ=UTC jest", "jest", ("NODE_ENV=test", "TZ=UTC")),
        ("NODE_OPTIONS=--experimental-vm-modules npx jest", "jest", ("NODE_OPTIONS=--experimental-vm-modules",)),
        ("node --experimental-vm-modules node_modules/jest/bin/jest.js src", "jest", ("NODE_OPTIONS=--experimental-vm-modules", "src")),
        ("node --test", "node", ()),
        ("node --test --test-reporter=spec --test-reporter-destination=stdout test/", "node", ("test/",)),
        ("node --import tsx --test 'src/**/*.test.ts'", "node", ("--import=tsx", "src/**/*.test.ts")),
        ("node -r ./set-up.js --test-concurrency=1 --test", "node", ("--require=./set-up.js", "--test-concurrency=1")),
        ("c8 --all node --test", "node", ()),
        ("npm test", "script", ("test",)),
        ("npm t -- --coverage", "script", ("test",)),
        ("pnpm run test:unit", "script", ("test:unit",)),
        ("yarn test:unit", "script", ("test:unit",)),
    ],
)
def test_a_runner_is_known_by_its_command_and_keeps_what_selects_tests(command: str, runner: str, arguments: tuple[str, ...]) -> None:
    found = selection_of(command)

    assert found is not None
    assert (found.runner, found.arguments) == (runner, arguments)


@pytest.mark.parametrize(
    "command",
    [
        "",
        "mocha",
        "node server.js",
        "npm install",
        "npm run test --workspaces",
        "vitest run && echo done",
        "vitest | tee log",
        "'unclosed",
        "bun test",
        "tsc",
    ],
)
def test_other_commands_start_no_runner(command: str) -> None:
    assert selection_of(command) is None


def test_a_script_is_followed_to_the_runner_that_it_starts() -> None:
    scripts = {
        "test": "npm run lint && npm run test:unit -- --silent",
        "lint": "eslint .",
        "test:unit": "vitest run --dir src",
        "loop": "npm run loop",
    }

    found = scripted(scripts, "test")

    assert found is not None
    assert (found.runner, found.arguments) == ("vitest", ("--dir", "src"))
    assert scripted(scripts, "lint") is None
    assert scripted(scripts, "loop") is None
    assert scripted(scripts, "none") is None


def test_variables_of_a_script_go_into_the_environment_and_not_among_the_words() -> None:
    arguments = ("TZ=UTC", "--config", "a=b.ts")

    assert (environment_of(arguments), words_of(arguments)) == ({"TZ": "UTC"}, ("--config", "a=b.ts"))


@given(text())
def test_no_text_makes_reading_a_command_fail(command: str) -> None:
    found = started_by(command)

    assert found is None or found.runner in {"vitest", "jest", "node", "script"}
