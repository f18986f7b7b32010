"""Starts the program: ``python -m bundler`` is ``ticket-bundler``."""

import gc
import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    gc.set_threshold(200_000)  # what imports and a ticket make stays: looking through it for garbage takes 70 ms
    try:
        from bundler.cli import run
    except KeyboardInterrupt:
        sys.exit(130)
    code = run(sys.argv[1:])
    gc.freeze()  # all of it goes now: Python would look through it for garbage once more
    sys.exit(code)


if __name__ == "__main__":
    main()
