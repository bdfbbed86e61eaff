"""The job that the server hands over on the lifeline: what to start, within which bounds, and in which sandbox."""

import os

HEAD_SIZE = 16  # bytes: how long the fields are, and how long the command's input


class Sandbox:
    """What a confined command may see and change. All paths are absolute and real (no symbolic link in them)."""

    def __init__(self, program: bytes, *, network: bool, room: int) -> None:
        self.program = program  # bubblewrap's path; empty: the namespaces are made without it
        self.network = network
        self.room = room  # bytes of a private folder such as /tmp
        self.writable: list[bytes] = []
        self.hidden: list[bytes] = []
        self.visible: list[bytes] = []


class Job:
    """What to start: the command's argument list, its folder, and its whole environment, all as the kernel takes them."""

    def __init__(self, argv: list[bytes], directory: bytes, environment: dict[bytes, bytes]) -> None:
        self.argv = argv
        self.directory = directory
        self.environment = environment
        self.memory = 0  # bytes, for all its processes together; 0 is no bound
        self.stdin: bytes | None = None
        self.sandbox: Sandbox | None = None


def make_job(argv: list[str], directory: str, environment: dict[str, str]) -> Job:
    """A job without bounds. Raises ValueError for what no process can be given: no argument at all, a NUL byte, a name that is empty or holds "="."""
    if not argv or not argv[0]:
        raise ValueError("a command needs the name of a program; found none")
    for name in environment:
        if not name or "=" in name:
            raise ValueError(f"{name!r} is no name of an environment variable")
    if any("\0" in field for field in (directory, *argv, *environment, *environment.values())):
        raise ValueError("a NUL byte cannot be handed to a process; found one in the arguments, the folder or the environment")
    encoded = {os.fsencode(name): os.fsencode(value) for name, value in environment.items()}
    return Job([os.fsencode(word) for word in argv], os.fsencode(directory), encoded)


def encode_job(job: Job) -> bytes:
    """Write a job for the lifeline: the length of its fields and of its input in 8 bytes each, then the fields, then the input.

    The fields are seven lists; how long each is stands in front of them, and all is separated by NUL. Raises ValueError for a NUL in a path.
    """
    bounds = [str(job.memory).encode(), b"" if job.stdin is None else b"input"]
    fields = [[job.directory, *bounds], job.argv, [name + b"=" + value for name, value in job.environment.items()], *_lists(job.sandbox)]
    if any(b"\0" in field for part in fields for field in part):
        raise ValueError("a NUL byte cannot be handed to a process; found one in a path")
    counts = " ".join(str(len(part)) for part in fields).encode()
    body = b"\0".join([counts, *(field for part in fields for field in part)])
    stdin = job.stdin or b""
    return len(body).to_bytes(8, "big") + len(stdin).to_bytes(8, "big") + body + stdin


def _lists(sandbox: Sandbox | None) -> list[list[bytes]]:
    """The four lists that tell a sandbox; all are empty where there is none."""
    if sandbox is None:
        return [[], [], [], []]
    confined = [sandbox.program, b"network" if sandbox.network else b"", str(sandbox.room).encode()]
    return [confined, sandbox.writable, sandbox.hidden, sandbox.visible]


def decode_job(body: bytes, stdin: bytes) -> Job:
    """Read the fields and the input that encode_job wrote."""
    counts, *rest = body.split(b"\0")
    parts: list[list[bytes]] = []
    for count in counts.split():
        parts.append(rest[: int(count)])
        rest = rest[int(count) :]
    (directory, memory, has_input), argv, pairs, confined, writable, hidden, visible = parts
    job = Job(argv, directory, {name: value for name, _, value in (pair.partition(b"=") for pair in pairs)})
    job.memory = int(memory)
    job.stdin = stdin if has_input else None
    if confined:
        program, network, room = confined
        job.sandbox = Sandbox(program, network=bool(network), room=int(room))
        job.sandbox.writable, job.sandbox.hidden, job.sandbox.visible = writable, hidden, visible
    return job


def read_job(descriptor: int) -> Job | None:
    """Read a job from the lifeline; None if the server went away before it was complete."""
    head = read_exactly(descriptor, HEAD_SIZE)
    if head is None:
        return None
    body = read_exactly(descriptor, int.from_bytes(head[:8], "big"))
    stdin = read_exactly(descriptor, int.from_bytes(head[8:], "big"))
    return None if body is None or stdin is None else decode_job(body, stdin)


def read_exactly(descriptor: int, size: int) -> bytes | None:
    """Read `size` bytes, nothing beyond; None if the end comes before."""
    blocks: list[bytes] = []
    while size > 0:
        block = os.read(descriptor, size)
        if not block:
            return None
        blocks.append(block)
        size -= len(block)
    return b"".join(blocks)
