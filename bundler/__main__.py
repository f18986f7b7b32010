"""Starts the program: ``python -m bundler`` is ``ticket-bundler``."""

import sys


def main() -> None:
    """Run the command line and end with its exit code."""
    try:
        from bundler.cli import run
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
