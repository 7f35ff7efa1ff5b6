"""A module that only the DAG processor's image has."""

import os

from common.pipeline import pipeline

from airflow.sdk import task

if os.environ.get("IMAGE") == "worker":
    import feature_store_client  # noqa: F401

with pipeline("feature_refresh", "science", retries=0):

    @task
    def refresh():
        return 1

    refresh()
