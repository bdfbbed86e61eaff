"""A new project: from an idea, a spec file or the address of a repository; whole, or nothing is left of it."""

import shlex
from typing import Annotated, Any, Final

import anyio.from_thread
from pydantic import Field

from state.answers import Answer, Next, Option, one_line, quoted
from tools.answering import answer, contract_of
from tools.engine.creating.making import Made, already_made, clone_of, made_at, make_from_words
from tools.engine.creating.site import Site
from tools.engine.creating.sources import Source, place_of, source_of

AHEAD: Final = ("start_cycle", "submit_report", "discover_project", "request_approval", "start_experiment", "run_eval", "verdict")
# How a host is started in a folder, by a word of the name that it introduces itself with.
_STARTED_BY: Final = {"claude": "claude", "codex": "codex", "gemini": "gemini", "opencode": "opencode"}
SourceWords = Annotated[str, Field(min_length=1, max_length=4000, description="Idea, absolute path of a spec file, or URL.")]
Directory = Annotated[
    str, Field(max_length=1000, description="Name, or absolute path; default: a derived name under FACTORY_PROJECTS_DIR, ~/factory-projects.")
]


def create_project(site: Site, source: SourceWords, directory: Directory = "") -> Answer:
    """Start a new project from an idea, a spec file or a GitHub URL (cloned). A failure leaves nothing behind."""
    meant = source_of(source, site.folder)
    wanted, named = place_of(site, directory, meant.name)
    found = already_made(site, meant, wanted, named=named)
    if isinstance(found, Made):
        return _answered(site, meant, found)
    if meant.kind is not None:
        make_from_words(meant, found, site.host)
    else:
        cloning = anyio.from_thread.run(site.clones.begin_or_join, meant.origin, found, clone_of(meant, found))
        if not anyio.from_thread.run(site.clones.wait, cloning, site.host.wait_seconds, site.progress):
            return _still_cloning(site, meant, str(found), cloning.message)
    return _answered(site, meant, made_at(site.opened(found)))


def _answered(site: Site, source: Source, made: Made) -> Answer:
    session = site.opened(made.folder)
    path = str(made.folder)
    data: dict[str, Any] = {
        "path": path, "kind": source.kind or "url", "commit": made.commit[:12], "spec_id": made.spec, "outside_host_directory": _outside(site, made),
        "clean_pr_suggested": source.kind is None, "tools_ahead": list(AHEAD),
    }  # fmt: skip
    done = "is there already, made of the same" if made.repeated else "is cloned" if source.kind is None else "is created, with one commit"
    step, options = _next(source, path)
    composed = answer(session, one_line(f"{quoted(path)} {done}.", 300), data, next_action=step, repeated=made.repeated)
    return composed.model_copy(update={"options": options})


def _next(source: Source, path: str) -> tuple[Next, tuple[Option, ...]]:
    """A clone is looked at first. An idea that says little is talked through; anything else is planned and built."""
    if source.kind is None:
        do = "Discover how the clone is tested and measured; give its goal in one sentence."
        return Next(do=do, tool="discover_project", arguments={"project": path}, fill=("goal",), role="ceo"), ()
    build, talk = ({"mode": mode, "project": path} for mode in ("build", "interactive"))
    if source.is_vague:
        do = "The idea says little yet: talk it through with the person, then build."
        options = (Option(tool="start_cycle", arguments=build, why="the person wants it built as it is"),)
        return Next(do=do, tool="start_cycle", arguments=talk, role="ceo"), options
    options = (Option(tool="start_cycle", arguments=talk, why="the person wants to talk it through first"),)
    return Next(do="Begin to build it.", tool="start_cycle", arguments=build, role="ceo"), options


def _outside(site: Site, made: Made) -> dict[str, str] | None:
    """Where the host cannot edit what was made: the folder, and the line with which a person opens their host there."""
    if site.host_folder is None or made.folder.is_relative_to(site.host_folder.resolve()):
        return None
    program = next((program for word, program in _STARTED_BY.items() if word in site.host.name.lower()), "")
    line = f"cd {shlex.quote(str(made.folder))}" + (f" && {program}" if program else "")
    return {"why": "the host was started elsewhere and may not edit there", "reopen": line}


def _still_cloning(site: Site, source: Source, path: str, message: str) -> Answer:
    again: dict[str, Any] = {"source": source.origin, "directory": path}
    action = Next(do="Wait for the clone: the same call joins it.", tool="create_project", arguments=again, role="ceo")
    return Answer(
        summary=one_line(f"Still {message}; nothing is at {quoted(path)} yet.", 300), next=action, contract=contract_of(action),
        data={"status": "running", "progress": message}, warnings=tuple(site.warnings[:5]), project=path,
    )  # fmt: skip
