"""JavaScript and TypeScript: how their projects are found, prepared, tested, linted, type-checked and counted."""
