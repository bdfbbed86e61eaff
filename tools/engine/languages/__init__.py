"""What has to be known of a language to measure its projects: one package each, found by the table, and the nouns that they share."""
