"""Compares our DAG model with what real Airflow made of the same file."""

from datetime import UTC, datetime
from typing import Any

from dagaudit.dag import DagModel

TASK_FIELDS = ("operator", "trigger_rule", "retries", "is_mapped", "is_setup", "is_teardown", "group")
DAG_FIELDS = ("schedule", "catchup", "path")


def differences(ours: DagModel, real: dict[str, Any]) -> list[str]:
    """What differs, in words; empty where all agree."""
    plain = ours.model_dump(mode="json")
    tasks = {task["task_id"]: task for task in plain["tasks"]}
    found = [f"task {name} is only in one" for name in sorted(set(tasks) ^ set(real["tasks"]))]
    edges, real_edges = {tuple(edge) for edge in plain["edges"]}, {tuple(edge) for edge in real["edges"]}
    found += [f"edge {up} -> {down} is only in one" for up, down in sorted(edges ^ real_edges)]
    for name in sorted(set(tasks) & set(real["tasks"])):
        found += [
            f"{name}: {field} is {tasks[name][field]!r}, really {real['tasks'][name][field]!r}"
            for field in TASK_FIELDS
            if tasks[name][field] != real["tasks"][name][field]
        ]
    found += [
        f"{field} is {plain[field]!r}, really {real[field]!r}"
        for field in DAG_FIELDS
        if plain[field] != real[field]
    ]
    for field in ("tags", "params"):
        if sorted(plain[field]) != real[field]:
            found.append(f"{field} are {sorted(plain[field])}, really {real[field]}")
    if not _same_moment(plain["start_date"], real["start_date"]):
        found.append(f"start_date is {plain['start_date']!r}, really {real['start_date']!r}")
    return found


def _same_moment(ours: Any, real: str | None) -> bool:
    if ours is None or real is None or not isinstance(ours, str):
        return ours == real
    moment = datetime.fromisoformat(real)
    return datetime.fromisoformat(ours) == (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
