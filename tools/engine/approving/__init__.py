"""A person's approval: the words that they are shown, and what is done once they have answered."""

from tools.engine.approving.held import held_words
from tools.engine.approving.publishing import publish_hash, publish_words, record_publish
from tools.engine.approving.recording import Channel, land_factory_md, record_answer, record_held
from tools.engine.approving.words import CODE_LENGTH, MESSAGE_LIMIT, code_of, evaluation_words
from tools.engine.approving.work import Asked, plan_words, record_work, spec_words, start_approved, start_of

__all__ = [
    "CODE_LENGTH",
    "MESSAGE_LIMIT",
    "Asked",
    "Channel",
    "code_of",
    "evaluation_words",
    "held_words",
    "land_factory_md",
    "plan_words",
    "publish_hash",
    "publish_words",
    "record_answer",
    "record_held",
    "record_publish",
    "record_work",
    "spec_words",
    "start_approved",
    "start_of",
]
