"""Reading a request: from the words and where the project stands to one intent, and the other one where two were possible."""

import re
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from state.answers import one_line
from state.cycles import ModeName
from tools.engine.intent.errands import Errand, errand_of
from tools.engine.intent.rules import Sense, said, senses
from tools.engine.intent.targets import Place, Pointed, pointed_at

Kind = Literal["wish", "question", "idea", "spec", "url", "issue", "refinement", "metric", "resume", "pull_request", "backlog", "stop", "undo"]
FOCUS_LIMIT: Final = 300  # characters of the words that become a focus
_EXPERIMENTS: Final = re.compile(r"\bexperiment(?:s|e|os?)? ((?:\d{1,9}(?:, | and | und | et | y | with | to | vs\.? | versus | ?& ?)?)+)")


@dataclass(frozen=True)
class Known:
    """What a project is like, as far as it changes what words mean.

    `empty`: there is no project yet; `measured`: its evaluation is approved; `has_target`: it has a research target, whose metric
    has these `names`; `waits`: a spec or phases wait to be built; `ended_lately`: a cycle ended, and what the person says now is about it.
    """

    empty: bool = False
    measured: bool = True
    has_target: bool = False
    names: tuple[str, ...] = ()
    waits: bool = False
    ended_lately: bool = False


@dataclass(frozen=True)
class Intent:
    """What a request means. `target` is an address or a path; `otherwise` a second mode that the words allow, with the reason to take it.

    The focus of a pull request are the numbers of the experiments that it names.
    `errand` is what is to be done about the work itself.
    """

    kind: Kind
    mode: ModeName | None
    focus: tuple[str, ...] = ()
    target: str = ""
    otherwise: tuple[ModeName, str] | None = None
    errand: Errand | None = None
    words: str = field(default="", compare=False)


def read_request(words: str, known: Known, place: Place) -> Intent | None:
    """The intent of a person's words; None where they said nothing. Where two readings are possible, the one that costs less."""
    if not words.strip():
        return None
    plain, polite = said(words)
    if not known.empty and (errand := errand_of(words, plain)) is not None:
        return _with_words(_of_errand(errand), words)
    found = senses(plain)
    pointed = pointed_at(words, place)
    asks = "question" in found or (words.rstrip().endswith("?") and not polite)
    if pointed is not None and (pointed.alone or not asks or pointed.kind == "repository"):
        by_target = _of_what_is_pointed_at(pointed, found)
        if by_target is not None:
            return _with_words(by_target, words)
    return _with_words(_of_senses(found, known, words, asks=asks), words)


def _of_errand(errand: Errand) -> Intent:
    match errand.action:
        case "work":  # what waits there comes before anything new
            return Intent("wish", "improve")
        case "list":
            return Intent("question", None, errand=errand)
        case "stop":
            return Intent("stop", None, errand=errand)
        case "add" | "remove":
            return Intent("backlog", None, errand=errand)
        case "undo":
            return Intent("undo", None, errand=errand)


def _of_what_is_pointed_at(pointed: Pointed, found: set[Sense]) -> Intent | None:
    target = pointed.targets[0]
    match pointed.kind:
        case "issue":
            return Intent("issue", "focus", pointed.targets)
        case "item":
            return Intent("wish", "focus", pointed.targets)
        case "repository" if "new" in found or ("made" in found and not pointed.alone):
            return None  # something new that is to be like it
        case "repository":
            return Intent("url", "discover", target=target)
        case "folder":
            return Intent("wish", "improve", target=target)
        case _ if pointed.alone or found & {"new", "made", "build", "discuss", "described"}:
            talk: tuple[ModeName, str] = ("interactive", "talk it through first")
            return Intent("spec", "interactive" if "discuss" in found else "build", target=target, otherwise=None if "discuss" in found else talk)
    return None


def _of_senses(found: set[Sense], known: Known, words: str, *, asks: bool) -> Intent:
    """By the words alone. What comes first wins, and costs less than what follows."""
    focus = (one_line(words.strip(), FOCUS_LIMIT),)
    if "build" in found and known.waits:
        return Intent("wish", "build")
    if "resume" in found:
        return Intent("resume", None)
    if "publish" in found and not known.empty:
        return Intent("pull_request", None, experiments_named(words))
    if "discuss" in found:
        return Intent("idea", "interactive", () if known.empty else focus)
    if "meta" in found:
        return Intent("wish", "meta")
    if "discover" in found:
        return Intent("wish", "discover")
    if asks:
        return Intent("question", None)
    return _of_a_wish(found, known, focus, words)


def _of_a_wish(found: set[Sense], known: Known, focus: tuple[str, ...], words: str) -> Intent:
    """Something is to be done: to the metric, to the project as a whole, something new, or something of it."""
    if known.has_target and "raised" in found:
        return _of_the_metric()
    if "improve" in found:
        return Intent("wish", "improve", otherwise=("research", "its research target is to be optimised") if known.has_target else None)
    if known.empty or "new" in found:
        return _an_idea(known, focus)
    return _of_a_project(found, known, focus, words)


def experiments_named(words: str) -> tuple[str, ...]:
    """The numbers of the experiments that words name."""
    said = (found[1] for found in _EXPERIMENTS.finditer(words.casefold()))
    return tuple(dict.fromkeys(number for several in said for number in re.findall(r"\d+", several)))


def _an_idea(known: Known, focus: tuple[str, ...]) -> Intent:
    """Something that is not there yet; where a project is open, it may be part of that one."""
    talk: tuple[ModeName, str] = ("interactive", "talk it through first")
    part: tuple[ModeName, str] = ("focus", "it belongs into this project")
    return Intent("idea", "build", focus, otherwise=talk if known.empty else part)


def _of_the_metric() -> Intent:
    return Intent("metric", "research", otherwise=("focus", "one change, whatever it does to the metric"))


def _of_a_project(found: set[Sense], known: Known, focus: tuple[str, ...], words: str) -> Intent:
    """A wish for the project that is there."""
    named = any(name.casefold() in words.casefold() for name in known.names)
    if "metric" in found or named or (known.has_target and "scored" in found):
        if known.has_target:
            return _of_the_metric()
        return Intent("metric", "focus", focus, otherwise=("research", "measured again and again: needs a Research Target in factory.md"))
    if "small" in found or known.ended_lately:
        return Intent("refinement", "refine", focus, otherwise=("focus", "it is larger than a few lines"))
    if "made" in found:
        return Intent("wish", "focus", focus, otherwise=("build", "a project of its own is meant"))
    return Intent("wish", "focus", focus)


def _with_words(intent: Intent, words: str) -> Intent:
    return replace(intent, words=one_line(words))
