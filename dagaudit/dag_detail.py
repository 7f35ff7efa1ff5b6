"""One DAG's own document in a report, dags/<hash2>/<dag_id>.json: all that its page shows."""

from datetime import datetime

from pydantic import Field

from dagaudit.dag import DagModel
from dagaudit.dag_stats import DagStats
from dagaudit.finding import Finding
from dagaudit.report import Cut, DagRow
from dagaudit.section import SCHEMA_VERSION
from dagaudit.task_attempt import Attempt, Cause, CauseState
from dagaudit.wire import Wire


class GraphNode(Wire):
    """A task in the picture; fields that hold their default are left out of the file."""

    task_id: str
    operator: int = Field(description="Index into the graph's `operators`.")
    x: int = Field(description="The level, 0 for tasks without upstream; one unit is one column.")
    y: float = Field(description="Within the level, 0 in the middle; one unit is one row.")
    line: int | None = Field(default=None, description="Where the task is made in the source.")
    group: str | None = Field(default=None, description="The full id of the innermost group.")
    is_mapped: bool = False
    is_setup: bool = False
    is_teardown: bool = False
    trigger_rule: str = "all_success"
    state: str | None = Field(
        default=None,
        description="failed (its newest attempt did), flaky (an earlier one did), ok; null without attempts.",
    )
    findings: int = Field(default=0, description="How many findings name the task.")


class Graph(Wire):
    """Tasks and edges with coordinates, so that no reader needs a layout engine."""

    operators: tuple[str, ...] = Field(default=(), description="As Airflow's task_type, sorted.")
    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[tuple[int, int], ...] = Field(
        default=(), description="(upstream, downstream) as indexes of nodes."
    )
    columns: int = Field(default=0, description="How many levels there are.")
    rows: int = Field(default=0, description="How many tasks the widest level has.")


class SourcePart(Wire):
    """Lines of a source file that stand together."""

    first_line: int = Field(ge=1, description="The number of the first of them.")
    text: str = Field(description="Secrets masked line by line, so that line numbers stay true.")


class SourceText(Wire):
    """The source that a DAG comes from, as far as its document has room for it."""

    path: str = Field(description="As in the findings.")
    bundle: int = 0
    total_lines: int
    parts: tuple[SourcePart, ...] = Field(
        default=(),
        description="In order of line: one part where the file fits, else the lines around its findings.",
    )


class DagDetail(Wire):
    """dags/<hash2>/<dag_id>.json: at most 200 kB."""

    schema_version: str = SCHEMA_VERSION
    report_id: str
    created_at: datetime
    dag_id: str
    verdict: str = Field(description="One sentence: how it is and why.")
    row: DagRow = Field(description="The DAG's row of fleet.parquet.")
    model: DagModel | None = Field(default=None, description="null where its source is not known.")
    graph: Graph | None = None
    stats: DagStats | None = None
    source: SourceText | None = Field(
        default=None, description="null where the source is not known or was not kept."
    )
    findings: tuple[Finding, ...] = Field(
        default=(), description="Worst first; those of the DAG and those of its file that name no DAG."
    )
    finding_states: dict[str, CauseState] = Field(
        default_factory=dict, description="Fingerprint to state; empty without a previous report."
    )
    attempts: tuple[Attempt, ...] = Field(default=(), description="Newest first.")
    causes: tuple[Cause, ...] = Field(default=(), description="That hit the DAG, most attempts first.")
    cut: tuple[Cut, ...] = Field(default=(), description="What was shortened to keep within the size.")
