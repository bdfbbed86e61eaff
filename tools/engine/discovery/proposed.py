"""How a project of no language that is measured here tests or builds itself: a command by its exit code, proposed to a person in a draft."""

import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from tools.engine.languages.survey import Project, Proposed

# By the file at the top that such a project has: the command that tests it as its own users do, or builds it as strictly as can be.
_BY_FILE: Final = (
    ("CMakeLists.txt", "cmake -S . -B build && cmake --build build && ctest --test-dir build --output-on-failure"),
    ("meson.build", "meson setup build && meson test -C build"), ("gradlew", "./gradlew test"), ("mvnw", "./mvnw --quiet test"),
    ("pom.xml", "mvn --quiet test"), ("build.gradle", "gradle test"), ("build.gradle.kts", "gradle test"), ("mix.exs", "mix test"),
    ("Package.swift", "swift test"), ("stack.yaml", "stack test"), ("build.sbt", "sbt test"), ("dune-project", "dune test"),
    ("pubspec.yaml", "dart test"), ("deno.json", "deno test"), (".rspec", "bundle exec rspec"), ("Rakefile", "bundle exec rake test"),
    ("mkdocs.yml", "mkdocs build --strict"), ("book.toml", "mdbook build"), ("docs/conf.py", "sphinx-build -W docs build/docs"),
)  # fmt: skip
# Files of tasks by name: what starts one, and how a task of that name stands in them.
_TASKS: Final = (
    ("Makefile", "make", rb"^%s\s*:(?!=)"), ("GNUmakefile", "make", rb"^%s\s*:(?!=)"), ("justfile", "just", rb"^@?%s\b[^\n=]*:(?!=)"),
    ("Taskfile.yml", "task", rb"^  %s:"),
)  # fmt: skip
_TASK_NAMES: Final = ("test", "tests", "check")
_DOCUMENTS: Final = frozenset({".md", ".rst", ".txt", ".adoc", ".tex", ".html", ".css", ".png", ".jpg", ".svg", ".gif", ".pdf", ".yml", ".yaml", ""})
_READ_AS_TEXT: Final = frozenset({".md", ".rst", ".adoc", ".txt", ".tex"})


def proposed(project: Project) -> Proposed | None:
    """The command that would test the whole project, as far as its files tell; None where none does. Runs nothing."""
    names = set(project.files)
    for file, program, form in _TASKS:
        content = (project.read(file) or b"") if file in names else b""
        for name in _TASK_NAMES:
            if re.search(form % name.encode(), content, re.MULTILINE):
                return Proposed(f"{program} {name}", file)
    if "composer.json" in names and _has_composer_tests(project.read("composer.json") or b""):
        return Proposed("composer test", "composer.json")
    return next((Proposed(command, file) for file, command in _BY_FILE if file in names), None)


def nothing_to_measure(files: Sequence[str]) -> str:
    """Why nothing of a project can be measured, in a sentence."""
    own = [file for file in files if file != "factory.md"]
    if not own:
        return "Nothing is committed yet that could be measured."
    if only_documents(own):
        return "Only documents were seen, and nothing says how they are checked."
    return "No language was seen that this version can measure, and nothing says how the project tests itself."


def only_documents(files: Sequence[str]) -> bool:
    """Whether a project is made of texts to be read, with what shows them."""
    endings = {PurePosixPath(file).suffix.lower() for file in files}
    return endings <= _DOCUMENTS and bool(endings & _READ_AS_TEXT)


def _has_composer_tests(content: bytes) -> bool:
    try:
        parsed = json.loads(content)
    except ValueError:
        return False
    scripts = parsed.get("scripts") if isinstance(parsed, dict) else None
    return isinstance(scripts, dict) and "test" in scripts
