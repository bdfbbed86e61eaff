"""A person's approval: the words that they are shown, and what is done once they have answered."""

from tools.engine.approving.recording import Channel, land_factory_md, record_answer, record_held
from tools.engine.approving.words import CODE_LENGTH, code_of, evaluation_words, held_words

__all__ = ["CODE_LENGTH", "Channel", "code_of", "evaluation_words", "held_words", "land_factory_md", "record_answer", "record_held"]
