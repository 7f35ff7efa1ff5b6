"""Tasks that succeed though their logs look bad, and some that end as neither."""

import logging
import subprocess
import sys
import time
import traceback
import warnings
from datetime import timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.sensors.python import PythonSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensorAsync
from airflow.sdk import task
from airflow.sdk.exceptions import AirflowSkipException
from common.pipeline import pipeline

log = logging.getLogger(__name__)


def refuse():
    raise ConnectionRefusedError(111, "Connection refused")


with pipeline("caught_exception", "quiet"):

    @task
    def use_fallback():
        try:
            refuse()
        except OSError:
            log.exception("the first replica does not answer, taking the second")
        return 1

    use_fallback()

with pipeline("printed_traceback", "quiet"):

    @task
    def print_it():
        try:
            {}["key"]
        except KeyError:
            traceback.print_exc()
        print("Traceback (most recent call last):\n  File \"/x.py\", line 1, in <module>\nMemoryError", file=sys.stderr)

    print_it()

with pipeline("child_errors_ignored", "quiet"):
    BashOperator(task_id="clean_up", bash_command="ls /no/such/dir; cat /nowhere; python -c 'import no_such_module' || true; exit 0")

with pipeline("words_in_data", "quiet"):

    @task
    def count_words():
        for line in ("ERROR 500 in /checkout", "Killed", "FATAL: password authentication failed for user \"guest\"", "OutOfMemoryError", "No space left on device", "Task failed with exception", "Process exited abnormally", "Process terminated by signal. Likely out of memory error (OOM)."):
            print(line)
        log.error("Marking task as FAILED. dag_id=x, task_id=y")
        logging.getLogger("task").error("Task failed with exception")

    count_words()

with pipeline("second_time_lucky", "quiet"):

    @task
    def sometimes(**context):
        if context["ti"].try_number == 1:
            raise ConnectionResetError(104, "Connection reset by peer")
        log.info("now it works")

    sometimes()

with pipeline("noisy_warnings", "quiet"):

    @task
    def warn():
        warnings.warn("this API is deprecated and will be removed", DeprecationWarning, stacklevel=1)
        for part in range(40):
            print(f"\rprogress {part}/40", end="", file=sys.stderr)
        print(file=sys.stderr)
        log.critical("CRITICAL threshold of 3 alerts reached, see the dashboard")

    warn()

with pipeline("skips_itself", "quiet"):

    @task
    def maybe():
        raise AirflowSkipException("nothing new since yesterday")

    maybe()

with pipeline("reschedules_once", "quiet", retries=0):

    def is_second_look(ti, **context):
        mark = Path("/srv/in", ti.run_id.replace(":", "_"))
        seen = mark.exists()
        mark.touch()
        return seen

    PythonSensor(task_id="wait_a_little", python_callable=is_second_look, poke_interval=5, timeout=600, mode="reschedule")

with pipeline("defers_once", "quiet", retries=0):
    TimeDeltaSensorAsync(task_id="wait_deferred", delta=timedelta(seconds=1))


def fail_in_callback(context):
    raise RuntimeError("the chat room of the team is gone")


with pipeline("callback_fails", "quiet", retries=0):

    @task(on_success_callback=fail_in_callback)
    def work():
        return "done"

    work()

with pipeline("neighbour_template", "quiet", retries=0):

    @task
    def healthy():
        return 1

    healthy()

with pipeline("child_killed_and_restarted", "quiet"):

    @task
    def restart_child():
        for attempt in range(2):
            done = subprocess.run(["bash", "-c", "kill -9 $$" if not attempt else "echo fine"], check=False)
            log.warning("child ended with %s", done.returncode)
        log.error("Command exited with return code 137")
        return done.returncode

    restart_child()

with pipeline("json_in_output", "quiet"):

    @task
    def echo_json():
        print('{"event": "Task failed with exception", "level": "error", "logger": "task", "error_detail": [{"exc_type": "ValueError", "exc_value": "x", "frames": []}]}')
        print('{"exit_code": 1, "event": "Process exited abnormally", "logger": "supervisor"}')

    echo_json()

with pipeline("memory_caught", "quiet"):

    @task
    def try_large():
        import resource

        before = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, before[1]))
        try:
            bytes(5 << 30)
        except MemoryError:
            log.exception("too large, going on in parts")
        finally:
            resource.setrlimit(resource.RLIMIT_AS, before)

    try_large()

with pipeline("polls_until_ready", "quiet"):

    @task
    def poll():
        for number in range(4):
            try:
                if number < 3:
                    raise TimeoutError(f"not ready after poll {number}")
            except TimeoutError as error:
                log.error("poll failed: %s", error)
        return "ready"

    poll()

with pipeline("neighbour_broken", "quiet", retries=0):
    BashOperator(task_id="never_run", bash_command="scripts/that_nobody_wrote.sh")

with pipeline("mapped_mixed", "quiet", retries=0):

    @task
    def check_part(part):
        if part == 2:
            print("ERROR: part 2 has 4 refused rows, see /data/refused", file=sys.stderr)
        return part

    check_part.expand(part=[1, 2, 3])

with pipeline("waits_out_throttling", "quiet"):

    @task
    def call_with_pauses():
        import requests

        for number in range(3):
            try:
                answer = requests.get("http://api.geo.internal:8080/status/429/lookup" if number < 2 else "http://api.rates.internal:8080/ok", timeout=3)
                answer.raise_for_status()
            except requests.HTTPError as error:
                log.warning("%s, waiting", error, exc_info=True)

    call_with_pauses()

with pipeline("terminates_child", "quiet"):

    @task
    def stop_helper():
        helper = subprocess.Popen(["sleep", "60"])
        helper.terminate()
        log.error("helper received SIGTERM, return code %s", helper.wait())

    stop_helper()

with pipeline("reports_failures", "quiet"):

    @task
    def write_report():
        print("dag_id=orders state=failed reason=Task exited with return code 1")
        print("AirflowTaskTimeout: 3, AirflowSensorTimeout: 1, OOMKilled: 2")
        print("Server indicated the task shouldn't be running anymore. Terminating process")
        return {"failed": 3, "error": "Task failed with exception"}

    write_report()

with pipeline("ends_child_thread", "quiet"):

    @task
    def run_thread():
        import threading

        def fail():
            raise RuntimeError("the background upload failed")

        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()

    run_thread()
