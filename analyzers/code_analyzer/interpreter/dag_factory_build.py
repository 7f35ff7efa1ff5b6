"""One DAG of a dag-factory configuration, and its arguments."""

import ast
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyzers.code_analyzer.interpreter.dag_factory_tasks import Build, fill, listed
from analyzers.code_analyzer.interpreter.dag_factory_values import Config, value_of
from analyzers.code_analyzer.interpreter.dags import make_dag
from analyzers.code_analyzer.interpreter.functions import Arguments
from analyzers.code_analyzer.interpreter.machine import unknown
from analyzers.code_analyzer.interpreter.objects import Scope
from analyzers.code_analyzer.interpreter.versions import catchup_default
from analyzers.code_analyzer.values import Sequence, Value

_DAG_ARGUMENTS = (
    "dag_display_name", "description", "max_active_tasks", "max_active_runs", "dagrun_timeout",
    "template_searchpath", "render_template_as_native_obj", "on_success_callback", "on_failure_callback",
    "doc_md", "access_control", "is_paused_upon_creation", "params", "user_defined_macros", "timetable",
)  # fmt: skip


def build_dag(scope: Scope, node: ast.Call, name: str, config: Config) -> None:
    """Make the DAG and all that is in it.

    Raises:
        Raised: dag-factory or Airflow would refuse the configuration.
    """
    dag = make_dag(scope, node, _dag_arguments(scope, node, name, config), form="yaml")
    dag.registered = dag.used_as_context = True
    tasks = listed(node, config.get("tasks"), "task_id")
    groups = listed(node, config.get("task_groups"), "group_name")
    scope.machine.dag_stack.append(dag)
    outer, scope.machine.group_stack = scope.machine.group_stack, []
    try:
        fill(Build(scope, node, dag), tasks, groups)
    finally:
        scope.machine.dag_stack.pop()
        scope.machine.group_stack = outer


def _dag_arguments(scope: Scope, node: ast.Call, name: str, config: Config) -> Arguments:
    given = Arguments()
    given.kwargs = {
        key: value_of(scope, node, config[key]) for key in _DAG_ARGUMENTS if config.get(key) is not None
    }
    given.kwargs["dag_id"] = value_of(scope, node, name)
    catchup = config.get("catchup", catchup_default(scope.machine.target))
    given.kwargs["catchup"] = value_of(scope, node, catchup)
    if "concurrency" in config:
        given.kwargs["max_active_tasks"] = value_of(scope, node, config["concurrency"])
    tags = list(config.get("tags") or [])
    given.kwargs["tags"] = value_of(scope, node, tags if "dagfactory" in tags else [*tags, "dagfactory"])
    defaults = dict(config.get("default_args") or {})
    for where in (config, defaults):
        for key in ("start_date", "end_date"):
            if where.get(key) is not None:
                zone = where.get("timezone", "UTC")
                where[key] = _moment(scope, node, where[key], zone)
    for key in ("start_date", "end_date"):
        given.kwargs[key] = value_of(scope, node, config.get(key))
    given.kwargs["default_args"] = value_of(scope, node, defaults)
    schedule = config.get("schedule", config.get("schedule_interval"))
    if schedule is not None or scope.machine.target >= (3, 0) or "schedule" in config:
        given.kwargs["schedule"] = _schedule(scope, node, schedule)
    return given


def _schedule(scope: Scope, node: ast.Call, schedule: Any) -> Value:  # noqa: ANN401 - YAML data
    if isinstance(schedule, str) and schedule.strip().lower() == "none":
        schedule = None
    if not isinstance(schedule, list):
        return value_of(scope, node, schedule)
    asset = "airflow.sdk.Asset" if scope.machine.target >= (3, 0) else "airflow.datasets.Dataset"
    items = [
        value_of(scope, node, {"__type__": asset, "__args__": [one.strip()]})
        if isinstance(one, str)
        else value_of(scope, node, one)
        for one in schedule
        if one is not None and not (isinstance(one, str) and not one.strip())
    ]
    return Sequence(items, list, node=node, file=scope.file)


def _moment(scope: Scope, node: ast.Call, wanted: Any, zone: Any) -> Any:  # noqa: ANN401 - YAML data
    """A date of the YAML in the DAG's zone; `2 days` is so long before today."""
    try:
        tz = UTC if zone == "UTC" else ZoneInfo(str(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return unknown(scope, node, f"time zone {zone!r} is not known")
    if isinstance(wanted, str):
        try:
            wanted = datetime.fromisoformat(wanted)
        except ValueError:
            return unknown(scope, node, f"the date {wanted!r} depends on the day")
    if isinstance(wanted, datetime):
        return wanted.replace(tzinfo=tz)
    return datetime.combine(wanted, time(), tz) if isinstance(wanted, date) else wanted
