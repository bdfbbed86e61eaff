"""Which failure paths Python functions have, and of which of them somebody hears."""

import pytest

from tools.engine.languages.functions import Function
from tools.engine.languages.python.counting import count

HEAD = "import logging, sys, traceback, warnings\nfrom warnings import warn as caution\nrecorder = logging.getLogger(__name__)\n"


def function(body: str, head: str = HEAD) -> Function:
    text = "\n".join(f"    {line}" for line in body.splitlines())
    source = count({"m.py": f"{head}def f(self, x):\n{text}\n".encode()})
    return next(each for each in source.functions if each.name == "f")


def caught(handler: str, name: str = " as e") -> Function:
    return function("try:\n    x()\nexcept ValueError" + name + ":\n" + "\n".join(f"    {line}" for line in handler.splitlines()))


@pytest.mark.parametrize(
    "handler",
    [
        "logger.warning('no')", "self._logger.error('no')", "logging.getLogger('a').exception('no')", "recorder.info('no')", "caution('no')",
        "warnings.warn('no')", "traceback.print_exc()", "span.record_exception(e)", "sentry_sdk.capture_exception()", "log.bind(a=1).error('no')",
        "requestLogger.error('no')", "ACCESS_LOG.warning('no')", "print('no', file=sys.stderr)", "sys.stderr.write('no')",
        "click.echo('no', err=True)",
        "sys.exit(1)", "await log.aerror('no')",
        "return Result(error=e)", "return str(e)", "yield e", "raise_later.append(e)", "self.error = e", "errors[x] = str(e)", "print(f'no: {e}')",
        "message = f'no: {e}'\nreport(message)", "return None, e",
        "if x:\n    logger.error('no')\nreturn None", "if e.errno != 2:\n    raise",
        "logger.exception('')", "logger.debug('no', exc_info=True)", "logger.log(logging.ERROR, 'no')", "logger.log(level, 'no')",
        "log.error(code=2)",
        "logger.info(f'{x}')", "logger.warning('%s', x)",
    ],
)  # fmt: skip
def test_a_failure_is_told(handler: str) -> None:
    assert caught(handler).failure == "told"


@pytest.mark.parametrize(
    "handler",
    [
        "pass", "return None", "continue_anyway()", "str(e)", "x = str(e)", "if e.errno == 2:\n    return None", "if transient(e):\n    return 1",
        "catalog.error('no')", "blog.log('no')", "math.log(2)", "print('no')", "sys.exit(0)", "def later():\n    logger.error('no')",
        "failed = True", "logger.error('')", "logger.error()", "logger.warning(' ')", "logger.error('%s', '')", "logger.error(f'')",
        "logger.debug('no')", "logger.trace('no')", "await log.adebug('no')", "logger.log(logging.DEBUG, 'no')", "logger.log(5, 'no')",
        "logger.log('DEBUG', 'no')", "logger.error('', exc_info=False)", "warnings.warn('')", "print('', file=sys.stderr)", "print(file=sys.stderr)",
        "sys.stderr.write('')", "click.echo('', err=True)",
        "logger.debug(e)", "logger.debug('no: %s', e)",
    ],
)  # fmt: skip
def test_a_failure_is_kept_silent(handler: str) -> None:
    assert caught(handler).failure == "silent"


@pytest.mark.parametrize(
    "handler", ["raise", "raise Other from e", "clean()\nraise", "if x:\n    raise\nelse:\n    raise Other()", "with x:\n    raise"]
)
def test_a_handler_that_raises_on_every_way_is_no_failure_path(handler: str) -> None:
    assert caught(handler).failure == "none"


def test_an_exception_carried_out_of_the_handler_and_raised_later_is_told() -> None:
    assert function("last = None\nfor n in x:\n    try:\n        n()\n    except ValueError as e:\n        last = e\nraise last").failure == "told"


@pytest.mark.parametrize("tried", ["pass", "y = 1", "logger.info(x.y)", "y = int('1')", "'text'", "y = [1, 2]", "return 1", "y = 1 + 2"])
def test_a_handler_around_what_cannot_fail_is_no_failure_path(tried: str) -> None:
    assert function(f"try:\n    {tried}\nexcept ValueError:\n    logger.error('no')").failure == "none"


@pytest.mark.parametrize("tried", ["y = x.z", "y = int(x)", "return x[0]", "import json", "y = x + 1", "with x: pass", "raise ValueError"])
def test_a_handler_around_what_can_fail_is_a_failure_path(tried: str) -> None:
    assert function(f"try:\n    {tried}\nexcept ValueError:\n    logger.error('no')").failure == "told"


def test_suppress_keeps_failures_silent_and_is_named_by_its_line() -> None:
    found = function("with contextlib.suppress(OSError):\n    x()")

    assert (found.failure, [handler.line for handler in found.handlers]) == ("silent", [5])


def test_a_function_with_several_handlers_has_to_tell_of_each() -> None:
    found = function("try:\n    x()\nexcept ValueError:\n    logger.error('no')\nexcept OSError:\n    pass")

    assert (found.failure, [(handler.line, handler.told) for handler in found.handlers]) == ("silent", [(7, True), (9, False)])


def test_a_handler_belongs_to_the_function_that_it_stands_in() -> None:
    found = {
        each.name: each.failure for each in count({"m.py": b"def a():\n    def b():\n        try: x()\n        except OSError: pass\n"}).functions
    }

    assert found == {"a": "none", "a.b": "silent"}


def test_a_logger_of_the_modules_own_making_tells_nobody() -> None:
    head = "class logger:\n    @staticmethod\n    def error(*words): pass\n"

    assert function("try:\n    x()\nexcept ValueError:\n    logger.error('no')", head).failure == "silent"


@pytest.mark.parametrize(
    "silenced",
    [
        "logger.disabled = True", "logger.setLevel(logging.CRITICAL)", "logger.setLevel(100)", "logger.setLevel(logging.CRITICAL + 1)",
        "logger.propagate = False\nlogger.addHandler(logging.NullHandler())", "logging.disable(logging.CRITICAL)",
    ],
)  # fmt: skip
def test_a_logger_that_the_module_silences_tells_nobody(silenced: str) -> None:
    head = f"import logging\nlogger = logging.getLogger(__name__)\n{silenced}\n"

    assert function("try:\n    x()\nexcept ValueError:\n    logger.error('no')", head).failure == "silent"


@pytest.mark.parametrize(
    "settings",
    [
        "logger.disabled = False", "logger.setLevel(logging.ERROR)", "logger.setLevel(LEVEL)", "logger.addHandler(logging.NullHandler())",
        "logger.propagate = False\nlogger.addHandler(handler)", "logging.disable(logging.INFO)", "other.disabled = True",
        "def mute():\n    logger.disabled = True",
    ],
)  # fmt: skip
def test_a_logger_with_settings_that_let_errors_through_tells(settings: str) -> None:
    head = f"import logging\nlogger = logging.getLogger(__name__)\n{settings}\n"

    assert function("try:\n    x()\nexcept ValueError:\n    logger.error('no')", head).failure == "told"
