"""What a module sets of other modules and classes of its project: a patch that another file has to run to be there."""

import pytest

from tools.engine.languages.table import language_named

FILES = ("src/pkg/__init__.py", "src/pkg/core.py", "src/pkg/strict.py", "src/pkg/deep/__init__.py")
PATCHES = [
    ("from pkg import core\n\n\ndef guard():\n    core.wrap = None\n", 5),
    ("import pkg.core\n\npkg.core.wrap = None\n", 3),
    ("import pkg.core as c\n\nc.wrap = None\n", 3),
    ("from . import core\n\nsetattr(core, 'wrap', None)\n", 3),
    ("from . import core\n\nold = core\nold.wrap = None\n", 4),
    ("from .core import Box\n\nBox.width = None\n", 3),
    ("from . import core\n\ncore.Box.width = None\n", 3),
    ("from . import core\n\nvars(core)['wrap'] = None\n", 3),
    ("from . import core\n\ncore.__dict__['wrap'] = None\n", 3),
    ("from . import core\n\ncore.__dict__.update(wrap=None)\n", 3),
    ("import sys\n\nsys.modules['pkg.core'].wrap = None\n", 3),
    ("import sys\n\nsys.modules['pkg.core'] = None\n", 3),
    ("import importlib\n\nm = importlib.import_module('pkg.core')\nm.wrap = None\n", 4),
    ("from . import core\n\ndel core.wrap\n", 3),
    ("from . import core\n\ncore.count += 1\n", 3),
]
HONEST = [
    "class Box:\n    def __init__(self):\n        self.width = 1\n",
    "from .core import app\n\napp.title = 'x'\n",
    "from .core import Box\n\nbox = Box()\nbox.width = 1\n",
    "from .core import Box\n\nBox.__module__ = 'pkg'\n",
    "import json\n\njson.wrap = None\n",
    "from . import core\n\nold = core.wrap\ncore.table['a'] = 1\ncore.wrap(width=1)\n",
    "from .core import LIMITS\n\nLIMITS.width = 1\n",
    "import sys\n\nsys.modules[__name__] = object()\n",
    "def f(core):\n    one = core\n    one.width = 1\n",
    "def f(:\n",
]
JAVASCRIPT = [
    ('import * as core from "./core";\ncore.wrap = null;\n', {2}),
    ('import { Box } from "./core";\nBox.prototype.width = () => 1;\n', {2}),
    ('const core = require("./core");\nfunction guard() {\n  core.wrap = null;\n}\n', {3}),
    ('const core = require("./core");\nObject.assign(core, { wrap: null });\n', {2}),
    ('const { wrap } = require("./core");\nmodule.exports.wrap = wrap;\n', set()),
    ('import app from "./app";\napp.title = "x";\n', set()),
    ('import * as fs from "fs";\nfs.wrap = null;\n', set()),
    ("this.width = 1;\n", set()),
]


@pytest.mark.parametrize(("text", "line"), PATCHES)
def test_what_is_set_of_another_module_or_class_is_found_at_its_line(text: str, line: int) -> None:
    assert list(language_named("python").assigned_elsewhere("src/pkg/strict.py", text.encode(), FILES)) == [line]


@pytest.mark.parametrize("text", HONEST)
def test_what_is_set_of_ones_own_objects_and_of_others_modules_is_no_patch(text: str) -> None:
    assert language_named("python").assigned_elsewhere("src/pkg/strict.py", text.encode(), FILES) == {}


@pytest.mark.parametrize(("text", "lines"), JAVASCRIPT)
def test_a_module_of_javascript_sets_what_it_took_by_a_relative_path(text: str, lines: set[int]) -> None:
    assert set(language_named("javascript").assigned_elsewhere("src/strict.js", text.encode(), ())) == lines


@pytest.mark.parametrize("language", ["go", "rust"])
def test_where_no_function_of_another_module_can_be_set_nothing_is_found(language: str) -> None:
    assert language_named(language).assigned_elsewhere("a", b"core.wrap = 1\n", ()) == {}
