"""The facts of a DAG that outlive its AST."""

from datetime import datetime

from analyzers.code_analyzer.assets import Asset, AssetExpression
from analyzers.code_analyzer.file_model import CrossDagLink, DagFacts, FileModel
from analyzers.code_analyzer.model import Dag, Task
from analyzers.code_analyzer.values import Sequence, Value
from analyzers.code_analyzer.wire_model import catchup_of, start_date_of

_LINKS = {
    "ExternalTaskSensor": ("sensor", "external_dag_id"),
    "ExternalTaskSensorAsync": ("sensor", "external_dag_id"),
    "ExternalTaskMarker": ("marker", "external_dag_id"),
    "TriggerDagRunOperator": ("trigger", "trigger_dag_id"),
}
_BRANCHES = ("Branch", "ShortCircuit", "LatestOnly")


def facts_of(dag: Dag, model: FileModel) -> DagFacts:
    """What rules over a whole bundle need of a DAG."""
    schedule = dag.schedule
    start = start_date_of(dag)
    catchup = catchup_of(dag, (3, 3))
    return DagFacts(
        dag_id=dag.dag_id,
        bundle=model.parsed.bundle,
        path=model.path,
        line=dag.home_line,
        tier=dag.tier,
        form=dag.form,
        schedule_kind=schedule.kind,
        schedule=schedule.text,
        schedule_seconds=schedule.seconds,
        schedule_line=_line_here(schedule.value, dag, model),
        schedule_explicit=schedule.explicit,
        timezone=_zone(dag),
        start_date=start if isinstance(start, str) else None,
        catchup=catchup if isinstance(catchup, bool) else None,
        tags=_tags(dag),
        task_ids=tuple(sorted({task.task_id for task in dag.tasks if task.task_id is not None})),
        group_ids=tuple(sorted(_group_ids(dag))),
        links=tuple(link for task in dag.tasks if (link := _link(task, model)) is not None),
        assets_in=tuple((_asset_name(asset), asset.line) for asset in schedule.assets),
        assets_out=tuple(_outlets(dag)),
        arms=tuple((getattr(node, "lineno", 1), arm) for node, arm in dag.arms),
        registered=dag.registered,
    )


def _line_here(value: Value | None, dag: Dag, model: FileModel) -> int:
    return value.line if value is not None and value.file is model.parsed else dag.home_line


def _zone(dag: Dag) -> str | None:
    argument = dag.arguments.get("start_date")
    value = argument.value if argument else dag.default_args.get("start_date") if dag.default_args else None
    plain = value.plain() if value is not None else None
    if isinstance(plain, datetime):
        return str(plain.tzinfo) if plain.tzinfo is not None else "UTC"
    return None


def _tags(dag: Dag) -> tuple[str, ...]:
    argument = dag.arguments.get("tags")
    plain = argument.value.plain(()) if argument else ()
    return tuple(sorted(str(tag) for tag in plain)) if isinstance(plain, list | tuple) else ()


def _group_ids(dag: Dag) -> set[str]:
    found: set[str] = set()
    pending = list(dag.groups)
    while pending:
        group = pending.pop()
        if group.group_id is not None:
            found.add(group.group_id)
        pending += group.groups
    return found


def _link(task: Task, model: FileModel) -> CrossDagLink | None:
    kind, argument_name = _LINKS.get(task.operator, (None, ""))
    if kind is None:
        return None
    argument = task.effective(argument_name)
    target = argument.value.plain() if argument else None
    if not isinstance(target, str) or "{{" in target or "{%" in target:
        target = None
    rule = task.effective("trigger_rule")
    ancestors = task.dag.ancestors(task) if task.dag is not None else set()
    return CrossDagLink(
        kind=kind,
        task_id=task.task_id,
        target_dag_id=target,
        target_task_ids=_target_tasks(task),
        line=_line_of(argument.value if argument else None, task, model),
        path=model.path,
        has_delta=bool(task.effective("execution_delta") or task.effective("execution_date_fn")),
        conditional=rule is not None or any(_skips(other) for other in ancestors) or bool(task.arms),
    )


def _skips(task: Task) -> bool:
    return any(word in task.operator for word in _BRANCHES)


def _line_of(value: Value | None, task: Task, model: FileModel) -> int:
    for candidate in (value, task):
        if candidate is not None and candidate.file is model.parsed:
            return candidate.line
    return task.dag.home_line if task.dag is not None else 1


def _target_tasks(task: Task) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("external_task_id", "external_task_ids"):
        argument = task.effective(name)
        if argument is None:
            continue
        plain = argument.value.plain()
        found += [plain] if isinstance(plain, str) else plain if isinstance(plain, list | tuple) else []
    return tuple(one for one in found if isinstance(one, str) and "{{" not in one)


def _asset_name(asset: Asset) -> str:
    name = asset.uri or asset.name or "…"
    return f"alias:{asset.name}" if asset.kind == "alias" else name


def _outlets(dag: Dag) -> list[tuple[str, int, str | None]]:
    found = []
    for task in dag.tasks:
        argument = task.effective("outlets")
        if argument is not None:
            found += [(_asset_name(asset), asset.line, task.task_id) for asset in _assets_in(argument.value)]
    return found


def _assets_in(value: Value) -> list[Asset]:
    if isinstance(value, Asset):
        return [value]
    if isinstance(value, Sequence | AssetExpression):
        return [asset for item in value.items for asset in _assets_in(item)]
    return []
