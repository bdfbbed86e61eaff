"""The story of this folder, played by a scripted host against the real server; exits with 0 only if everything was as it should be."""

import sys
from pathlib import Path

from mcp_server.demo import play

if __name__ == "__main__":
    sys.exit(play(Path(__file__).resolve().parent, keep="--keep" in sys.argv[1:]))
