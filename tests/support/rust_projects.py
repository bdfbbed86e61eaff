"""Small real crates without dependencies, and the cargo that the tests run: the machine's."""

import os
import pwd
import shutil
from pathlib import Path

CALC = {
    "Cargo.toml": '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
    "Cargo.lock": 'version = 4\n\n[[package]]\nname = "calc"\nversion = "0.1.0"\n',
    "src/lib.rs": (
        "//! Sums.\n\npub mod words;\n\n"
        "/// Adds.\n///\n/// ```\n/// assert_eq!(calc::add(1, 2), 3);\n/// ```\npub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n\n"
        "#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n\n"
        "    #[test]\n    #[ignore]\n    fn slow() {}\n}\n"
    ),
    "src/words.rs": (
        '//! Words.\n\n/// Greets.\npub fn hello() -> &\'static str {\n    "hello"\n}\n\n'
        '#[cfg(test)]\nmod tests {\n    #[test]\n    fn greets() {\n        assert_eq!(super::hello(), "hello");\n    }\n}\n'
    ),
    "tests/outer.rs": "#[test]\nfn outer() {\n    assert_eq!(calc::add(2, 2), 4);\n}\n",
}


def cargo_program() -> Path | None:
    """A cargo, on PATH or where rustup puts it; None where there is none."""
    found = shutil.which("cargo", path=os.pathsep.join((os.environ.get("PATH", ""), str(users_home() / ".cargo" / "bin"))))
    return Path(found) if found else None


def users_home() -> Path:
    """The home of whoever runs the tests; they have another one in their environment."""
    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def environment_of_rust() -> dict[str, str]:
    """Where rustup and cargo keep what they have, for tests with a home of their own."""
    return {
        "CARGO_HOME": os.environ.get("CARGO_HOME") or str(users_home() / ".cargo"),
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME") or str(users_home() / ".rustup"),
    }
