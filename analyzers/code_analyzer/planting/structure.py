"""How far our DAG models agree with what Airflow made of the same files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analyzers.code_analyzer.planting.score import Share
from dagaudit.dag import DagModel, Tier


@dataclass(frozen=True, slots=True)
class Agreement:
    """Over all DAGs that Airflow found."""

    equal: Share
    exact_and_wrong: tuple[str, ...]
    """DAGs that we called exact, and that differ."""
    differences: tuple[str, ...]
    """What differs, in words."""


def agreement(ours: Iterable[DagModel], real: Mapping[str, Mapping[str, Any]]) -> Agreement:
    """Compare ids, edges, catchup and tags of every DAG.

    Args:
        ours: our models.
        real: DAG id to `tasks`, `edges`, `catchup` and `tags`, each sorted.
    """
    by_id = {dag.dag_id: dag for dag in ours}
    told = [f"{dag_id}: it is not in our model" for dag_id in sorted(set(real) - set(by_id))]
    wrong: list[str] = []
    equal = 0
    for dag_id in sorted(set(real) & set(by_id)):
        plain = _plain(by_id[dag_id])
        found = [f"{dag_id}: {name} differ" for name in plain if plain[name] != real[dag_id][name]]
        equal += not found
        told += found
        if found and by_id[dag_id].tier is Tier.EXACT:
            wrong.append(dag_id)
    return Agreement(Share(equal, len(real)), tuple(wrong), tuple(told))


def _plain(dag: DagModel) -> dict[str, object]:
    return {
        "tasks": sorted(task.task_id for task in dag.tasks),
        "edges": sorted(list(edge) for edge in dag.edges),
        "catchup": dag.catchup,
        "tags": sorted(dag.tags),
    }
