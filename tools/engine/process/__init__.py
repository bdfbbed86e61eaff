"""Child processes: the only place that starts them, and sees to it that none stays behind."""

from tools.engine.process.confine import Confine, Confinement
from tools.engine.process.conversation import Conversation, ConversationEnded, start_conversation
from tools.engine.process.environment import child_environment
from tools.engine.process.guard import kill_everything, live_groups
from tools.engine.process.quick import Quick, run_quick
from tools.engine.process.starting import CommandNotFound, ProcessTimeout
from tools.engine.process.supervised import confinement, supervise
from tools.engine.process.supervision import Command, Finished
from tools.engine.process.terminal import run_at_the_terminal

__all__ = [
    "Command",
    "CommandNotFound",
    "Confine",
    "Confinement",
    "Conversation",
    "ConversationEnded",
    "Finished",
    "ProcessTimeout",
    "Quick",
    "child_environment",
    "confinement",
    "kill_everything",
    "live_groups",
    "run_at_the_terminal",
    "run_quick",
    "start_conversation",
    "supervise",
]
