"""Runs one rule over DAG code that is written without its imports."""

from datetime import date
from textwrap import dedent

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from tests.fakes import MemorySource

PRELUDE = """\
import os
import pendulum
from datetime import datetime, timedelta
from airflow.sdk import DAG, Asset, AssetAlias, CronDataIntervalTimetable, Param, TaskGroup, Variable
from airflow.sdk import chain, cross_downstream, dag, get_current_context, setup, task, task_group, teardown
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.providers.standard.operators.python import ShortCircuitOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
"""
OFFSET = PRELUDE.count("\n")


def findings(rule, files, **options):
    """What one rule finds in files that have their imports."""
    options.setdefault("today", date(2026, 11, 21))
    section = analyze([MemorySource(files)], CodeOptions(select=(rule,), **options))
    assert section.failures == ()
    return section.findings


def found(rule, files, **options):
    """(path, line in the body) of what a rule finds in files without their imports."""
    sources = {path: PRELUDE + dedent(body).lstrip("\n") for path, body in files.items()}
    return [(each.path, each.line - OFFSET) for each in findings(rule, sources, **options)]


def found_lines(rule, body, **options):
    """The lines of the body on which a rule finds something."""
    return [line for _, line in found(rule, {"a.py": body}, **options)]
