"""Which functions ran, from what coverage tools count of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from tools.engine.languages.functions import Function


def executed_by_counts(functions: Iterable[Function], coverage: Mapping[str, Mapping[str, Any]]) -> frozenset[Function]:
    """The functions that ran at least once. `coverage` holds fnMap and f of each file, by the path that the functions have.

    An entry belongs to the function that begins and ends on its lines; where several do, to the one whose beginning is nearest. Columns alone do
    not tell: istanbul names the place of the name, v8 the whole function, and source maps move both.
    Raises KeyError and TypeError for coverage of another form.
    """
    by_path: dict[str, list[Function]] = defaultdict(list)
    for function in functions:
        by_path[function.path].append(function)
    return frozenset(function for path, facts in coverage.items() for function in _executed(by_path.get(path, ()), facts))


def _executed(functions: Iterable[Function], facts: Mapping[str, Any]) -> frozenset[Function]:
    on_lines: dict[tuple[int, int], list[Function]] = defaultdict(list)
    for function in functions:
        on_lines[function.first_line, function.last_line].append(function)
        on_lines[function.first_line, 0].append(function)  # for tools that do not tell where a function ends
    distances: list[tuple[int, str, Function]] = []
    for key, entry in facts["fnMap"].items():
        if not entry["name"].startswith("<"):  # v8's initialisers of classes are no functions of the source
            start = entry["decl"]["start"]
            candidates = on_lines.get((int(start["line"]), int(entry["loc"]["end"]["line"])), ())
            distances += [(abs(each.span.first_column - int(start["column"])), key, each) for each in candidates]
    ran: set[Function] = set()
    taken: set[str | Function] = set()
    for _, key, function in sorted(distances, key=lambda found: found[0]):
        if key not in taken and function not in taken:
            taken |= {key, function}
            ran |= {function} if facts["f"][key] > 0 else set()
    return frozenset(ran)
