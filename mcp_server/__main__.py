"""`python -I -m mcp_server`: the same as the console script, with nothing of the project's folder or of PYTHONPATH imported at all."""

import sys

from refactory_launch import main

if __name__ == "__main__":
    sys.exit(main())
