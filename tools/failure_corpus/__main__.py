"""Runs the fault DAGs on a real Airflow 3.3.2 and packs their labelled logs.

    sudo .venv/bin/python -m tools.failure_corpus [--part tuned|held_back] [--into FOLDER]

Needs Linux, root (namespaces, a memory cgroup, a small disk), PostgreSQL's programs and openssl. Airflow
lives in a virtualenv of its own in the user's cache. Nothing outside the namespaces and a temporary folder
is touched. It takes about a quarter of an hour for each part.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.failure_corpus.corpus import PARTS, pack
from tools.failure_corpus.virtualenv import dbt, venv

HERE = Path(__file__).resolve().parent
INSIDE = "DAGAUDIT_CORPUS_INSIDE"


def main() -> None:
    """Enter namespaces of our own, run, pack."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--part", choices=PARTS, default="tuned")
    options.add_argument("--into", type=Path, default=HERE / "corpus")
    options.add_argument("--work", type=Path, help="keep Airflow's folder here instead of a temporary one")
    chosen = options.parse_args()
    python, _ = venv(), dbt()
    if os.environ.get(INSIDE) != "yes":
        if os.geteuid():
            sys.exit(
                "needs root for namespaces, a memory cgroup and a small disk; nothing of the host is changed"
            )
        command = ["unshare", "--mount", "--net", sys.executable, "-m", "tools.failure_corpus", *sys.argv[1:]]
        sys.exit(subprocess.call(command, env=os.environ | {INSIDE: "yes"}))
    # A kill must end the daemons too, as an interrupt does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    from tools.failure_corpus.run import run_part

    with tempfile.TemporaryDirectory(prefix="corpus-") as name:
        home = chosen.work or Path(name)
        run_part(chosen.part, python, home)
        files, size = pack(chosen.part, home, python.parent.parent, chosen.into)
    print(f"{files} logs, {size / 1e3:.0f} kB packed, in {chosen.into}")


if __name__ == "__main__":
    main()
