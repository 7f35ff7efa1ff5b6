"""Memory, disks and processes."""

import os
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import task
from common.pipeline import pipeline

SMALL = Path("/sys/fs/cgroup/memory/airflow-worker-small/cgroup.procs")

with pipeline("image_index", "web"):

    @task
    def build_index():
        SMALL.write_text(str(os.getpid()))
        print("indexing 40,000 pictures")
        pictures = []
        while True:
            pictures.append(os.urandom(4 << 20))

    build_index()

with pipeline("join_days", "web"):

    @task
    def join():
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
        return len(b"x" * (4 << 30))

    join()

with pipeline("sort_big", "web"):
    BashOperator(
        task_id="sort",
        bash_command=f"echo $$ > {SMALL}; echo sorting 12 files; python -c \"rows = [bytes(4 << 20) for _ in range(4000)]; print(len(rows))\"",
    )

with pipeline("scratch_write", "platform"):

    @task
    def write_scratch():
        with open("/srv/scratch/part-0.bin", "wb") as out:
            for _ in range(64):
                out.write(os.urandom(1 << 20))

    write_scratch()

with pipeline("scratch_shell", "platform"):
    BashOperator(task_id="copy", bash_command="dd if=/dev/urandom of=/srv/scratch/copy.bin bs=1M count=64")
