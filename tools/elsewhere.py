"""Where the person stands while there is no project: what lies in the folder, and the call that makes a project or leads to one."""

import shlex
from typing import Any, Final

from state.answers import Answer, At, Next, Option, one_line, quoted
from tools.answering import contract_of, without_empty
from tools.arguments import Detail
from tools.engine.creating.site import Lies, Site, what_lies_there
from tools.engine.cycle.leading import creation
from tools.engine.intent.reading import Intent, Known, read_request
from tools.engine.intent.targets import Place
from tools.project import Request, intent_shown

AHEAD: Final = ("create_project", "start_cycle", "discover_project", "request_approval", "submit_report")
_HOLDS_FILES: Final[frozenset[Lies]] = frozenset(("files without git", "git without a commit"))


def status_elsewhere(site: Site, request: Request = "", detail: Detail = "brief") -> Answer:
    """Project status where no project is. Raises Refusal NO_PROJECT or UNSUPPORTED_REPO where the folder cannot become one."""
    del detail  # there is no more to tell
    lies = what_lies_there(site.folder)
    intent = read_request(request, Known(empty=lies not in _HOLDS_FILES, measured=False), Place(site.folder))
    action, options = _next(site, lies, request, intent)
    data = {
        "project_state": "no_repo", "here": lies, "intent": intent_shown(intent) if intent else None,
        "projects_dir": quoted(str(site.projects)) if site.projects else "", "tools_ahead": list(AHEAD),
    }  # fmt: skip
    return Answer(
        summary=one_line(f"No project yet: {'there is ' if lies == 'nothing' else ''}{lies} at {quoted(str(site.folder))}.", 300), next=action,
        contract=contract_of(action), data=without_empty(data), options=options, at=At(state="no_repo"), warnings=tuple(site.warnings[:5]),
        project=str(site.folder),
    )  # fmt: skip


def _next(site: Site, lies: Lies, request: str, intent: Intent | None) -> tuple[Next, tuple[Option, ...]]:
    new = Option(tool="create_project", why="a project of its own is meant; source is the person's idea, spec file or URL")
    if intent is None:
        do = "Ask the person what they want to build, or which project they mean; then give their words as request."
        return Next(do=do, tool="project_status", fill=("request",), role="ceo"), (new,)
    match intent.kind:
        case "url" | "spec":
            return creation(intent.target), ()
        case "issue" if address := _repository_of(intent.focus[0]):
            cloning = creation(address)
            return cloning.model_copy(update={"do": "Clone the issue's repository first; there, ask project_status with the same words."}), ()
        case "idea":
            return creation(request.strip()), ()
        case "question":
            return Next(do="Answer the person; there is no project here to look at.", role="ceo"), (new,)
        case _ if intent.target:
            there: dict[str, Any] = {"project": intent.target}
            return Next(do="Look at that project.", tool="project_status", arguments=there, fill=("request",), role="ceo"), ()
        case _ if lies in _HOLDS_FILES:
            return Next(do=f"Tell the person: {_first_commit(site)} Then project_status with the same words.", role="ceo"), (new,)
        case _:
            do = "Tell the person: there is no project here. Ask for the absolute path of theirs, or for what is to be built."
            return Next(do=do, role="ceo"), (new,)


def _first_commit(site: Site) -> str:
    """What makes a project of a folder with files; the person does it, because only they know what belongs into it."""
    folder = shlex.quote(str(site.folder))
    return f"the files need a first commit: git -C {folder} init && git -C {folder} add -A && git -C {folder} commit -m first"


def _repository_of(issue: str) -> str:
    """The address of the repository whose issue this is; empty for a mere number."""
    if issue.startswith("http"):
        return issue.partition("/-/issues/")[0].partition("/issues/")[0]
    return f"https://github.com/{issue.partition('#')[0]}" if "#" in issue else ""
