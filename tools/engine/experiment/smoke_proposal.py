"""The smoke test that a passed trial proposes: a draft of factory.md with the start command in it, for a person to approve."""

import shlex
from typing import Final

from state.approvals import DraftWritten
from tools.engine.contract import evaluation_hash, standing
from tools.engine.discovery.discover import discover
from tools.engine.experiment.history import decided
from tools.engine.languages.survey import Project
from tools.engine.repository.blobs import files_through_one_git
from tools.engine.repository.objects import read_blob
from tools.engine.roles.shapes import Start
from tools.engine.scope.files import files_of
from tools.engine.scope.protecting import FILE, read_as_far
from tools.engine.session import Session, server_record

SMOKE_SECONDS: Final = 5  # that a command which stays has to run as a smoke test
ENDED_BY_TIMEOUT: Final = 124  # what `timeout` answers for a command that still ran


def propose_smoke_test(session: Session, start: Start) -> None:
    """Write the draft, unless factory.md has a smoke test, another draft waits, or the command cannot stand in the file."""
    where = standing(session)
    committed = read_blob(session.repository, where.tip, FILE)
    if where.configuration is None or where.configuration.smoke_test or where.draft is not None or committed is None:
        return
    text = with_smoke_test(committed.decode(), start)
    files = files_of(session.repository, where.tip)
    configuration, problems = read_as_far(text.encode(), lambda: files)
    if configuration is None or problems or configuration.smoke_test is None:
        return
    with files_through_one_git(session.repository, where.tip) as read:
        profile = discover(Project(session.repository.root, files.paths, read), configuration, decided(session)).profile
    server_record(session, DraftWritten(hash=evaluation_hash(text, profile), text=text, profile=profile, base=where.committed.digest))


def with_smoke_test(text: str, start: Start) -> str:
    """factory.md with the start command as its smoke test; one that stays passes when it still runs after SMOKE_SECONDS."""
    command = start.command
    if start.stays:
        command = f"timeout {SMOKE_SECONDS} sh -c {shlex.quote(command)}; test $? -eq {ENDED_BY_TIMEOUT}"
    return f"{text.rstrip()}\n\n## Smoke Test\n\n```sh\n{command}\n```\n"
