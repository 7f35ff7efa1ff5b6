"""Successes that look bad, and skips, of other kinds than those in the tuned part."""

import logging
import subprocess
import sys

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import ShortCircuitOperator
from airflow.sdk import task
from common.pipeline import pipeline

log = logging.getLogger(__name__)

with pipeline("retries_inside", "calm", retries=0):

    @task
    def call_with_tenacity():
        import tenacity

        @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_none(), before_sleep=tenacity.before_sleep_log(log, logging.ERROR, exc_info=True))
        def call(count=[]):
            count.append(1)
            if len(count) < 3:
                raise ConnectionError("HTTPConnectionPool(host='api.crm.internal', port=8080): Max retries exceeded")
            return "ok"

        return call()

    call_with_tenacity()

with pipeline("java_chatter", "calm", retries=0):
    BashOperator(
        task_id="run_job",
        bash_command="echo 'java.lang.OutOfMemoryError: Java heap space' >&2; echo '\tat com.example.Job.run(Job.java:7)' >&2;"
        " echo 'Container killed by YARN for exceeding memory limits, retrying' >&2; echo done",
    )

with pipeline("checks_with_warnings", "calm", retries=0):
    BashOperator(task_id="report", bash_command="set +e; false; echo 'FAILED 3 of 120 checks (below the limit of 5)'; echo 'exit code 137'; echo 'Killed'; true")

with pipeline("stops_early", "calm", retries=0):
    ShortCircuitOperator(task_id="is_due", python_callable=lambda: False) >> BashOperator(task_id="after", bash_command="echo never")

with pipeline("exits_with_zero", "calm", retries=0):

    @task
    def leave():
        print("error: nothing to do", file=sys.stderr)
        sys.exit(0)

    leave()

with pipeline("old_log_copied", "calm", retries=0):

    @task
    def show_old_log():
        print("[2026-11-19, 02:00:07 UTC] {taskinstance.py:1824} ERROR - Task failed with exception")
        print("[2026-11-19, 02:00:07 UTC] {taskinstance.py:1345} INFO - Marking task as FAILED. dag_id=orders, task_id=load")
        print("[2026-11-19, 02:00:08 UTC] {local_task_job_runner.py:225} INFO - Task exited with return code 1")

    show_old_log()

with pipeline("group_of_errors_handled", "calm", retries=0):

    @task
    def handle_group():
        try:
            raise ExceptionGroup("two uploads", [TimeoutError("a"), PermissionError(13, "Permission denied", "/b")])
        except* TimeoutError:
            log.exception("one upload is late")
        except* PermissionError as group:
            log.error("refused: %s", group.exceptions)

    handle_group()

with pipeline("checks_child_codes", "calm", retries=0):

    @task
    def probe():
        codes = [subprocess.run(["bash", "-c", f"exit {code}"], check=False).returncode for code in (1, 126, 127)]
        log.critical("codes %s, command not found is expected here", codes)

    probe()
