"""`python -m analyzers.log_analyzer.grading.mine FILE GROUPS`: our miner over a file, timed.

Writes a group per line to GROUPS and prints {"seconds", "cpu_seconds", "peak_bytes"} as JSON; start-up and
the writing of the answer are not in the times.
"""

import json
import resource
import sys
import time
from pathlib import Path

from analyzers.log_analyzer.template_miner import Miner
from analyzers.log_analyzer.template_miner.masks import masked


def main() -> None:
    """Mine, write, print."""
    file, answer = map(Path, sys.argv[1:3])
    # polars compiles its patterns at first use, as Drain3 does when it is set up.
    masked(["warm 1"])
    began, cpu = time.perf_counter(), time.process_time()
    with file.open("rb") as stream:
        mined = Miner(assign=True).read(stream)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    answer.write_text("\n".join(group or "" for group in mined.lines))
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak}))


if __name__ == "__main__":
    main()
