"""The backlog as the tools change it: what is put there, what says the same, and changes that are refused."""
