"""What to tell whoever wrote a faulty factory.md: which sections there are, and an example of each that is faulty, out of the packaged template."""

from collections.abc import Iterator, Sequence
from typing import Final

from state.factory_md.outline import Outline
from state.factory_md.sections import ALIASES, SECTIONS, Section
from state.factory_md.template import TEMPLATE

EXAMPLES_SHOWN: Final = 3


def _named(section: Section) -> str:
    return f"{section.name} ({', '.join(section.fields)})" if section.fields else section.name


# Every section, with the headings that may stand below it.
SECTIONS_SAID: Final = ", ".join(_named(section) for section in SECTIONS)


def expected_of(outline: Outline, lines: Sequence[int]) -> str:
    """What was expected of a text with problems on these lines: the names of all sections where one is not known, and at most three examples."""
    said = ["sections that there are, each with what it takes"]
    if outline.unknown:
        said.append(f"There are: {SECTIONS_SAID}")
    examples = [EXAMPLES[name] for name in dict.fromkeys(_concerned(outline, lines))][:EXAMPLES_SHOWN]
    return "\n".join([*said, *(["For example:"] if examples else []), *examples])


def _concerned(outline: Outline, lines: Sequence[int]) -> Iterator[str]:
    """The sections that the problems are in, in their order; then those that are missing."""
    for line in lines:
        above = [name for name, opened in outline.opened.items() if opened <= line]
        if line in outline.unknown:
            name = outline.unknown[line].nearest().partition(" / ")[0]
        else:
            name = above[-1] if above and not (line == 1 and outline.missing) else ""  # what is missing is said on line 1
        if name:
            yield _HOMES.get(name, name)
    yield from outline.missing


def _examples(template: str) -> Iterator[tuple[str, str]]:
    """Each section of the template by its name, taken out of its comment and without what comments say."""
    says, blocks = False, [""]
    for line in template.splitlines():
        says = (says or line.startswith("<!--")) and line.strip() not in ("", "-->")
        if line.startswith("## "):
            blocks.append(line)
        elif not says and line != "-->":
            blocks[-1] += f"\n{line}" if line else ""
    yield from ((block.partition("\n")[0].removeprefix("## "), block) for block in blocks[1:])


EXAMPLES: Final = dict(_examples(TEMPLATE))
# Where a heading that says the same in other words is best written.
_HOMES: Final = {
    alias.name: section.name
    for alias in ALIASES
    for section in SECTIONS
    if alias.own and alias.own.target in {entry.target for entry in (section.own, *section.fields.values()) if entry}
}
