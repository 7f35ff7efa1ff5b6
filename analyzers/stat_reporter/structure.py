"""What the source alone tells of a DAG."""

from collections import Counter
from collections.abc import Mapping

from analyzers.stat_reporter.graph_shape import Shape, shape_of
from analyzers.stat_reporter.schedules import pace_of
from dagaudit.dag import DagModel
from dagaudit.dag_stats import StructureStats


def shape_of_dag(dag: DagModel) -> Shape:
    """The graph of a DAG."""
    return shape_of((task.task_id for task in dag.tasks), dag.edges)


def structure_of(dag: DagModel, shape: Shape, seconds: Mapping[str, float]) -> StructureStats:
    """The DAG in numbers; `seconds` holds how long its tasks usually take, where that is known."""
    levels = shape.levels
    known = {task: seconds[task] for task in shape.order if task in seconds}
    pace = pace_of(dag)
    return StructureStats(
        tasks=len(shape.down),
        edges=sum(len(below) for below in shape.down.values()),
        mapped_tasks=sum(task.is_mapped for task in dag.tasks),
        operators=dict(sorted(Counter(task.operator for task in dag.tasks).items())),
        max_fan_out=max((len(below) for below in shape.down.values()), default=0),
        max_fan_in=max((len(above) for above in shape.up.values()), default=0),
        depth=1 + max(levels.values(), default=-1),
        width=max(Counter(levels.values()).values(), default=0),
        critical_path=shape.heaviest_path(known),
        interval_seconds=pace.interval_seconds,
        runs_per_day=pace.runs_per_day,
    )
