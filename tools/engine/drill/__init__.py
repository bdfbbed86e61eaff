"""The fire drill: known cheats, made of a project's own code, and what became of each when it was tried against the real gate."""
