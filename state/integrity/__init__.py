"""Whether the store is what it was: what is looked at, what is wrong with it, and how a lost database comes back from its log."""
