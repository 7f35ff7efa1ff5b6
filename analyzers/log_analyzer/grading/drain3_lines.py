"""`PYTHON drain3_lines.py FILE GROUPS MASKS`: Drain3 over a file, timed as `mine.py` times ours.

Runs in a Python of its own that has drain3 and nothing of DagAudit. MASKS is JSON: [[pattern, mark], …].
"""

import json
import resource
import sys
import time
from pathlib import Path

from drain3 import TemplateMiner  # type: ignore[import-not-found]
from drain3.masking import MaskingInstruction  # type: ignore[import-not-found]
from drain3.template_miner_config import TemplateMinerConfig  # type: ignore[import-not-found]


def main() -> None:
    """Mine, write, print."""
    file, answer = map(Path, sys.argv[1:3])
    config = TemplateMinerConfig()
    config.masking_instructions = [
        MaskingInstruction(pattern, mark.strip("<>")) for pattern, mark in json.loads(sys.argv[3])
    ]
    miner = TemplateMiner(config=config)
    groups = []
    began, cpu = time.perf_counter(), time.process_time()
    with file.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            # Blank lines are no statement's; our miner gives them no group either.
            text = line.rstrip("\n")
            groups.append(str(miner.add_log_message(text)["cluster_id"]) if text.strip() else "")
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    answer.write_text("\n".join(groups))
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_bytes": peak}))


if __name__ == "__main__":
    main()
