"""What a project is made from: an idea in words, a file with a spec, or the address of a repository; and where it goes."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from state.answers import clean, one_line
from state.errors import Refusal
from state.specs import SpecKind
from tools.engine.creating.naming import name_of_address, name_of_file, project_name
from tools.engine.creating.site import Site
from tools.engine.intent.rules import said, senses
from tools.engine.intent.targets import SPEC_ENDINGS, is_repository_address, repository_address
from tools.engine.repository.cloning import PROTOCOLS

LONGEST_SPEC: Final = 32 * 1024  # bytes
FEWEST_WORDS: Final = 4  # of an idea that says enough to plan by
_VAGUE: Final = re.compile(r"(?i)\b(?:something|anything|some kind of|somehow|maybe|irgend\w*|vielleicht|quelque chose|peut-être|algo|quizás?)\b")
_FOLDER_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_EXPECTED: Final = "an idea in words, the absolute path of a spec file, or the address of a repository (https, ssh)"


@dataclass(frozen=True)
class Source:
    """What a project is made from. `kind` is None for an address, whose repository is cloned; else `text` is the idea or the spec."""

    kind: SpecKind | None
    origin: str
    text: str
    name: str
    is_vague: bool = False


def source_of(words: str, folder: Path) -> Source:
    """The source that somebody named; a relative path begins at `folder`. Raises Refusal BAD_ARGUMENTS for what is none."""
    named = words.strip()
    if "://" in named.split(maxsplit=1)[0] if named else False:
        return _address(named)
    if address := repository_address(named) if len(named.split()) == 1 else "":
        return _address(address)
    path = _path(named, folder)
    if path is not None:
        return _spec(path)
    idea = clean(words).strip()
    if not re.search(r"\w{2}", idea):
        raise Refusal("BAD_ARGUMENTS", f"{one_line(words, 60)!r} is nothing to make a project from", where=("source",), expected=_EXPECTED)
    vague = len(idea.split()) < FEWEST_WORDS or bool(_VAGUE.search(idea)) or "discuss" in senses(said(idea)[0])
    return Source("idea", "the person's words", idea, project_name(idea), vague)


def spec_source(named: str, folder: Path) -> Source:
    """The spec in a file that somebody named. Raises Refusal BAD_ARGUMENTS where there is none."""
    path = _path(named.strip(), folder)
    if path is None:
        expected = "the absolute path of a file with the spec"
        raise Refusal("BAD_ARGUMENTS", f"{one_line(named, 80)!r} is no file", where=("spec",), expected=expected)
    return _spec(path)


def place_of(site: Site, directory: str, name: str) -> tuple[Path, bool]:
    """Where the project goes, and whether the place was named: a place that was not may get a number behind. Raises Refusal BAD_ARGUMENTS."""
    if not directory:
        return _projects(site) / name, False
    given = Path(directory)
    if directory.startswith("~"):
        given = _expanded(given)
    if given.is_absolute() and directory.isprintable() and given.name not in ("", "..", "."):
        return given, True
    if not _FOLDER_NAME.fullmatch(directory):
        what = f"{one_line(directory, 60)!r} is neither a name nor an absolute path"
        raise Refusal("BAD_ARGUMENTS", what, where=("directory",), expected="letters, digits, '-', '_' and '.', or an absolute path")
    return _projects(site) / directory, True


def _projects(site: Site) -> Path:
    if site.projects is None:
        raise Refusal(
            "BAD_ARGUMENTS", "nobody knows where projects go: there is no home folder", where=("directory",), expected="an absolute path as directory"
        )
    return site.projects


def _address(named: str) -> Source:
    """An address that git may be given: a protocol that is safe, and no password in it, which would be written down."""
    if "://" in named and _names_somebody(named):
        what = "the address holds a name or a password"
        raise Refusal("BAD_ARGUMENTS", what, where=("source",), expected="the address alone; git's credential helper has the rest")
    if not is_repository_address(named) or not named.isprintable():
        raise Refusal("BAD_ARGUMENTS", f"{one_line(named, 80)!r} is no address of a repository", where=("source",), expected=_EXPECTED)
    scheme = named.partition("://")[0].lower() if "://" in named else "ssh"
    if scheme not in PROTOCOLS:
        raise Refusal("BAD_ARGUMENTS", f"nothing is cloned through {scheme}", where=("source",), expected=f"one of {', '.join(PROTOCOLS)}")
    return Source(None, named, "", name_of_address(named))


def _names_somebody(address: str) -> bool:
    """Whether a name stands before the host of a web address, or a password before any."""
    scheme, _, rest = address.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    return bool(at) and (":" in user or scheme.lower().startswith("http"))


def _path(named: str, folder: Path) -> Path | None:
    """The path that is meant; None where the words are none. Raises Refusal BAD_ARGUMENTS for one with nothing there."""
    if not named or "\n" in named or not named.isprintable():
        return None
    path = folder / _expanded(Path(named))
    looks_like_one = named.startswith(("/", "~/", "./", "../"))
    try:
        if path.is_file():
            return path if looks_like_one or path.suffix.lower() in SPEC_ENDINGS else None
        is_folder = path.is_dir()
    except OSError:  # no system takes so long a name: it is an idea
        return None
    if is_folder and looks_like_one:
        what, expected = f"{one_line(str(path))} is a folder", f"for a project that is there: project_status with project {one_line(str(path))}"
        raise Refusal("BAD_ARGUMENTS", what, where=("source",), expected=expected)
    if looks_like_one and " " not in named:
        raise Refusal("BAD_ARGUMENTS", f"there is no file {one_line(str(path))}", where=("source",), expected=_EXPECTED)
    return None


def _spec(path: Path) -> Source:
    with path.open("rb") as file:
        content = file.read(LONGEST_SPEC + 1)
    expected = f"a text of at most {LONGEST_SPEC // 1024} KB in UTF-8"
    if len(content) > LONGEST_SPEC:
        raise Refusal("BAD_ARGUMENTS", f"{path} is longer than a spec may be", where=("source",), expected=expected)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal("BAD_ARGUMENTS", f"{path} is no text", where=("source",), expected=expected) from error
    if not clean(text).strip():
        raise Refusal("BAD_ARGUMENTS", f"{path} says nothing", where=("source",), expected=expected)
    return Source("spec", str(path), clean(text), name_of_file(path))


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # ~ of a user whom nobody knows
        return path
