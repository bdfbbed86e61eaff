"""The `.factory/` of the original re:factory, read as it lies there: recognised for sure, tolerant of what is odd, exact about what was not read."""
