"""Python: how its tests, coverage, lint and types are measured, and what of a Python project belongs to the base."""
