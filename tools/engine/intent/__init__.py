"""What a person's words ask for: a kind, a mode and its targets, by rules that stand in tables."""
