"""What ends a task from outside."""

import os
import signal
import time

from airflow.sdk import task
from common.pipeline import pipeline

with pipeline("worker_lost", "platform"):

    @task
    def long_step():
        print("step 1 of 9")
        time.sleep(1)
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGKILL)

    long_step()

with pipeline("marked_by_hand", "platform", retries=0):

    @task
    def wait_to_be_failed():
        for step in range(90):
            print(f"step {step}")
            time.sleep(1)

    wait_to_be_failed()

with pipeline("cleared_by_hand", "platform", retries=0):

    @task
    def wait_to_be_cleared(try_number=None, **context):
        for step in range(90 if context["ti"].try_number == 1 else 1):
            print(f"step {step}")
            time.sleep(1)

    wait_to_be_cleared()

with pipeline("pod_stopped", "platform"):

    @task
    def stopped_by_node():
        print("node is draining")
        time.sleep(1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)

    stopped_by_node()
