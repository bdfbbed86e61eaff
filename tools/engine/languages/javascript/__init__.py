"""JavaScript and TypeScript: what has to be known of them to count what a project's source can do."""
