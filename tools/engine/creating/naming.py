"""The name of a new project, out of what its person said of it."""

import re
import unicodedata
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

MOST_WORDS: Final = 4
LONGEST: Final = 40  # characters
FALLBACK: Final = "new-project"


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_ORDERS: Final = _words(
    "build create make write develop implement design code craft construct generate scaffold start set up please want need like would love id let",
    "lets new project repo repository baue bau erstelle schreibe schreib entwickle programmiere mache mach ich will möchte brauche neues projekt",
    "crée cree construis fais développe écris je veux voudrais crea construye haz hazme desarrolla escribe programa quiero necesito",
)
_FILLERS: Final = _words(
    "a an the some any that which who whose this these those it its is are be can could should will me us my our your you i we of for from to in on",
    "at by with without and or as into about using via then also just very really simple small little tiny nice modern robust good great fast quick",
    "cool personal own something eine einen ein einem einer der die das den dem des mir uns mein meine meinen meiner für mit und von zum zur auf im",
    "kleine kleines einfache einfaches un une le la les des du de mon ma mes pour avec et sur dans qui petit petite una uno el los las mi mis para",
    "con y en que pequeña pequeño d l",
)
# Where a sentence goes on to say what the thing does: what stands before is what it is.
_GOES_ON: Final = _words("that which who where so because when while die der das welche qui que")


def project_name(idea: str) -> str:
    """A slug of what an idea is about: its first words that are no order and no filler; `new-project` where nothing is left."""
    first = next((line for line in idea.splitlines() if line.strip(" #\t")), "")
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)?", unicodedata.normalize("NFKC", first).casefold().replace("\u2019", "'"))
    kept: list[str] = []
    for word in words:
        bare = word.replace("'", "")
        if word in _GOES_ON and len(kept) > 1:
            break
        if bare in _FILLERS or (not kept and bare in _ORDERS):
            continue
        kept.append(bare)
    return _slug("-".join(kept[:MOST_WORDS]))


def name_of_file(path: Path) -> str:
    """The name of a project whose spec is in a file: the file's own, without what only says that it is a spec."""
    stem = re.sub(r"(?i)[-_. ]*(?:spec(?:ification)?|idea|prd|requirements|readme)$", "", path.stem)
    return _slug(stem or path.parent.name)


def name_of_address(address: str) -> str:
    """The name of a clone: that of the repository."""
    path = urlsplit(address).path if "://" in address else address.rpartition(":")[2]
    return _slug(path.rstrip("/").rpartition("/")[2].removesuffix(".git"))


def _slug(text: str) -> str:
    """ASCII letters, digits and single hyphens, cut at a word."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss")).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > LONGEST:
        slug = slug[:LONGEST].rpartition("-")[0] or slug[:LONGEST]
    return slug or FALLBACK
