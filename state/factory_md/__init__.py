"""factory.md: read strictly into a Configuration, with every problem at once and by its line, and written from one."""

from state.factory_md.reading import LARGEST, lines_of_values, parse, problems, values_as_read
from state.factory_md.template import TEMPLATE
from state.factory_md.writing import render

__all__ = ["LARGEST", "TEMPLATE", "lines_of_values", "parse", "problems", "render", "values_as_read"]
