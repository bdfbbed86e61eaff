"""factory.md written from a Configuration."""

from state.configuration import Configuration
from state.factory_md.sections import SECTIONS, Section


def render(configuration: Configuration) -> str:
    """A text that parses to the same configuration, with the defaults that count spelled out."""
    return "\n".join(text for section in SECTIONS if (text := _section_text(section, configuration)))


def _section_text(section: Section, configuration: Configuration) -> str:
    """A section, or nothing where none of its fields is set."""
    texts = []
    for heading, entry in section.headings.items():
        value = getattr(configuration, entry.target)
        if value not in (None, ()):
            whole = (value, getattr(configuration, entry.marked)) if entry.marked else value
            texts.append(f"{heading}\n\n{entry.form.write(whole)}\n")
    return "\n".join([f"## {section.name}\n", *texts] if texts and not section.is_one_entry else texts)
