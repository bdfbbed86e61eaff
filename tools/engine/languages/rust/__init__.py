"""Rust: crates and workspaces, built by cargo, their tests asked one by one."""
