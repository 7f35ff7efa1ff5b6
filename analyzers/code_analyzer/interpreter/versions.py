"""What differs between Airflow's versions, as data."""

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import Any

Version = tuple[int, int]
LAST_OF_2: Version = (2, 11)

# Modules that came during a major version: (prefix, first version that has it).
_SINCE: tuple[tuple[str, Version], ...] = (
    ("airflow.sdk", (3, 0)),
    ("airflow.timetables.trigger", (2, 4)),
    ("airflow.datasets", (2, 4)),
    ("airflow.decorators.setup_teardown", (2, 7)),
)


@cache
def absent(module: str, target: Version) -> bool:
    """Whether the target version has no such module."""
    for prefix, since in _SINCE:
        if target < since and (module == prefix or module.startswith(prefix + ".")):
            return True
    return _unlisted(module, _names(target[0]))


@cache
def lacks(module: str, name: str, target: Version) -> bool:
    """Whether a module that the target version has holds no such name."""
    table = _names(target[0])
    if module.startswith(tuple(table["unread"])) or module not in table["modules"]:
        return False
    names = table["modules"][module]
    return names is not None and name not in names and _unlisted(f"{module}.{name}", table)


def _unlisted(module: str, table: dict[str, Any]) -> bool:
    return module not in table["modules"] and not module.startswith(tuple(table["unread"]))


@cache
def _names(major: int) -> dict[str, Any]:
    """The modules and names of the newest release of a major version, made by tools/make_airflow_names.py."""
    release = "2.11" if major < 3 else "3.3"
    data = (files("analyzers.code_analyzer") / "airflow_names" / f"{release}.json.gz").read_bytes()
    table: dict[str, Any] = json.loads(gzip.decompress(data))
    table["modules"] = {
        name: None if names is None else frozenset(names) for name, names in table["modules"].items()
    }
    return table


_MOVED_FROM = ("airflow.operators.", "airflow.sensors.", "airflow.contrib.")


def present_name(qualified_name: str) -> str:
    """The class behind an old import path: `airflow.operators.dummy.DummyOperator` is EmptyOperator."""
    if not qualified_name.startswith(_MOVED_FROM):
        return qualified_name
    found: str = _names(2)["moved"].get(qualified_name, qualified_name)
    return found


def place_in_3(qualified_name: str) -> str:
    """Where Airflow 3 keeps what it still offers under a name of Airflow 2."""
    found: str = _names(3)["moved"].get(qualified_name, qualified_name)
    return found


def catchup_default(target: Version) -> bool:
    """`[scheduler] catchup_by_default`."""
    return target < (3, 0)


def default_schedule(target: Version) -> tuple[str, str | float | None]:
    """Kind and value of the schedule of a DAG that names none."""
    return ("none", None) if target >= (3, 0) else ("timedelta", 86400.0)


def schedule_argument_names(target: Version) -> tuple[str, ...]:
    """The arguments that may hold the schedule, the strongest first."""
    return ("schedule",) if target >= (3, 0) else ("schedule", "schedule_interval", "timetable")


_POSITIONAL_OF_2 = (
    "dag_id", "description", "schedule", "schedule_interval", "timetable", "start_date", "end_date",
    "full_filepath", "template_searchpath", "template_undefined", "user_defined_macros",
    "user_defined_filters", "default_args", "concurrency", "max_active_tasks", "max_active_runs",
)  # fmt: skip


def positional_dag_arguments(target: Version) -> tuple[str, ...]:
    """What DAG() takes by position."""
    return ("dag_id",) if target >= (3, 0) else _POSITIONAL_OF_2


def start_date_from_default_args(target: Version) -> bool:
    """Whether a DAG takes the start_date of its default_args; in Airflow 2 only its tasks do."""
    return target >= (3, 0)


def teardown_trigger_rule() -> str:
    """What a teardown waits for."""
    return "all_done_setup_success"
