"""factory.md: read strictly into a Configuration, with every problem at once and by its line, and written from one."""

from state.factory_md.examples import SECTIONS_SAID
from state.factory_md.reading import LARGEST, expectation, lines_of_values, parse, read, values_as_read
from state.factory_md.template import TEMPLATE
from state.factory_md.writing import render

__all__ = ["LARGEST", "SECTIONS_SAID", "TEMPLATE", "expectation", "lines_of_values", "parse", "read", "render", "values_as_read"]
