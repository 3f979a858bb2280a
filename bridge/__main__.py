"""`python -m bridge`: the same as `stembridge`."""

import sys

from bridge.cli import program

if __name__ == "__main__":
    sys.exit(program())
