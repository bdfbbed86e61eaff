"""Making projects: from an idea, a spec or the address of a repository, whole or not at all."""
