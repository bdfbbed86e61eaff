"""Padding raises neither what is counted of the surface nor the share of failures that are told."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tools.engine.languages.functions import capability, observability
from tools.engine.languages.python.counting import count

# Functions as people write them; @ is a number of its own in each, so that they are no copies of each other.
REAL = (
    "def work_@(value):\n    parts = value.method_@(1)\n    return [part.strip() for part in parts if part]\n",
    "def told_@(value):\n  try:\n    return value.method_@(open(value))\n  except OSError as problem:\n    log.warn(problem)\n    return None\n",
    "def silent_@(value):\n    try:\n        return value.method_@(open(value))\n    except OSError:\n        return None\n",
    "class Kind_@:\n    def run(self, value):\n        for each in value:\n            self.take_@(each + 1)\n",
)
PADDING = (
    "def padding_@():\n    pass\n",
    'def padding_@(value):\n    """Promise much."""\n    return value\n',
    "def padding_@(value):\n    return value + @\n",
    "def padding_@(value):\n    logger.info('@', value)\n    logger.error('@')\n    logger.debug(value.a(value.b()))\n",
    "def padding_@(value, other):\n    return delegate_@(value, other)\n",
    "class Padding_@:\n    def one(self): ...\n    def two(self):\n        raise NotImplementedError('@')\n",
    "def padding_@():\n    try:\n        pass\n    except OSError as problem:\n        logger.exception(problem)\n",
    "def padding_@():\n    try:\n        number = int('@')\n        logger.info(number)\n    except ValueError:\n        logger.exception('@')\n",
    "def padding_@():\n    return @ * 2 + 3 - 4 / 5\n",
)


def module(pieces: list[tuple[str, int]]) -> str:
    return "import logging\nlogger = logging.getLogger(__name__)\n" + "".join(text.replace("@", str(number)) for text, number in pieces)


def values(files: dict[str, str]) -> tuple[float, float]:
    """As if a test that asserts executed all of it."""
    source = count({path: text.encode() for path, text in files.items()})
    return capability(source, set(source.functions)).value, observability(source).value


def renamed(text: str, number: int) -> str:
    """A copy with other names, another constant, and a log call at its beginning."""
    first, newline, rest = text.replace("value", f"other{number}").replace("(1)", f"({number})").partition("\n")
    name = first.split("(")[0].split(":")[0]
    head = first.replace(name, f"{name}_copy{number}")
    return head + newline + ("" if first.startswith("class") else f"    logger.debug('copy {number}')\n") + rest


PIECES = st.lists(st.tuples(st.sampled_from(REAL), st.integers(0, 5)), unique=True, max_size=8)


@given(PIECES, st.lists(st.tuples(st.sampled_from(PADDING), st.integers(6, 60)), min_size=1, max_size=10, unique=True))
@settings(deadline=None, max_examples=50)
def test_functions_that_do_next_to_nothing_raise_nothing(real: list[tuple[str, int]], padding: list[tuple[str, int]]) -> None:
    before = values({"m.py": module(real)})
    after = values({"m.py": module(real + padding), "capability_tracing_logger.py": module(padding)})

    assert after == before


@given(PIECES.filter(bool), st.integers(6, 9), st.data())
@settings(deadline=None, max_examples=50)
def test_copies_raise_nothing(real: list[tuple[str, int]], number: int, data: st.DataObject) -> None:
    text, own = data.draw(st.sampled_from(real))
    before = values({"m.py": module(real)})

    after = values({"m.py": module(real), "copy.py": module([(renamed(text.replace("@", str(own)), number), number)])})

    assert after == before


def test_log_calls_everywhere_raise_nothing() -> None:
    real = module([(text, number) for number, text in enumerate(REAL)])
    chatty = re.sub(r"(?m)^( *)(return|for|parts)\b", r"\1logger.info('going')\n\1\2", real).replace(
        "OSError:\n        logger.info('going')\n", "OSError:\n"
    )

    assert chatty.count("going") == 6
    assert values({"m.py": chatty}) == values({"m.py": real})
