"""What ``scrub`` claims about speed, recall and memory: ``python tests/benchmarks/redaction.py``.

The installed program beside its peers, in turns, on the same bytes: each as a whole process, each scored on what it
wrote. The log is made by ``redaction_corpus.py``; the peers come from ``redaction_peers.py``, which installs them into
a folder of the cache (``--peers``). Slow peers get the beginning of the log and are compared by the MB, and the time
that they take for a single line is taken off; ours and the fast ones are timed from start to end. Rows are measured
with the extra ``[fast]`` and without it, in one process and in two. Wants a quiet machine, and 3 GB of disk for the
row on memory. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it also runs as a program, by its path

from tests.benchmarks import command_line
from tests.benchmarks.corpus import parse_size
from tests.benchmarks.corpus_lines import FORMATS
from tests.benchmarks.redaction_bench import SLOW_ROUNDS, VARIANTS, Bench
from tests.benchmarks.redaction_peers import PEERS
from tests.benchmarks.redaction_rows import ROWS

_TIMES = """

On two cores the row memory takes up to a quarter of an hour for each variant, and most of an hour for all four; with
--line 1GiB each takes about three quarters of an hour more, with --large 64MiB --line 16MiB all take a few minutes.
"""


def parser() -> argparse.ArgumentParser:
    """The options, and what the rows are."""
    told = command_line.parser(__doc__, ROWS, "ticket-bundler-redaction", size="64MiB", of_what="of the log")
    told.epilog = "rows:\n" + "\n".join(f"  {name:<11}{row.__doc__}" for name, row in ROWS.items())
    told.epilog += _TIMES
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    told.add_argument(
        "--large", type=parse_size, default="1GiB", help="of the large logs of the row memory (default: 1GiB)"
    )
    told.add_argument("--line", type=parse_size, default="128MiB", help="of its single line (default: 128MiB)")
    told.add_argument("--format", choices=FORMATS, default="pylog", help="of the log of speed and memory")
    told.add_argument("--rounds", type=int, default=5, help=f"turns; the slow peers take {SLOW_ROUNDS} at most")
    told.add_argument("--peer", action="append", choices=PEERS, help="only this one; repeatable")
    told.add_argument("--variant", action="append", choices=VARIANTS, help="of ours only this one; repeatable")
    told.add_argument(
        "--peers",
        type=Path,
        default=cache / "ticket-bundler-peers",
        help="where the peers are installed (default: %(default)s)",
    )
    told.add_argument("--json", type=Path, metavar="FILE", help="write all of it there too")
    return told


def main() -> int:
    told = parser().parse_args()
    with command_line.scratch() as scratch:
        bench = Bench(told, Path(scratch))
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ours: {', '.join(bench.variants)}", flush=True)
        bench.results |= {"when": datetime.now(UTC).isoformat(), "cores": os.cpu_count()}
        for row in told.rows:
            ROWS[row](bench)
        print(f"\n{bench.missed} goals missed; load {os.getloadavg()[0]:.1f}")
        bench.results["load_at_end"] = os.getloadavg()
    if told.json:
        told.json.write_text(json.dumps(bench.results, indent=2), "utf-8")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
