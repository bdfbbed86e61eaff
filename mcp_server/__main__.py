"""`python -I -m mcp_server`: the same as the console script, without the project's folders in the way."""

import sys

from mcp_server.command_line import main

if __name__ == "__main__":
    sys.exit(main())
