"""Modules and programs that the worker lacks."""

import os

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import task
from common.pipeline import pipeline

with pipeline("geo_enrichment", "geo"):

    @task
    def enrich():
        import geolocator_client

        return geolocator_client.version

    enrich()

with pipeline("legacy_crypto", "security"):

    @task
    def sign():
        from hashlib import sha4_512

        return sha4_512(b"x").hexdigest()

    sign()

with pipeline("forecast", "science"):
    BashOperator(task_id="train", bash_command="echo loading model; python -m prophecy.train --horizon 14")

with pipeline("media_convert", "web"):
    BashOperator(task_id="convert", bash_command="echo converting clip 7 && mediaconvert-cli --in clip.mov --out clip.mp4")

with pipeline("excel_import", "finance"):

    @task
    def read_sheet():
        import pandas

        return pandas.read_excel("/srv/in/plan.ods", engine="odf").shape

    read_sheet()
