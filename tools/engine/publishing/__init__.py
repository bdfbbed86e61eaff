"""Kept experiments for upstream: a branch with only what belongs there, measured as it stands, and its pull request."""
