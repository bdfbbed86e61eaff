"""Commands for the person: no model calls them, and what they show is for a terminal."""
