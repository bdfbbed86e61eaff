"""A stand-in for a language model behind an interface."""
