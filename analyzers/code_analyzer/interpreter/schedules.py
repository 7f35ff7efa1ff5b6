"""Tells the forms of a schedule apart."""

from datetime import timedelta

from analyzers.code_analyzer.assets import Asset, AssetExpression, Schedule, ScheduleKind
from analyzers.code_analyzer.interpreter.machine import Machine
from analyzers.code_analyzer.interpreter.versions import default_schedule, schedule_argument_names
from analyzers.code_analyzer.model import Dag
from analyzers.code_analyzer.values import Const, Made, Sequence, Value

_ASSET_TIMETABLES = {"AssetOrTimeSchedule", "DatasetOrTimeSchedule", "AssetTriggeredTimetable"}


def schedule_of(machine: Machine, dag: Dag) -> Schedule:
    """When a DAG runs, from its arguments."""
    for name in schedule_argument_names(machine.target):
        argument = dag.arguments.get(name)
        if argument is not None:
            return read_schedule(argument.value)
    if dag.open:
        return Schedule(ScheduleKind.UNKNOWN, reason=f"its schedule may be given: {dag.open}", explicit=False)
    kind, value = default_schedule(machine.target)
    seconds = value if isinstance(value, float) else None
    return Schedule(ScheduleKind(kind), seconds=seconds, explicit=False)


def read_schedule(value: Value) -> Schedule:
    """A schedule from the value that was given for it."""
    if isinstance(value, Const):
        return _plain(value)
    if isinstance(value, Asset | AssetExpression):
        return _assets(value, value)
    if isinstance(value, Sequence):
        if value.open is None and all(isinstance(item, Asset | AssetExpression) for item in value.items):
            return _assets(value, AssetExpression("all", value.items))
        return Schedule(
            ScheduleKind.UNKNOWN,
            value,
            reason=f"its schedule is not known: {value.reason or 'no list of assets'}",
        )
    if isinstance(value, Made) and value.class_name == "relativedelta":
        return Schedule(ScheduleKind.UNKNOWN, value, reason="its schedule is a relativedelta")
    if isinstance(value, Made) and _is_class(value.class_name):
        return Schedule(ScheduleKind.TIMETABLE, value, value.class_name, assets=tuple(_named_assets(value)))
    return Schedule(ScheduleKind.UNKNOWN, value, reason=f"its schedule is not known: {value.reason}")


def _is_class(name: str) -> bool:
    return name[:1].isupper() or name[:1] == "_"


def _plain(value: Const) -> Schedule:
    plain = value.value
    if plain is None:
        return Schedule(ScheduleKind.NONE, value)
    if isinstance(plain, str):
        return Schedule(ScheduleKind.CRON, value, plain)
    if isinstance(plain, timedelta):
        return Schedule(ScheduleKind.TIMEDELTA, value, seconds=plain.total_seconds())
    return Schedule(ScheduleKind.UNKNOWN, value, reason=f"its schedule {plain!r} is none that Airflow takes")


def _assets(value: Value, expression: Asset | AssetExpression) -> Schedule:
    assets = tuple(flat_assets(expression))
    reason = None
    if not all(asset.known for asset in assets):
        reason = "an asset of its schedule is not known"
    elif not expression_complete(expression):
        reason = "its asset expression is not known"
    return Schedule(ScheduleKind.ASSETS, value, asset_text(expression), assets=assets, reason=reason)


def _named_assets(value: Made) -> list[Asset]:
    found: list[Asset] = []
    for argument in (*value.args, *value.kwargs.values()):
        if isinstance(argument, Asset | AssetExpression):
            found += flat_assets(argument)
        elif isinstance(argument, Sequence):
            found += [one for item in argument.items for one in flat_assets(item)]
    return found


def flat_assets(value: Value) -> list[Asset]:
    """All assets of an expression, left to right."""
    if isinstance(value, Asset):
        return [value]
    if isinstance(value, AssetExpression):
        return [asset for item in value.items for asset in flat_assets(item)]
    return []


def expression_complete(value: Value) -> bool:
    """Whether nothing but assets is in it."""
    if isinstance(value, AssetExpression):
        return all(expression_complete(item) for item in value.items)
    return isinstance(value, Asset)


def asset_text(value: Value, *, inner: bool = False) -> str:
    """An asset expression in words: `a & (b | c)`."""
    if isinstance(value, Asset):
        name = value.name or value.uri or "…"
        return f"alias({name})" if value.kind == "alias" else name
    if isinstance(value, AssetExpression):
        joined = (" & " if value.kind == "all" else " | ").join(
            asset_text(item, inner=True) for item in value.items
        )
        return f"({joined})" if inner and len(value.items) > 1 else joined
    return "…"
