"""Everything the factory knows of git: reading trees, isolating experiments, capturing, merging and landing."""
