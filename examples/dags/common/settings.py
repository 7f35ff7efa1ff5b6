"""Settings that the DAGs share."""

from airflow.sdk import Variable


def setting(name, fallback):
    return Variable.get(f"pricing_{name}", default=fallback)
