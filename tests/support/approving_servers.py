"""A real server over standard streams, for a person who approves whatever they are asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import stdio


def approved(message: stdio.Message) -> stdio.Message:
    """The person's answer to whatever the server asks."""
    assert message["method"] == "elicitation/create"
    return {"action": "accept", "content": {"answer": "approve", "comment": ""}}


@contextmanager
def server(project: Path, home: Path) -> Iterator[stdio.Host]:
    """A server of its own for a person who approves; SIGKILL ends it."""
    with stdio.running_server(project, home, stdio.MODULE, {"FACTORY_WAIT_SECONDS": "600"}) as host:
        host.capabilities = {"elicitation": {}}
        host.on_request = approved
        host.greet()
        yield host
