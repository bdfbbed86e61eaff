"""What the patterns of factory.md come to in a tree: which files each means, and which mean none."""
