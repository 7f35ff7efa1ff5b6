"""Reads DAG folders as Airflow 3's DAG processor does and prints what it found. Runs in Airflow's virtualenv."""

# ruff: noqa: E402, T201 - Airflow wants its database before the rest; what it prints is the answer

import json
import sys
from datetime import timedelta
from pathlib import Path

from airflow.utils import db

db.initdb()
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.definitions.asset import Asset, AssetAlias, AssetAll, AssetAny, AssetRef


def asset_text(asset, inner=False):
    if isinstance(asset, AssetAlias):
        return f"alias({asset.name})"
    if isinstance(asset, (AssetAll, AssetAny)):
        joint = " & " if isinstance(asset, AssetAll) else " | "
        text = joint.join(asset_text(one, True) for one in asset.objects)
        return f"({text})" if inner and len(asset.objects) > 1 else text
    return getattr(asset, "name", None) or asset.uri


def schedule(dag):
    given = dag.schedule
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, timedelta):
        return {"timedelta_seconds": given.total_seconds()}
    if isinstance(given, (Asset, AssetAlias, AssetAll, AssetAny, AssetRef)):
        return {"assets": asset_text(given)}
    if isinstance(given, (list, tuple, set)):
        return {"assets": asset_text(AssetAll(*given))}
    return {"timetable": type(given).__name__}


def group_of(task):
    group = task.task_group
    return group.group_id if group is not None else None


def described(dag):
    tasks = {
        task.task_id: {
            "operator": task.task_type,
            "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
            "retries": task.retries,
            "is_mapped": type(task).__name__.endswith("MappedOperator"),
            "is_setup": bool(task.is_setup),
            "is_teardown": bool(task.is_teardown),
            "group": group_of(task),
        }
        for task in dag.tasks
    }
    edges = sorted([task.task_id, down] for task in dag.tasks for down in task.downstream_task_ids)
    start = dag.start_date
    return {
        "tasks": tasks,
        "edges": edges,
        "schedule": schedule(dag),
        "catchup": bool(dag.catchup),
        "start_date": start.isoformat() if start is not None else None,
        "tags": sorted(dag.tags),
        "params": sorted(dag.params),
    }


found = {}
for root in sys.argv[1:]:
    # As the DAG processor does for every bundle.
    sys.path.insert(0, root)
    bag = DagBag(dag_folder=root, bundle_path=Path(root), bundle_name="test")
    found[root] = {
        "dags": {
            dag.dag_id: {"path": str(Path(dag.fileloc).relative_to(root)), **described(dag)}
            for dag in bag.dags.values()
        },
        "errors": {path: error.strip().splitlines()[-1] for path, error in bag.import_errors.items()},
    }
print(json.dumps(found))
