"""Pods that do not come up or do not survive."""

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from common.pipeline import pipeline


def pod(task_id, image, namespace="etl", **more):
    return KubernetesPodOperator(
        task_id=task_id, name=task_id.replace("_", "-"), image=f"registry.internal/etl/{image}:9", namespace=namespace,
        kubernetes_conn_id="kube", get_logs=False, startup_timeout_seconds=6, startup_check_interval_seconds=1,
        schedule_timeout_seconds=6, on_finish_action="keep_pod", random_name_suffix=True, **more,
    )


with pipeline("pod_image", "platform"):
    pod("run_missing_image", "missing")

with pipeline("pod_memory", "platform"):
    pod("run_hungry", "hungry")

with pipeline("pod_evicted", "platform"):
    pod("run_evicted", "evicted")

with pipeline("pod_waiting", "platform"):
    pod("run_waiting", "waiting")

with pipeline("pod_forbidden", "platform"):
    pod("run_locked", "broken", namespace="locked")
