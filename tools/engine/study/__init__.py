"""Looking at a project closely: what it is made of, where it hurts, and what is known of it; everything here only reads."""
