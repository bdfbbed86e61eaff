"""The supervisor of one command: a small program of its own that outlives the server just long enough to leave no process behind.

Its modules import the standard library and each other alone, and of that only what starts quickly. The server uses the process table and the job.
"""

from tools.engine.process.supervisor.table import Process, descendants, processes, read_process, send

__all__ = ["Process", "descendants", "processes", "read_process", "send"]
