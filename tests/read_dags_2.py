"""Reads DAG folders as Airflow 2's DAG processor does and prints what it found. Runs in Airflow's virtualenv."""

# ruff: noqa: E402, T201 - Airflow wants its database before the rest; what it prints is the answer

import json
import sys
from datetime import timedelta
from pathlib import Path

from airflow.utils import db

db.initdb()
from airflow.datasets import DatasetAlias, DatasetAll, DatasetAny, _DatasetAliasCondition
from airflow.models import DagBag
from airflow.models.baseoperator import BaseOperator
from airflow.timetables.simple import DatasetTriggeredTimetable


def asset_text(asset, inner=False):
    if isinstance(asset, (DatasetAlias, _DatasetAliasCondition)):
        return f"alias({asset.name})"
    if isinstance(asset, (DatasetAll, DatasetAny)):
        joint = " & " if isinstance(asset, DatasetAll) else " | "
        text = joint.join(asset_text(one, True) for one in asset.objects)
        return f"({text})" if inner and len(asset.objects) > 1 else text
    return asset.uri


def schedule(dag):
    given = dag.schedule_interval
    if type(dag.timetable) is DatasetTriggeredTimetable:
        return {"assets": asset_text(dag.timetable.dataset_condition)}
    if given is None or (
        isinstance(given, str) and type(dag.timetable).__module__ == "airflow.timetables.interval"
    ):
        return given
    if isinstance(given, timedelta):
        return {"timedelta_seconds": given.total_seconds()}
    if given == "@continuous" or type(dag.timetable).__name__ in ("OnceTimetable", "ContinuousTimetable"):
        return given
    return {"timetable": type(dag.timetable).__name__}


def described(dag):
    tasks = {
        task.task_id: {
            "operator": task.task_type,
            "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
            "retries": task.retries,
            "is_mapped": not isinstance(task, BaseOperator),
            "is_setup": bool(task.is_setup),
            "is_teardown": bool(task.is_teardown),
            "group": task.task_group.group_id if task.task_group is not None else None,
        }
        for task in dag.tasks
    }
    start = dag.start_date
    return {
        "tasks": tasks,
        "edges": sorted([task.task_id, down] for task in dag.tasks for down in task.downstream_task_ids),
        "schedule": schedule(dag),
        "catchup": bool(dag.catchup),
        "start_date": start.isoformat() if start is not None else None,
        "tags": sorted(dag.tags or ()),
        "params": sorted(dag.params),
    }


found = {}
for root in sys.argv[1:]:
    sys.path.insert(0, root)
    bag = DagBag(dag_folder=root, include_examples=False)
    found[root] = {
        "dags": {
            dag.dag_id: {"path": str(Path(dag.fileloc).relative_to(root)), **described(dag)}
            for dag in bag.dags.values()
        },
        "errors": {
            str(Path(path).relative_to(root)) if path.startswith(root) else path: error.strip().splitlines()[
                -1
            ]
            for path, error in bag.import_errors.items()
        },
    }
    sys.path.remove(root)
print(json.dumps(found))
