"""What each role hands in: its shape, and what of it the server verifies before it counts (surface.md 2, the report by role)."""
