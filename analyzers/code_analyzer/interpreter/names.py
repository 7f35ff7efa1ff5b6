"""What Airflow's names mean, whichever of their import paths was used."""

from functools import lru_cache

_BY_LAST_NAME = {
    "DAG": "dag_class",
    "dag": "dag_decorator",
    "task": "task_decorator",
    "task_group": "group_decorator",
    "setup": "setup_decorator",
    "teardown": "teardown_decorator",
    "result": "result_decorator",
    "TaskGroup": "group_class",
    "chain": "chain",
    "chain_linear": "chain_linear",
    "cross_downstream": "cross_downstream",
    "Label": "label",
    "EdgeModifier": "label",
    "XComArg": "xcom_arg",
    "Asset": "asset_class",
    "Dataset": "asset_class",
    "Model": "asset_class",
    "AssetAlias": "alias_class",
    "DatasetAlias": "alias_class",
    "AssetAll": "all_class",
    "DatasetAll": "all_class",
    "AssetAny": "any_class",
    "DatasetAny": "any_class",
    "asset": "asset_decorator",
    "TriggerRule": "trigger_rule",
    "WeightRule": "weight_rule",
    "days_ago": "days_ago",
    "get_current_dag": "current_dag",
}
_PLACES = {
    "dag_class": ("airflow", "airflow.sdk", "airflow.models", "airflow.models.dag",
    "airflow.sdk.definitions.dag"), "dag_decorator": ("airflow.sdk", "airflow.decorators",
    "airflow.models.dag", "airflow.sdk.definitions.dag"),
    "asset_class": (
        "airflow", "airflow.sdk", "airflow.datasets", "airflow.assets", "airflow.sdk.definitions.asset",
        "airflow.providers.common.compat.assets", "airflow.providers.common.compat.sdk",
    ),
}  # fmt: skip


@lru_cache(maxsize=4096)
def meaning(name: str) -> str | None:
    """The role of a qualified name of Airflow's; None for every other."""
    if not name.startswith("airflow"):
        return None
    place, _, last = name.rpartition(".")
    if place.endswith((".asset", ".TriggerRule", ".WeightRule")) and last == "multi":
        return "asset_multi"
    role = _BY_LAST_NAME.get(last)
    if role is None:
        if ".task." in name or name.startswith("airflow.decorators.task."):
            return "task_decorator"
        if place.endswith((".TriggerRule", ".WeightRule")):
            return "enum"
        return None
    places = _PLACES.get(role)
    if places is not None and place not in places:
        return None
    if role in {"task_decorator", "group_decorator", "setup_decorator", "teardown_decorator"} and not (
        place in ("airflow.sdk", "airflow.decorators")
        or place.startswith(("airflow.sdk.definitions.decorators", "airflow.decorators."))
    ):
        return None
    if role in ("chain", "cross_downstream", "chain_linear", "label") and place.startswith(
        "airflow.providers."
    ):
        return None
    return role


def task_flavour(name: str) -> str:
    """`branch` of airflow.sdk.task.branch; "" for the plain one."""
    last = name.rpartition(".")[2]
    return "" if last in {"task", "python"} else last
