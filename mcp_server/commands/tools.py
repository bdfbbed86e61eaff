"""`refactory tools`: the tools of the server as commands. Apart from --help, which must not wait for their modules."""

import argparse
import sys

from mcp_server.catalogue import CATALOGUE


def main(arguments: list[str]) -> int:
    """List the tools; 0, or 2 for wrong usage."""
    argparse.ArgumentParser(prog="refactory tools", description="The tools of the server; what one takes: refactory TOOL --help").parse_args(
        arguments
    )
    width = max(len(row.command) for row in CATALOGUE)
    sys.stdout.writelines(f"{row.command.ljust(width)}  {row.title}\n" for row in CATALOGUE)
    return 0
