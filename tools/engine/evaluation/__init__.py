"""Measuring a tree with the project's own toolchain, and comparing two trees by what was measured."""
