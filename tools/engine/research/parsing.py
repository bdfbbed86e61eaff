"""From the result of one run to its number, its instances and its price; what cannot be read is no number, and the reason says why. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from state.answers import one_line
from state.configuration.research import ResearchTarget
from state.instances import Instance
from tools.engine.evaluation.score import NUMBER, NoScore, finite

WORDS: Final = 200  # characters of a name, a stage or a cause that are kept
MOST: Final = 20_000  # instances of one run
_NAMES: Final = ("id", "name", "instance", "instance_id")
_CAUSES: Final = ("category", "cause", "error")
_LISTS: Final = ("instances", "results")
_PASSED: Final = frozenset({"pass", "passed", "ok", "success", "resolved", "solved", "true", "correct"})
_COST: Final = "cost_usd"


@dataclass(frozen=True)
class Parsed:
    """What the result of a run says. `cost_usd` is None where neither the result nor factory.md has a price."""

    value: float
    instances: tuple[Instance, ...] = ()
    cost_usd: float | None = None


def parse_result(text: str, target: ResearchTarget) -> Parsed:
    """The result of a run that ended well. Raises NoScore with what is wrong in it."""
    if target.result_parser == "exit_code":
        return Parsed(1.0, cost_usd=target.price)
    if target.result_parser == "regex":
        return Parsed(_matched(text, target.metric), cost_usd=target.price)
    found = _json(text)
    return Parsed(_measured(found, target.metric), _instances(found, target.instances), cost_of(found, target))


def cost_of(found: Any, target: ResearchTarget) -> float | None:
    """What a run cost, in dollars, as its result says; else as factory.md does. Raises NoScore for a price that is none."""
    if target.cost is None and not (isinstance(found, dict) and _COST in found):
        return target.price
    cost = finite(_at(found, target.cost or _COST), f"the cost at {target.cost or _COST}")
    if cost < 0:
        raise NoScore(f"the cost at {target.cost or _COST} is below 0")
    return cost


def cost_of_failed(text: str | None, target: ResearchTarget) -> float | None:
    """What a run that gave no value cost, as far as its result, if there is one, can be read."""
    try:
        return cost_of(_json(text), target) if text is not None and target.result_parser == "json" else target.price
    except NoScore:
        return target.price


def _matched(text: str, pattern: str) -> float:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise NoScore(f"nothing in the result matches {pattern}")
    found = (match.group(1) or "").strip()
    if not NUMBER.fullmatch(found):
        raise NoScore(f"what the pattern found is not a number: {one_line(found, WORDS)!r}")
    return finite(float(found), "the metric")


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as problem:
        raise NoScore(f"the result is no JSON: {one_line(str(problem), WORDS)}") from problem


def _refuse_constant(name: str) -> float:
    raise NoScore(f"{name} is not a finite number")


def _measured(found: Any, metric: str) -> float:
    """A path of keys, or the ratio of two."""
    above, _, below = metric.partition("/")
    number = finite(_at(found, above), f"the metric at {above}")
    if not below:
        return number
    divisor = finite(_at(found, below), f"the metric at {below}")
    if divisor == 0:
        raise NoScore(f"the metric at {below} is 0: nothing can be divided by it")
    return finite(number / divisor, "the metric")


def _at(found: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(found, Mapping) or key not in found:
            here = ", ".join(sorted(map(str, found))[:5]) if isinstance(found, Mapping) else "no keys at all"
            raise NoScore(f"the result has no {path}: at {key} there is {one_line(here, WORDS) or 'nothing'}")
        found = found[key]
    return found


def _instances(found: Any, path: str | None) -> tuple[Instance, ...]:
    """What was tried one by one, by name. Without a path only what clearly has that form counts. Raises NoScore for a path that has another form."""
    if path is not None:
        return _listed(_at(found, path), path)
    for name in _LISTS:
        if isinstance(found, Mapping) and name in found:
            try:
                return _listed(found[name], name)
            except NoScore:
                continue
    return ()


def _listed(found: Any, path: str) -> tuple[Instance, ...]:
    if isinstance(found, Mapping):
        entries = [{**each, "id": name} if isinstance(each, Mapping) else {"id": name, "passed": each} for name, each in found.items()]
    else:
        entries = list(found) if isinstance(found, Sequence) and not isinstance(found, str) else []
    made = [_instance(each) for each in entries[:MOST]]
    instances = sorted((each for each in made if each is not None), key=lambda each: each.name)
    if len(instances) < len(entries) or not entries or len({each.name for each in instances}) < len(instances):
        raise NoScore(f"the result's {path} is no list of objects, each with an id of its own and passed, score or status")
    return tuple(instances)


def _instance(entry: Any) -> Instance | None:
    if not isinstance(entry, Mapping):
        return None
    name = next((entry[key] for key in _NAMES if isinstance(entry.get(key), str | int)), None)
    passed, score = _passed(entry), entry.get("score")
    number = finite(score, "the score of an instance") if isinstance(score, int | float) and not isinstance(score, bool) else None
    if name is None or (passed is None and number is None):
        return None
    cause = next((entry[key] for key in _CAUSES if isinstance(entry.get(key), str)), "")
    stage = entry.get("stage")
    return Instance(
        name=one_line(str(name), WORDS), passed=passed, score=number, stage=one_line(stage, WORDS) if isinstance(stage, str) else "",
        cause=one_line(cause, WORDS),
    )  # fmt: skip


def _passed(entry: Mapping[Any, Any]) -> bool | None:
    for key in ("passed", "resolved", "success"):
        if isinstance(entry.get(key), bool):
            return bool(entry[key])
    status = entry.get("status")
    return status.lower() in _PASSED if isinstance(status, str) else None
